import json

import pytest

from hubscore.cli.main import main
from hubscore.cli.scores import short_paper, short_range, speed
from hubscore.scores.info import SCORES


@pytest.fixture
def scores(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(["scores", *words])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


def test_lists_every_registered_score(scores):
    code, out, err = scores("--format", "json")
    assert not code and [row["name"] for row in json.loads(out)] == list(SCORES.names())
    assert "hubscore scores NAME" in err
    assert scores("-q")[1].split() == list(SCORES.names())
    assert "NAME" in scores("--format", "human")[1]


def test_explains_one_in_plain_words(scores):
    code, out, _ = scores("logme", "--format", "human")
    assert not code
    for part in ("measures: ", "misleads: ", "reading: ", "higher is better", "You"):
        assert part in out


def test_a_score_beside_the_consensus_says_so(scores):
    assert "consensus: stands beside it and is not averaged" in scores("kernel_probe", "--format", "human")[1]
    assert not json.loads(scores("logme", "--json")[1])["consensus"]
    beside = {row["name"] for row in json.loads(scores("--json")[1]) if row["beside_consensus"]}
    assert {"kernel_probe", "kernel_probe_loss", "layer_kernel_probe", "layer_kernel_probe_loss"} <= beside
    assert beside == {info.name for info in SCORES if not info.averaged}


def test_what_came_of_sorting_by_a_score_is_said(scores):
    _, out, _ = scores("gbc", "--format", "json")
    told = json.loads(out)["measured"]
    assert "really fine-tuned" in told and told.endswith(
        "Do not sort by it on data like these: the order by size did better."
    )
    assert "Do not sort" not in json.loads(scores("logme", "--format", "json")[1])["measured"]
    assert json.loads(scores("emms", "--format", "json")[1])["measured"] is None


def test_an_unknown_score_has_a_near_name(scores):
    code, out, err = scores("logmee")
    assert code == 2 and out == "" and "Unknown score 'logmee'" in err and "logme" in err


def test_a_column_of_a_ranking_is_its_score_and_what_was_made_of_it(scores):
    plain, told = (json.loads(scores(name, "--json")[1]) for name in ("h_score", "h_score@32"))
    assert told["name"] == "h_score@32" and told["measures"] == plain["measures"]
    assert "first 32 dimensions of an exact PCA" in told["made"] and "made" not in plain
    assert "depth added" in json.loads(scores("h_score@32+l", "--json")[1])["made"]
    code, _, err = scores("h_scoer@32")
    assert code == 2 and "Unknown score 'h_scoer': did you mean h_score" in err


def test_two_forms_at_once_are_refused(scores):
    code, _, err = scores("--json", "-q")
    assert code == 2 and "--json and --quiet exclude each other" in err


@pytest.mark.parametrize("columns", [90, 120])
def test_the_list_has_a_line_a_score_that_fits(scores, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    head, *lines = scores("--format", "human")[1].splitlines()
    assert {"NAME", "NEEDS", "BEST", "RANGE", "PAPER", "COST"} <= set(head.split()) and ("FAMILY" in head) == (
        columns == 120
    )
    assert max(len(line) for line in (head, *lines)) <= columns and "…" not in "".join(lines)
    assert len(lines) < 1.5 * len(list(SCORES)), "names, ranges and papers are not folded"
    (logme,) = (line.split() for line in lines if line.startswith("logme "))
    assert logme[-4:] == ["ICML", "2021", "closed", "form"] and ("You," in logme) == (columns == 120)


@pytest.mark.parametrize(
    ("columns", "left_out"), [(50, {"PAPER", "COST", "RANGE"}), (60, {"PAPER", "COST"}), (80, {"PAPER"}), (90, set())]
)
def test_a_narrow_list_leaves_columns_out_and_breaks_no_word(scores, monkeypatch, columns, left_out):
    monkeypatch.setenv("COLUMNS", str(columns))
    head, *lines = scores("--format", "human")[1].splitlines()
    assert {"NAME", "NEEDS", "BEST", "RANGE", "PAPER", "COST"} - set(head.split()) == left_out
    assert max(len(line) for line in (head, *lines)) <= columns
    words = {word for line in lines for word in line.split()}
    whole = {part for info in SCORES for text in (info.name, ", ".join(sorted(info.needs))) for part in text.split()}
    assert whole <= words, "every name and every need stands there unbroken"
    assert len(lines) < 1.7 * len(list(SCORES))


def test_the_cost_of_every_score_is_a_word_or_two():
    assert {speed(info.cost) for info in SCORES} == {"free", "closed form", "iterative", "seconds", "backprop"}
    assert {speed(SCORES.get(name).cost) for name in ("nleep", "logistic")} == {"seconds"}
    assert speed("one SVD shared with others, then a few hundred products of O(n c)") == "iterative"
    assert speed("two coffees") == "two coffees"  # another package's words


def test_the_whole_citation_and_cost_are_in_the_explanation_and_in_json(scores):
    out = scores("leep", "--format", "human")[1]
    assert "LEEP: A New Measure to Evaluate Transferability" in out and "cost: O(n s)" in out
    (leep,) = (row for row in json.loads(scores("--json")[1]) if row["name"] == "leep")
    assert leep["cost"] == "O(n s)" and "Nguyen, Hassner" in leep["paper"]


@pytest.mark.parametrize(
    ("paper", "told", "with_author"),
    [
        ("Ibrahim, Newer is not always better, ECML PKDD 2022: the shrinkage", "ECML 2022", "Ibrahim, ECML PKDD 2022"),
        ("Dwivedi and Roig, CVPR 2019; as a score NeurIPS 2021", "CVPR 2019", "Dwivedi, CVPR 2019"),
        ("Deshpande et al., A framework, 2021", "2021", "Deshpande, 2021"),
        ("none: chance", "-", "-"),
    ],
)
def test_a_paper_in_short_is_where_and_when(paper, told, with_author):
    assert short_paper(paper) == told and short_paper(paper, author=True) == with_author


def test_a_range_in_short_counts_classes_as_c():
    assert [
        short_range(span) for span in ("-classes (classes - 1) .. 0.0", "-ln classes .. 0.0", "0.0 .. classes - 1")
    ] == [
        "-c(c-1) .. 0",
        "-ln c .. 0",
        "0 .. c-1",
    ]
