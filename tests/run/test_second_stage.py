"""Two tiny networks are really fine-tuned; what was measured is kept; one that cannot be is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hubfixture import save_tiny_timm, write_files
from run.test_finetune_top import blots

from hubscore.finetune.recipe import Recipe
from hubscore.models import load
from hubscore.run.observer import RunObserver
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.second_stage import second_stage
from hubscore.run.session import Session
from hubscore.run.short_split import ShortSplit, draw_short_split
from hubscore.types import Candidate, Ranking, Row

QUICK = Recipe(epochs=1, batch_size=15, learning_rates=(2e-3,), head_sd=0.01)


class Log(RunObserver):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.steps: list[tuple[object, ...]] = []

    def finetuning(self, candidates, text):
        self.steps.append((len(candidates), text))

    def event(self, event):
        if event.kind == "finished":
            self.steps.append((event.model.rpartition("/")[2], event.cached))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ShortSplit, list[Candidate]]:
    """A folder to keep things in, rows, and two networks."""
    root = tmp_path_factory.mktemp("second")
    write_files(root / "blots", blots("train", 16, 0))
    data = Session(DataOptions(samples=24))
    split = draw_short_split(data, root / "blots", data.draw_probe(root / "blots", labels_required=True))
    for name, seed in (("a", 1), ("b", 2)):
        save_tiny_timm(root / "nets" / name, seed=seed)
    return root, split, [data.find_network(str(root / "nets" / name)) for name in "ab"]


def ranked(candidates: list[Candidate]) -> Ranking:
    rows = tuple(
        Row(place, one.repo_id, one.revision, "timm", tie_group=place, expected=0.8, expected_sd=0.07)
        for place, one in enumerate(candidates, 1)
    )
    return Ranking(rows=rows, skipped=())


def session(cache: Path, log: Log, **run: object) -> Session:
    return Session(run=RunOptions(device="cpu", cache_dir=cache, **run), observer=log)


def test_the_first_models_are_measured_once_and_found_again(scene, tmp_path: Path) -> None:
    _, split, candidates = scene
    log = Log()
    made = second_stage(session(tmp_path, log), ranked(candidates), candidates, split, 2, recipe=QUICK)
    assert [row.measured.images for row in made] == [8, 8] and made.rows[0].combined >= made.rows[1].combined
    assert made.record.finetuning.models == tuple(one.repo_id for one in candidates)
    text = "The first 2 were fine-tuned on 24 images, measured on 8 others"
    assert made.record.finetuning.text.startswith(text) and "by expected and measured" in made.record.finetuning.text
    assert "arcsin sqrt" in made.record.finetuning.details and not made.record.finetuning.failed
    again = second_stage(session(tmp_path, log), ranked(candidates), candidates, split, 2, recipe=QUICK)
    assert again == made
    assert log.steps == [(2, split.text), ("a", False), ("b", False), (2, split.text), ("a", True), ("b", True)]
    assert Ranking.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_only_the_first_are_run_and_another_size_or_seed_is_another_result(scene, tmp_path: Path) -> None:
    _, split, candidates = scene
    log = Log()
    made = second_stage(session(tmp_path, log), ranked(candidates), candidates, split, 1, recipe=QUICK)
    assert [row.measured is not None for row in made] == [True, False]
    sized = [replace(one, input_size=48) for one in candidates]
    second_stage(session(tmp_path, log), ranked(sized), sized, split, 1, recipe=QUICK)
    other = Session(DataOptions(seed=3), run=RunOptions(device="cpu", cache_dir=tmp_path), observer=log)
    second_stage(other, ranked(candidates), candidates, split, 1, recipe=QUICK)
    assert [step for step in log.steps if step[0] == "a"] == [("a", False)] * 3


def test_one_that_cannot_be_fine_tuned_is_named_and_comes_last_of_the_first(scene, tmp_path: Path, monkeypatch) -> None:
    _, split, candidates = scene
    bad, really = candidates[0].repo_id, load.load_network

    def refuse(module, images):
        if module.training:
            raise RuntimeError("no memory left")

    def load_refusing(candidate, folder, **options):
        network = really(candidate, folder, **options)
        if candidate.repo_id == bad:
            next(network.module.children()).register_forward_pre_hook(refuse)
        return network

    monkeypatch.setattr(load, "load_network", load_refusing)
    made = second_stage(session(tmp_path, Log()), ranked(candidates), candidates, split, 2, recipe=QUICK)
    assert [row.model for row in made] == [candidates[1].repo_id, bad] and made.rows[1].measured is None
    assert "cannot be fine-tuned: RuntimeError: no memory left" in made.record.finetuning.failed[bad]
    assert any(bad in warning and "stands behind" in warning for warning in made.record.warnings)


def test_a_broken_checkpoint_costs_itself_only(scene, tmp_path: Path) -> None:
    root, split, candidates = scene
    gone = replace(candidates[0], repo_id="./gone", path=str(root / "nets" / "gone"))
    both = [gone, candidates[1]]
    made = second_stage(session(tmp_path, Log()), ranked(both), both, split, 2, recipe=QUICK)
    assert [row.measured is None for row in made] == [False, True] and "./gone" in made.record.finetuning.failed


def test_new_heads_stand_beside_and_order_nothing(scene, tmp_path: Path) -> None:
    _, split, candidates = scene
    log = Log()
    before = ranked(candidates)
    made = second_stage(session(tmp_path, log), before, candidates, split, 2, train="head")
    assert [replace(row, head=None) for row in made] == list(before) and all(row.measured is None for row in made)
    assert [(row.head.images, row.head.epochs) for row in made] == [(8, 50), (8, 50)]
    assert [row.head_accuracy for row in made] == [row.head.accuracy for row in made]
    told = made.record.finetuning
    assert told.text.startswith("A new head was trained on each of the first 2 as it is, on 24 images, measured on 8")
    assert "orders nothing" in told.text and told.head_recipe["learning_rates"] == [0.01] and not told.recipe
    assert second_stage(session(tmp_path, log), before, candidates, split, 2, train="head") == made
    assert [step[1] for step in log.steps if step[0] in ("a", "b")] == [False, False, True, True]
    assert Ranking.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_both_are_measured_and_weights_alone_order(scene, tmp_path: Path) -> None:
    _, split, candidates = scene
    tuned = second_stage(session(tmp_path, Log()), ranked(candidates), candidates, split, 2, recipe=QUICK)
    both = second_stage(session(tmp_path, Log()), ranked(candidates), candidates, split, 2, recipe=QUICK, train="both")
    assert [replace(row, head=None) for row in both] == list(tuned.rows)
    assert all(row.head is not None and row.measured is not None for row in both)
    assert both.record.finetuning.text.startswith(f"{tuned.record.finetuning.text} A new head was trained")


def test_a_head_that_cannot_be_trained_is_named(scene, tmp_path: Path) -> None:
    root, split, candidates = scene
    gone = replace(candidates[0], repo_id="./gone", path=str(root / "nets" / "gone"))
    both = [gone, candidates[1]]
    made = second_stage(session(tmp_path, Log()), ranked(both), both, split, 2, train="head")
    assert [row.head is None for row in made] == [True, False]
    assert any("./gone" in said and said.endswith("it has no new head") for said in made.record.warnings)
