from pathlib import Path

import pytest

from hubscore.errors import UsageError
from hubscore.run.history import read_history, with_known_history
from hubscore.run.rank_options import RankOptions
from hubscore.types import Measured, ProbeDescription, Ranking, Row


def table(folder: Path, text: str) -> Path:
    path = folder / "history.csv"
    path.write_text(text)
    return path


def test_lines_with_an_accuracy_are_read(tmp_path: Path) -> None:
    path = table(tmp_path, "model,target,accuracy\norg/a,birds,0.5\norg/b,birds,\n")
    assert [(one.model, one.accuracy) for one in read_history(RankOptions(history=str(path)))] == [("org/a", 0.5)]
    assert read_history(RankOptions()) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model,target,accuracy\norg/a,birds,\n", "holds no accuracy"),
        ("model,accuracy\norg/a,0.5\n", "has no column 'target'"),
        ("model,target,accuracy\norg/a,birds,good\n", "line 2: accuracy is 'good'"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_history(RankOptions(history=table(tmp_path, text)))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the history .*it is no file"):
        read_history(RankOptions(history=tmp_path / "none.csv"))
    for flag, typed in ((True, "--order-by-history"), (False, "--no-order-by-history")):
        with pytest.raises(UsageError, match=f"^{typed} would change nothing: it goes with --history"):
            RankOptions(order_by_history=flag)


def test_it_enters_the_order_unless_it_is_only_to_be_shown(tmp_path: Path) -> None:
    numbers = {"a": (0.8, 0.4), "b": (0.79, 0.41), "c": (0.1, 2.0)}
    scores = {name: {"kernel_probe": right, "kernel_probe_loss": cost} for name, (right, cost) in numbers.items()}
    rows = tuple(
        Row(place, f"org/{name}", "a" * 40, "timm", scores=one, expected=0.8, expected_sd=0.05, tie_group=place)
        for place, (name, one) in enumerate(scores.items(), 1)
    )
    ranking = Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="flowers"))
    path = table(tmp_path, "model,target,accuracy\norg/a,birds,0.1\norg/b,birds,0.9\n")
    first = {}
    for flag in (None, True, False):
        options = RankOptions(history=path, order_by_history=flag)
        first[flag] = with_known_history(ranking, read_history(options), options).best.model
    assert first == {None: "org/b", True: "org/b", False: "org/a"}
    assert with_known_history(ranking, (), RankOptions()) is ranking


def test_measured_accuracies_of_saved_rankings_are_a_history(tmp_path: Path) -> None:
    measured = {"a": 0.9, "b": 0.5}
    rows = tuple(
        Row(1, f"org/{name}", "a" * 40, "timm", expected=0.7, measured=Measured(value, 100, 2, 1.0, 300))
        for name, value in measured.items()
    )
    estimated = Row(3, "org/c", "a" * 40, "timm", expected=0.6)
    ranking = Ranking(rows=(*rows, estimated), skipped=(), probe=ProbeDescription(dataset="me/birds"))
    (tmp_path / "past").mkdir()
    ranking.save(str(tmp_path / "past/birds.json"))
    for source in (tmp_path / "past", tmp_path / "past/birds.json"):
        found = read_history(RankOptions(history=source))
        assert sorted((one.model, one.target, one.accuracy) for one in found) == [
            ("org/a", "me/birds", 0.9),
            ("org/b", "me/birds", 0.5),
        ]


def ranked(*models: str, fingerprint: str | None = None) -> Ranking:
    scores = {"kernel_probe": 0.5, "kernel_probe_loss": 1.0}
    rows = tuple(
        Row(place, name, "a" * 40, "timm", scores=scores, expected=0.8, expected_sd=0.05, tie_group=place)
        for place, name in enumerate(models, 1)
    )
    return Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="flowers", fingerprint=fingerprint))


def test_the_same_rows_under_another_name_are_reported_and_never_order(tmp_path: Path) -> None:
    lines = ["model,target,accuracy,fingerprint", "org/a,birds,0.1,f1", "org/b,birds,0.9,f1"]
    lines += ["org/a,cars,0.8,", "org/b,cars,0.2,"]
    options = RankOptions(history=table(tmp_path, "\n".join(lines)))
    transfers = read_history(options)
    made = with_known_history(ranked("org/a", "org/b", fingerprint="f1"), transfers, options)
    assert made.best.model == "org/a" and {row.model: row.reported for row in made.rows} == {"org/a": 0.1, "org/b": 0.9}
    assert any("birds shares rows with this data" in said for said in made.record.warnings)
    other = with_known_history(ranked("org/a", "org/b", fingerprint="f2"), transfers, options)
    assert not other.record.warnings and all(row.reported is None for row in other.rows)


def test_accuracies_on_data_of_another_modality_are_no_history(tmp_path: Path) -> None:
    lines = ["model,target,accuracy,modality", "org/a,barks,0.1,audio", "org/b,barks,0.9,audio"]
    options = RankOptions(history=table(tmp_path, "\n".join(lines)))
    ranking = ranked("org/a", "org/b")
    assert with_known_history(ranking, read_history(options), options) is ranking


def test_estimates_are_no_history_but_may_choose_candidates(tmp_path: Path) -> None:
    row = Row(1, "org/c", "a" * 40, "timm", expected=0.6)
    Ranking(rows=(row,), skipped=(), probe=ProbeDescription(dataset="me/birds")).save(str(tmp_path / "birds.json"))
    assert read_history(RankOptions(history=tmp_path / "birds.json", recommend=3)) == ()


def test_rankings_in_which_nothing_was_measured_are_no_history(tmp_path: Path) -> None:
    row = Row(1, "org/c", "a" * 40, "timm", expected=0.6)
    Ranking(rows=(row,), skipped=(), probe=ProbeDescription(dataset="me/birds")).save(str(tmp_path / "birds.json"))
    with pytest.raises(UsageError):
        read_history(RankOptions(history=tmp_path / "birds.json"))
