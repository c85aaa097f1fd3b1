from dataclasses import replace

from markdown_it import MarkdownIt

from hubscore.report.markdown import cell, document


def test_the_document_says_order_scores_reasons_and_recipe(ranking):
    text = document(ranking)
    assert text.splitlines()[0] == "# Ranking for user/shapes"
    for words in (
        "not accuracies",
        "## Scores",
        "## Undefined",
        "## Skipped",
        "Kendall's tau-b",
        "mid-rank percentile",
        "lab/evil",
    ):
        assert words in text
    assert f"{ranking.best.scores['logme']:.3f} ± " in text


def test_a_reader_sees_tables(ranking):
    html = MarkdownIt("commonmark").enable("table").render(document(ranking))
    assert html.count("<table>") == 2 and html.count("<tr>") == 2 * (1 + len(ranking))


def test_hostile_strings_stay_text(evil_ranking):
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(document(evil_ranking))
    assert "<script" not in html and "\x1b" not in html and html.count("<tr>") == 4


def test_nothing_in_a_cell_is_markup():
    assert cell("a|b_c*d*[e](f)@g #1") == r"a\|b\_c\*d\*\[e\](f)\@g \#1"


def test_a_baseline_that_nobody_knows_takes_one_line(ranking):
    told = [line for line in document(ranking).splitlines() if line.startswith("- heuristic")]
    assert told == ["- heuristic, for every model: the card does not say how many images the source set has"]
    known = replace(ranking.rows[0], undefined={}, baselines={**ranking.best.baselines, "heuristic": 30.0})
    told = [
        line
        for line in document(replace(ranking, rows=(known, *ranking.rows[1:]))).splitlines()
        if line.startswith("- heuristic")
    ]
    assert len(told) == 5 and all(line.startswith("- heuristic, for lab/") for line in told)
