"""The Hub fails in the middle: nothing is lost that a second round can bring, and what is lost is said."""

from types import SimpleNamespace

import pytest
from hubfixture import save_tiny_timm

from hubscore.cli.arguments import PARTIAL
from hubscore.hub import retry

FAST = ("--scores", "logme,knn", "--device", "cpu", "--isolate", "never", "--format", "json")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    clock = SimpleNamespace(sleep=lambda seconds: None, monotonic=lambda: 0.0)
    monkeypatch.setattr(retry, "time", clock)  # the waits are what takes long


@pytest.fixture
def several(hub, request):
    names = [f"outage/{request.node.name[:30]}{number}" for number in range(4)]
    for number, name in enumerate(names):
        save_tiny_timm(hub.root / "models" / name, seed=number)
    yield names
    hub.faults.clear()
    hub.chaos.rate = 0.0


def test_a_hub_that_is_back_for_the_second_round_costs_nothing(run, hub, colours, several):
    hub.faults.add(path=rf"{several[1]}/resolve/.*safetensors", status=500, times=8)
    ran = run("rank", colours, "--models", *several, *FAST)
    assert ran.code == 0 and "Once more: 1" in ran.err, ran.err
    assert {row["model"] for row in ran.rows} == set(several)


def test_a_hub_that_stays_down_is_not_asked_for_ever_and_the_ranking_is_partial(run, hub, colours, several):
    assert run("rank", colours, "--models", several[0], *FAST).code == 0  # its files are here now
    hub.faults.add(path=r"/resolve/.*safetensors", method="GET", status=500, times=None)
    hub.log.clear()
    ran = run("rank", colours, "--models", *several[1:], several[0], *FAST)
    assert ran.code == PARTIAL, ran.err
    assert [row["model"] for row in ran.rows] == [several[0]]
    assert ran.err.strip().splitlines()[-1].startswith("Partial: the Hub failed for 3 of the candidates")
    assert run("rank", colours, "--models", *several, *FAST, "--strict").code == 1
    hub.faults.clear()
    ran = run("rank", colours, "--models", *several, *FAST)
    assert ran.code == 0 and len(ran.rows) == 4


def test_at_thirty_percent_faults_nothing_is_lost(run, hub, colours, several):
    hub.chaos.slow, hub.chaos.rate = 0.01, 0.3
    ran = run("rank", colours, "--models", *several[:2], *FAST)
    assert ran.code == 0 and {row["model"] for row in ran.rows} == set(several[:2]), ran.err
    assert sum(hub.chaos.counts.values()) > 5
