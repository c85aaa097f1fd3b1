"""`hubscore plan`, and what it has in common with the other verbs that look for checkpoints."""

import inspect
import json

import pytest
from candidates.repos import timm_repo
from e2e.conftest import photo_folder, run
from hubfixture import write_files

from hubscore.cli.plan import plan
from hubscore.cli.rank import rank
from hubscore.cli.watch import watch
from hubscore.types import ItemSeconds

__all__ = ["run"]  # a fixture
FILTERS = {
    "search",
    "task",
    "library",
    "license",
    "max_params",
    "min_params",
    "author",
    "tag",
    "base_model",
    "limit",
    "diverse",
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of photos and two checkpoints; the second one's licence would clear the terminal."""
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 1e-3)
    write_files(tmp_path / "photos", photo_folder(2))
    write_files(tmp_path / "nets/a", timm_repo(seed=1, license="mit"))
    write_files(tmp_path / "nets/b", timm_repo("vit_tiny_patch16_224", seed=2, license="evil\x1b[2J\u202e"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", [rank, plan, watch])
def test_every_filter_is_there(verb):
    wanted = FILTERS if verb is watch else FILTERS | {"models", "sort"}
    assert wanted <= set(inspect.signature(verb).parameters)


@pytest.mark.parametrize("format", ["human", "agent", "json", "quiet"])
def test_nothing_of_a_stranger_reaches_the_terminal_unchecked(run, shelf, format):
    ran = run("plan", "photos", "--models", "./nets", "--format", format)
    assert ran.code == 0 and "nets/b" in ran.out
    assert not {"\x1b", "\u202e"} & set(ran.out + ran.err)


def test_totals_are_talk_and_rows_are_data(run, shelf):
    ran = run("plan", "photos", "--models", "./nets", "--json")
    assert [row["model"] for row in ran.rows] == ["./nets/a", "./nets/b"]
    totals = json.loads(ran.out)["totals"]
    assert (totals["candidates"], totals["bytes_to_download"], totals["peak_disk_bytes_evicting"]) == (2, 0, 0)
    assert totals["bytes_cached"] > 0 and totals["estimated_minutes"] > 0 and totals["minutes_measured"] is True
    assert totals["item_seconds"]["once"] > 0 and totals["item_seconds"]["each"] > 0  # a few were tried
    assert totals["budget_bytes"] == 5_000_000_000 and totals["over_budget"] is False and totals["left_out"] == {}
    assert "from a test of this machine" in ran.err and "Disk: 0 B more" in ran.err and "over the budget" not in ran.err


def test_the_list_can_be_kept_and_ranked(run, shelf):
    ran = run("plan", "photos", "--models", "./nets", "--save-models", "kept.csv", "--quiet")
    assert ran.code == 0 and (shelf / "kept.csv").read_text().startswith("model,revision\n./nets/a,local-")
    assert run("plan", "photos", "--models", "kept.csv", "--quiet").out == ran.out


def test_a_list_that_could_not_be_read_again_is_refused_first(run, shelf):
    ran = run("plan", "photos", "--models", "./nets", "--save-models", "kept.yaml")
    assert ran.code == 2 and ran.out == "" and "the ending must be" in ran.err


def test_over_the_budget_is_said(run, shelf, hub):
    from hubfixture import add_model

    add_model(hub.root, "plan/net", timm_repo(seed=5))
    ran = run("plan", "photos", "--models", "plan/net", "--budget-gb", "0", "--json")
    assert "over the budget of 0 GB: rank will ask" in ran.err and ran.rows[0]["cached"] == 0
    totals = json.loads(ran.out)["totals"]
    assert (
        totals["over_budget"] is True
        and totals["bytes_to_download"] == totals["peak_disk_bytes"] == ran.rows[0]["bytes"]
    )
    same = run("rank", "photos", "--models", "plan/net", "--budget-gb", "0", "--plan", "--json")
    assert json.loads(same.out)["totals"].keys() == totals.keys()


def test_a_larger_input_takes_longer(run, shelf, monkeypatch):
    """What decoding costs is measured anew by each plan: held fixed here, it is more than these networks take."""
    monkeypatch.setattr("hubscore.probe.load.measure_items", lambda items: ItemSeconds(once=0.001, each=0.001))
    seconds = [
        run("plan", "photos", "--models", "./nets/a", "--input-size", str(side), "--json").rows[0]["seconds"]
        for side in (32, 3200)
    ]
    assert seconds[1] > seconds[0]
