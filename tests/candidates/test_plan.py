import json
from dataclasses import replace

import pytest

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.finetuning_work import FineTuningWork
from hubscore.candidates.plan import (
    LAYER_COST,
    SECONDS_PER_MODEL,
    SECONDS_PER_STORED,
    Plan,
    check_budget,
    make_plan,
)
from hubscore.candidates.race_work import RaceWork
from hubscore.errors import BudgetError, Cancelled
from hubscore.types import Candidate, ItemSeconds, Skipped

GB = 10**9


def candidate(name="org/net", **known):
    return Candidate(name, "0" * 40, "timm", **{"parameters": 25_000_000, "bytes": GB, **known})


@pytest.fixture
def found():
    return CandidateSet(
        candidates=(
            candidate("org/a"),
            candidate("org/b", bytes=None, family="vit"),
            candidate("./c", path="/somewhere/c"),
        ),
        skipped=(Skipped("org/x", "gated"),),
        left_out_names={"adapter": ("org/y", "org/z")},
        estimated_bytes={"org/b": 3 * GB},
        examined=5,
    )


def test_bytes_are_exact_estimated_cached_or_local(found):
    plan = make_plan(found, samples=500, cached={"org/a": GB // 4})
    assert [row.to_download for row in plan.rows] == [3 * GB // 4, 3 * GB, 0]
    assert [row.estimated for row in plan.rows] == [False, True, False]
    assert (plan.bytes_to_download, plan.bytes_cached, plan.peak) == (3 * GB + 3 * GB // 4, GB + GB // 4, 3 * GB)
    assert plan.estimated
    assert plan.left_out == {"adapter": ("org/y", "org/z")} and plan.skipped == found.skipped


def test_minutes_grow_with_samples_parameters_and_bytes():
    small = make_plan(CandidateSet((candidate(parameters=10**6, bytes=0),)), samples=100, rate=1e-8)
    assert small.minutes == pytest.approx((2 + 0.5 + 1) / 60)
    assert (
        make_plan(CandidateSet((candidate(parameters=10**6, bytes=0),)), samples=200, rate=1e-8).minutes > small.minutes
    )
    assert (
        make_plan(CandidateSet((candidate(parameters=10**6, bytes=GB),)), samples=100, rate=1e-8).minutes
        > small.minutes
    )


def test_what_items_cost_is_measured_where_it_can_be():
    found = CandidateSet((candidate(parameters=0, bytes=0), candidate("org/other", parameters=0, bytes=0)))
    plan = make_plan(found, samples=100, rate=1e-8, items=ItemSeconds(once=0.25, each=0.02))
    assert plan.minutes == pytest.approx((100 * 0.25 + 2 * (2 + 100 * 0.02)) / 60)  # decoded once for both
    assert plan.totals(5)["item_seconds"] == {"once": 0.25, "each": 0.02} and Plan.from_json(plan.to_json()) == plan
    assert make_plan(found, samples=100, rate=1e-8).totals(5)["item_seconds"] is None


def test_minutes_follow_the_architecture_and_the_input():
    def seconds(family=None, side=None, **options):
        one = candidate(parameters=10**7, bytes=0, family=family)
        return (
            make_plan(
                CandidateSet((one,), input_sizes={} if side is None else {"org/net": side}),
                samples=100,
                rate=1e-8,
                **options,
            )
            .rows[0]
            .seconds
        )

    plain = seconds() - 2.5
    assert plain == pytest.approx(10)
    assert seconds("mobilenetv2") - 2.5 == pytest.approx(16) and seconds("mobilenetv3") - 2.5 == pytest.approx(5)
    assert seconds(side=448) - 2.5 == pytest.approx(40) and seconds(side=448, input_size=112) - 2.5 == pytest.approx(
        2.5
    )


def test_a_listed_size_comes_before_that_of_the_run():
    found = CandidateSet((candidate("org/a", input_size=112), candidate("org/b")))
    plan = make_plan(found, samples=100, rate=1e-8, input_size=448)
    assert [row.input_size for row in plan.rows] == [112, None]
    assert plan.rows[1].seconds > plan.rows[0].seconds
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_fine_tuning_the_first_is_planned_apart(found):
    plain = make_plan(found, samples=100, rate=1e-8)
    plan = make_plan(found, samples=100, rate=1e-8, finetuning=FineTuningWork(9, 300, 100, 2))
    assert plan.finetune_top == 3 and plan.minutes == plain.minutes
    forward = sum(row.seconds - 2 - row.to_download / 20e6 for row in plan.rows) / 100 / 3
    assert plan.finetune_seconds == pytest.approx(3 * (1900 * forward + 2))
    assert plan.totals(5)["finetune_minutes"] == pytest.approx(plan.finetune_seconds / 60)
    assert "finetune_minutes" not in plain.totals(5)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_the_disk_must_take_all_or_the_largest():
    plan = make_plan(
        CandidateSet((candidate("org/a"), candidate("org/b", bytes=3 * GB))),
        samples=1,
        cached={"org/b": GB},
        free=2 * GB,
    )
    assert (plan.bytes_to_download, plan.peak, plan.free) == (3 * GB, 2 * GB, 2 * GB)
    assert plan.to_json()["peak_bytes_evicting"] == 2 * GB and not plan.measured


def test_a_plan_survives_json(found):
    plan = make_plan(found, samples=500, rate=1e-8, free=5)
    text = json.dumps(plan.to_json())
    assert Plan.from_json(json.loads(text)) == plan
    assert json.loads(text)["bytes_to_download"] == 4 * GB


def test_under_the_budget_nobody_is_asked(found):
    def never(question):
        raise AssertionError(question)

    check_budget(make_plan(found, samples=500), 4.0, ask=never)


def test_over_the_budget_with_nobody_there_says_what_to_type(found):
    with pytest.raises(
        BudgetError, match=r"would download about 4\.0 GB for 3 models: the budget is 3\.5 GB"
    ) as caught:
        check_budget(make_plan(found, samples=500), 3.5)
    assert "--yes" in caught.value.fix and "--budget-gb 4" in caught.value.fix


def test_yes_beforehand_and_yes_when_asked_go_on(found):
    plan = make_plan(found, samples=500)
    questions = []
    check_budget(plan, 1.0, yes=True)
    check_budget(plan, 1.0, ask=lambda question: bool(questions.append(question)) or True)
    assert questions == ["Download about 4.0 GB for 3 models (budget 1 GB)?"]


def test_no_cancels(found):
    with pytest.raises(Cancelled, match="Nothing was downloaded"):
        check_budget(make_plan(found, samples=500), 1.0, ask=lambda question: False)


def test_an_empty_plan_costs_nothing():
    plan = make_plan(CandidateSet(), samples=500)
    assert (plan.bytes_to_download, plan.peak, plan.minutes) == (0, 0, 0)


def test_a_race_is_in_the_totals_and_survives_json(found):
    plan = replace(make_plan(found, samples=500, rate=1e-8), race=RaceWork(60, 500, (50, 125), least=6))
    assert plan.totals(5)["race"]["fewest_forward_rows"] == 60 * 50 + 6 * 450
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert "race" not in make_plan(found, samples=500, rate=1e-8).totals(5)


def test_texts_take_time_by_their_tokens():
    text = Candidate("org/net", "a" * 40, "transformers", parameters=1_000_000, modality="text")
    found = CandidateSet((text,))

    def seconds(tokens):
        plan = make_plan(found, samples=100, rate=1e-8, items=ItemSeconds(once=0.0, each=0.0, size=tokens))
        assert Plan.from_json(plan.to_json()) == plan
        return plan.rows[0].seconds - SECONDS_PER_MODEL

    assert seconds(200) == pytest.approx(4 * seconds(50)) and seconds(None) > 0


def test_what_the_feature_cache_holds_takes_no_passes_and_no_download(found):
    whole, plan = (
        make_plan(found, samples=500, rate=1e-8, left=left) for left in (None, {"org/a": 0.0, "org/b": 0.25})
    )
    assert [row.stored for row in plan.rows] == [1.0, 0.75, 0.0] and plan.stored == (1, 1) and whole.stored == (0, 0)
    assert [row.to_download for row in plan.rows] == [0, 3 * GB, 0] and plan.bytes_to_download == 3 * GB
    assert plan.rows[0].seconds == SECONDS_PER_STORED and plan.rows[2].seconds == whole.rows[2].seconds
    passes = [row.seconds - SECONDS_PER_MODEL - 3 * GB / 20e6 for row in (whole.rows[1], plan.rows[1])]
    assert passes[1] == pytest.approx(passes[0] / 4)
    assert (plan.totals(5)["candidates_stored"], plan.totals(5)["candidates_partly_stored"]) == (1, 1)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    old = {name: value for name, value in plan.to_json()["rows"][0].items() if name not in ("stored", "fetched")}
    assert Plan.from_json({**plan.to_json(), "rows": [old]}).rows[0].stored == 0  # saved before


def test_what_is_fine_tuned_is_downloaded_though_its_features_are_there(found):
    plan = make_plan(found, samples=500, left={"org/a": 0.0}, finetuning=FineTuningWork(1, 300, 100, 2))
    assert plan.rows[0].stored == 1 and plan.rows[0].to_download == GB


def test_half_of_two_passes_is_half(found):
    plan = make_plan(found, samples=500, layers=True, left={"org/a": LAYER_COST - 1})
    assert plan.rows[0].stored == pytest.approx(1 / LAYER_COST)
