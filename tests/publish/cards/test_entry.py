from dataclasses import replace

import yaml
from huggingface_hub import ModelCard

from hubscore.publish.cards.card import CardUpdate, edit_card
from hubscore.publish.cards.entry import CAUTION, CardEntry, card_scores, make_result, pool_id
from hubscore.publish.cards.pr_text import body
from hubscore.publish.cards.section import make_section
from hubscore.types import ScoreDescription

EVIL = "a: b # c\n- d <b>'\"` &x *y !z %\x1b[2J\u202eéß漢 {[,]} | > @"


def entry_of(ranking, place=0, **row):
    return CardEntry(
        ranking, replace(ranking.rows[place], **row), "https://hub/datasets/bob/r/blob/main/runs/x.json", "user/shapes"
    )


def test_no_name_can_be_taken_for_accuracy(ranking):
    result = make_result(entry_of(ranking))
    assert result["task"]["name"] == "Transferability estimate (hubscore)"
    assert [metric["type"] for metric in result["metrics"]] == ["hubscore_consensus_percentile", "logme", "knn"]
    consensus, logme, knn = (metric["name"] for metric in result["metrics"])
    assert consensus.endswith(f"({CAUTION})") and logme == "LogME (transferability estimate, not accuracy)"
    assert (
        knn
        == "k nearest neighbours on frozen features, leave one out (transferability estimate, not the model's accuracy)"
    )


def test_the_percentile_carries_pool_and_place(ranking):
    consensus = make_result(entry_of(ranking, 2))["metrics"][0]
    assert consensus["value"] == 79.2 and f"the 12 candidates of pool {pool_id(ranking)}" in consensus["name"]
    assert consensus["args"] == {
        "rank": 3,
        "candidates": 12,
        "tie_group": 3,
        "tied_with": 0,
        "rank_low": 1,
        "rank_high": 3,
        "pool": pool_id(ranking),
        "hubscore_version": "0.1.0",
        "feature": "penultimate",
        "model_revision": "2" * 40,
        "probe_fingerprint": "f" * 64,
        "samples": 120,
    }


def test_it_says_where_it_comes_from(ranking):
    result = make_result(entry_of(ranking))
    assert result["source"] == {"name": "hubscore", "url": "https://hub/datasets/bob/r/blob/main/runs/x.json"}
    assert result["dataset"] == {
        "type": "user/shapes",
        "name": "user/shapes (train, 120 rows looked at)",
        "config": "default",
        "split": "train",
        "revision": "d" * 40,
    }


def test_data_without_a_commit_has_a_revision_all_the_same(ranking):
    local = replace(ranking, probe=replace(ranking.probe, revision=None, config=None, split=None))
    assert make_result(entry_of(local))["dataset"]["revision"] == "probe-" + "f" * 16


def test_the_place_within_a_score_minds_its_direction(ranking):
    lower = replace(ranking, scores={"logme": ScoreDescription(title="L", direction="lower", averaged=True)})
    assert make_result(entry_of(lower))["metrics"][1]["args"] == {"rank": 12, "candidates": 12}


def test_a_card_is_told_one_score_of_each_averaged_family(ranking):
    families = {
        "sfda": "discriminant",
        "h_score_shrunk": "discriminant",
        "nleep": "probability",
        "energy": "label-free",
        "parc": "neighbour",
    }
    scores = {name: ScoreDescription(family=family, averaged=name != "energy") for name, family in families.items()}
    assert card_scores(replace(ranking, scores=scores)) == ["h_score_shrunk", "nleep", "parc"]
    assert (
        card_scores(replace(ranking, scores={**scores, "logme": ScoreDescription(family="evidence", averaged=True)}))[0]
        == "logme"
    )


def test_what_is_undefined_is_left_out(ranking):
    assert [metric["type"] for metric in make_result(entry_of(ranking, scores={"knn": float("inf")}))["metrics"]] == [
        "hubscore_consensus_percentile"
    ]
    assert make_result(entry_of(ranking, scores={}, consensus=None))["metrics"] == []


def test_the_pool_is_the_set_of_checkpoints(ranking):
    assert pool_id(replace(ranking, rows=ranking.rows[::-1])) == pool_id(ranking)
    assert pool_id(replace(ranking, rows=ranking.rows[1:])) != pool_id(ranking)


def test_hostile_names_come_through_yaml_as_plain_text(ranking):
    probe = replace(ranking.probe, config=EVIL, split="0x1F")
    hostile = replace(ranking, probe=probe, scores={"logme": ScoreDescription(title=EVIL, averaged=True)})
    made = CardEntry(hostile, replace(hostile.rows[0], model=EVIL, revision="1e5"), "https://hub/x", "0123e4567")
    card = edit_card(b"---\nlicense: mit\n---\n# A\n", CardUpdate(made, "")).decode()
    data = yaml.safe_load(card.split("---")[1])
    assert data["model-index"][0]["results"] == [make_result(made)] and "\x1b" not in card and "\u202e" not in card
    assert ModelCard(card).data.eval_results[0].dataset_type == "0123e4567"
    assert "type: '0123e4567'" in card and "split: '0x1F'" in card and "model_revision: '1e5'" in card


def by_accuracy(ranking):
    """The ranking in the order of made-up expected accuracies, which is the reverse of the consensus."""
    rows = [
        replace(row, rank=place, tie_group=place, expected=0.9 - place / 100, expected_ci=(0.7, 0.95))
        for place, row in enumerate(reversed(ranking.rows), 1)
    ]
    return replace(ranking, rows=tuple(rows))


def test_a_place_by_expected_accuracy_says_so_and_the_consensus_has_its_own(ranking):
    entry = entry_of(by_accuracy(ranking))
    consensus = make_result(entry)["metrics"][0]
    assert consensus["args"]["rank"] == 1 and consensus["args"]["ordered_by"] == "expected accuracy, an estimate"
    assert entry.consensus_rank == len(ranking.rows)
    assert "ordered_by" not in make_result(entry_of(ranking))["metrics"][0]["args"]
    told = make_section(entry, "")
    assert "| Expected accuracy after fine-tuning (estimate) | 89 % [70, 95] | 1 of 12 |" in told
    assert f"| Consensus percentile in this pool | {entry.percentile:.1f} | 12 of 12 |" in told
    assert "place 1 of 12 candidates by expected accuracy (pool" in body(entry, "bob", "https://hub/x")
