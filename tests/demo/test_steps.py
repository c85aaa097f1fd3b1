import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

import hubscore.demo
from hubscore.bench.truth import read_truth
from hubscore.cli.demo import show_result
from hubscore.cli.output import Output
from hubscore.demo import DemoResult, Size
from hubscore.demo.display import picture
from hubscore.demo.sources import SOURCES
from hubscore.errors import UsageError
from hubscore.finetune.recipe import Recipe
from hubscore.types import Ranking

SMALL = Size(
    sources=(SOURCES[0], SOURCES[1], SOURCES[4]),
    pictures=100,
    source_epochs=1,
    train=60,
    validation=20,
    test=120,
    recipe=Recipe(epochs=2, batch_size=20, learning_rates=(3e-3,), flip=False),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return []


@pytest.fixture(scope="module")
def result(kept: Path, lines: list[str]) -> DemoResult:
    """A small demo, through the real Hub, client and command."""
    return hubscore.demo.run(keep=kept, size=SMALL, report=lines.append)


def seen(result: DemoResult, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(picture(result, width))
    return console.export_text()


@pytest.mark.slow
def test_estimate_and_truth_stand_side_by_side(result: DemoResult) -> None:
    assert {line.model for line in result.lines} == {source.repo_id for source in SMALL.sources}
    assert [line.rank for line in result.lines] == sorted(line.rank for line in result.lines)
    assert sorted(line.true_rank for line in result.lines)[0] == 1
    assert all(0 < line.accuracy < 1 and 0 < line.standard_error < 0.05 for line in result.lines)
    assert result.test_images == 120
    assert result.comparison.match("consensus").models == 3
    assert result.comparison.match("logme").kendall is not None


@pytest.mark.slow
def test_the_ranking_came_from_the_hub_through_the_command(result: DemoResult, lines: list[str]) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", result.ranking.record.endpoint)
    assert result.ranking.probe.dataset == "demo/digits-5-to-9"
    assert re.fullmatch(r"[0-9a-f]{40}", result.ranking.best.revision)
    assert not result.ranking.skipped
    assert result.command == "hubscore rank demo/digits-5-to-9 --search '' --limit 50 --finetune-top 3 --seed 0"
    assert [row.measured is not None and row.measured.images == 20 for row in result.ranking] == [True] * 3
    assert [line[:5] for line in lines if line.startswith("[")] == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]


@pytest.mark.slow
def test_the_probe_saw_no_test_picture(result: DemoResult) -> None:
    assert result.ranking.probe.split == "train"
    assert max(result.ranking.probe.indices) < 80


@pytest.mark.slow
def test_what_is_kept_can_be_used_again(result: DemoResult, kept: Path) -> None:
    assert Ranking.load(str(kept / "ranking.json")).best.model == result.ranking.best.model
    truth = read_truth(kept / "truth.csv")
    assert truth.accuracies == {line.model: line.accuracy for line in result.lines}
    assert truth.test_images == result.test_images
    assert sorted(path.name for path in kept.iterdir()) == ["hub", "ranking.json", "truth.csv"]
    with pytest.raises(UsageError, match=r"Cannot keep the demo in '.*kept': it holds files already"):
        hubscore.demo.run(keep=kept)


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 119, 120])
def test_the_picture_fits_the_terminal(result: DemoResult, width: int) -> None:
    assert "…" not in seen(result, width)
    lines = seen(result, width).splitlines()
    assert all(len(line.rstrip()) <= width for line in lines if "hubscore " not in line)
    rows = [line for line in lines if "demo/" in line and "%" in line]
    assert [row.split()[1] for row in rows] == [line.model for line in result.lines]
    assert any("consensus" in line and line.split()[0] == "consensus" for line in lines)
    assert any(line.startswith("Over 3 models the order by combined accuracy has Kendall's tau-b") for line in lines)
    assert "EXPECTED" in seen(result, width) and "SHORT" in seen(result, width)
    assert any("hubscore bench " in line for line in lines)


@pytest.mark.slow
def test_it_is_plain_json(result: DemoResult) -> None:
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["rows"][0].keys() >= {"model", "rank", "consensus", "true_rank", "accuracy", "standard_error"}
    names = [one["name"] for one in data["comparison"]["matches"][:3]]
    assert names == ["combined accuracy", "expected accuracy", "consensus"]
    assert all(0 < row["expected"] < 1 and 0 <= row["measured"] <= 1 for row in data["rows"])


@pytest.mark.slow
def test_the_command_line_writes_it_in_every_mode(result: DemoResult, capsys: pytest.CaptureFixture[str]) -> None:
    written = {}
    for mode in ("human", "agent", "json", "quiet"):
        show_result(Output(mode), result)
        written[mode], err = capsys.readouterr()
        assert err == ""
    models = [line.model for line in result.lines]
    assert written["quiet"].split() == models
    assert [line.split("\t")[0] for line in written["agent"].splitlines()] == ["model", *models]
    assert [row["model"] for row in json.loads(written["json"])["rows"]] == models
    assert "How well each order matched the truth" in written["human"]


@pytest.mark.slow
def test_the_same_seed_tells_the_same(result: DemoResult, tmp_path: Path) -> None:
    """The parts that train are repeated; the ranking's own repeatability is tested where it is made."""
    from hubscore.demo.networks import one_thread
    from hubscore.demo.steps import draw_target, fine_tune, train_sources

    with one_thread():
        target = draw_target(tmp_path, SMALL, 0)
        train_sources(tmp_path, SMALL, 0, lambda line: None)
        again = fine_tune(tmp_path, target, SMALL, lambda line: None)
    assert {it.model: it.accuracy for it in again} == {line.model: line.accuracy for line in result.lines}
