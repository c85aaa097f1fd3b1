import dataclasses
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from hubfixture import add_dataset
from PIL import Image

from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.finetune.recipe import Recipe
from hubscore.hub.client import hub_api
from hubscore.run.finetune_top import draw_split, find_ranked, finetune_top
from hubscore.run.session import Session
from hubscore.types import ProbeDescription, Ranking, Row, RunRecord

QUICK = Recipe(epochs=8, batch_size=6, learning_rates=(3e-3,))


def blot(label: int, seed: int) -> bytes:
    """A dark or a light picture."""
    pixels = np.random.default_rng(seed).integers(0, 90, (32, 32, 3)) + 150 * label
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def blots(split: str, each: int, seed: int, classes: tuple[str, ...] = ("dark", "light")) -> dict[str, bytes]:
    return {
        f"{split}/{name}/{number:02d}.png": blot(label % 2, seed + 2 * number + label)
        for label, name in enumerate(classes)
        for number in range(each)
    }


def ranking_of(dataset: str, models: list[str], **probe: object) -> Ranking:
    """A ranking of models as they are on the Hub now."""
    found = resolve_candidates(models, api=hub_api()).candidates
    rows = tuple(
        Row(rank=n + 1, model=it.repo_id, revision=it.revision, library=it.library) for n, it in enumerate(found)
    )
    about = {"dataset": dataset, "config": None, "split": "train", "revision": None, "target": "classification"} | probe
    return Ranking(rows=rows, skipped=(), probe=ProbeDescription.from_json(about))


def without_models(dataset: str, **probe: object) -> Ranking:
    about = {"dataset": dataset, "config": None, "split": "train", "revision": None, "target": "classification"} | probe
    return Ranking(rows=(), skipped=(), probe=ProbeDescription.from_json(about))


@pytest.fixture(scope="module")
def blots_repo(hub) -> str:
    add_dataset(hub.root, "bench/blots", blots("train", 20, 0) | blots("test", 10, 900))
    return "bench/blots"


def test_the_first_models_are_fine_tuned_at_the_ranked_revision(blots_repo: str, tiny_repos) -> None:
    ranking = ranking_of(blots_repo, [tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless])
    split = draw_split(ranking)
    results = list(finetune_top(ranking, 2, split, recipe=QUICK, device="cpu"))
    assert [result.model for result in results] == [tiny_repos.timm, tiny_repos.transformers]
    assert results[0].test_images == 20
    assert results[0].accuracy >= 0.8
    assert find_ranked(Session(), ranking.rows[0]).revision == ranking.rows[0].revision


def test_a_listed_size_is_that_of_the_fine_tuning(blots_repo: str, tiny_repos, monkeypatch) -> None:
    made = ranking_of(blots_repo, [tiny_repos.timm, tiny_repos.transformers])
    sized = dataclasses.replace(made, record=RunRecord(input_size=64, input_sizes={tiny_repos.timm: 48}))
    asked = []
    monkeypatch.setattr(
        "hubscore.run.finetune_top.finetune",
        lambda one, *args, input_size, **options: asked.append((one.repo_id, one.size_in(input_size))),
    )
    list(finetune_top(sized, 2, draw_split(sized), device="cpu"))
    assert asked == [(tiny_repos.timm, 48), (tiny_repos.transformers, 64)]


def test_a_quarter_of_the_training_rows_validates_and_both_parts_have_both_classes(blots_repo: str) -> None:
    split = draw_split(without_models(blots_repo))
    assert [len(part.labels) for part in split] == [30, 10, 20]
    assert [sorted(set(part.labels.tolist())) for part in split] == [[0, 1], [0, 1], [0, 1]]


def test_without_a_test_split_the_one_split_is_divided(hub) -> None:
    add_dataset(hub.root, "bench/one-split", blots("train", 35, 0))
    split = draw_split(without_models("bench/one-split"))
    assert [len(part.labels) for part in split] == [30, 10, 30]
    seen = [{image.tobytes() for image in part.items} for part in split]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def test_splits_with_different_classes_are_refused(hub) -> None:
    add_dataset(hub.root, "bench/odd", blots("train", 4, 0) | blots("test", 4, 50, ("dark", "other")))
    with pytest.raises((DatasetError, UsageError), match=r"classes|split"):
        draw_split(without_models("bench/odd"))


def test_only_single_classes_are_supported(blots_repo: str) -> None:
    with pytest.raises(UsageError, match="Cannot fine-tune for regression: only single classes are supported"):
        draw_split(without_models(blots_repo, target="regression"))


def test_a_model_that_cannot_be_fine_tuned_is_passed_over_by_name(hub, blots_repo: str, tiny_repos) -> None:
    ranking = ranking_of(blots_repo, [tiny_repos.timm])
    gone = dataclasses.replace(ranking.rows[0], model="tiny/no-such-net")
    both = dataclasses.replace(ranking, rows=(gone, ranking.rows[0]))
    told: list[tuple[str, str]] = []
    results = list(
        finetune_top(
            both,
            2,
            draw_split(both),
            recipe=dataclasses.replace(QUICK, epochs=1),
            device="cpu",
            failed=lambda model, error: told.append((model, str(error))),
        )
    )
    assert [result.model for result in results] == [tiny_repos.timm]
    assert told[0][0] == "tiny/no-such-net"
    assert "was not found" in told[0][1]


def test_a_local_checkpoint_that_changed_is_named(tmp_path: Path, hub, tiny_repos) -> None:
    shutil.copytree(hub.root / "models" / tiny_repos.timm, tmp_path / "net")
    found = resolve_candidates([str(tmp_path / "net")], api=hub_api()).candidates[0]
    row = Row(rank=1, model=found.repo_id, revision=found.revision, library="timm")
    assert find_ranked(Session(), row).path == str(tmp_path / "net")
    config = tmp_path / "net" / "config.json"
    config.write_text(config.read_text() + " ")
    with pytest.raises(CandidateError, match="has changed: its files are not those that were ranked"):
        find_ranked(Session(), row)


def test_a_device_that_there_is_not_is_refused(blots_repo: str, tiny_repos) -> None:
    ranking = ranking_of(blots_repo, [tiny_repos.timm])
    with pytest.raises(UsageError, match="Cannot run on the device 'gpu9'"):
        list(finetune_top(ranking, 1, draw_split(ranking), recipe=QUICK, device="gpu9"))
