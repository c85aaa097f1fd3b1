from dataclasses import replace

import pytest

from hubscore.report import notes
from hubscore.report.html import fragment, page
from hubscore.report.markdown import cell, document
from hubscore.report.notes import hints, marks, marks_explained
from hubscore.report.terminal import footer, text_table
from hubscore.types import Agreement, ExpectedAccuracies, Measured, RunRecord


def test_shared_ranks_carry_a_mark(ranking):
    first = replace(ranking.rows[0], rank=1, tie_group=1)
    tied = replace(
        ranking,
        rows=(first, replace(ranking.rows[1], rank=1, tie_group=1), replace(ranking.rows[2], rank=3, tie_group=2)),
    )
    assert [notes.place(row, tied) for row in tied] == ["1=", "1=", "3"]
    assert (
        notes.ties(tied)
        == "= cannot be told apart from the first of its group. Intervals are 95 %, from 20 subsamples of the probe."
    )
    assert notes.ties(replace(tied, rows=(first,))) == "Intervals are 95 %, from 20 subsamples of the probe."
    assert notes.ties(replace(tied, record=RunRecord())) == "No intervals: no subsamples were drawn."


def test_what_was_measured_is_not_called_an_estimate(ranking):
    assert notes.not_measured(ranking) == notes.NOT_MEASURED
    found = Measured(accuracy=0.8, images=100, epochs=2, seconds=1.0, train_images=300)
    tuned = replace(ranking, rows=(replace(ranking.rows[0], measured=found), *ranking.rows[1:]))
    assert "measured ones are of a short fine-tuning, on 100 images, and lower" in notes.not_measured(tuned)
    texts = replace(tuned, probe=replace(tuned.probe, modality="text"))
    assert "measured ones are of a short fine-tuning, on 100 texts, and lower" in notes.not_measured(texts)


def test_agreement_with_baselines_is_one_line(ranking):
    line = notes.baseline_line(
        replace(ranking, agreement=Agreement({}, {"size": 0.861, "likes": None, "random": -0.2}))
    )
    assert line == "Agreement of this order with baselines (Kendall's tau-b): size +0.86, random -0.20"
    assert (
        notes.baseline_line(replace(ranking, agreement=Agreement())) == "Agreement with baselines is not defined here."
    )


def test_skipped_candidates_are_named_with_reasons(ranking):
    assert notes.skipped_lines(ranking) == ["1 candidate skipped:", "  lab/evil: a pickle would run code"]
    assert notes.skipped_lines(replace(ranking, skipped=())) == []


def test_scores_nobody_has_are_told_with_the_reason(ranking):
    assert list(notes.undefined_everywhere(ranking)) == ["emms"]
    assert "no label texts" in notes.undefined_everywhere(ranking)["emms"]


def test_scores_that_nobody_has_for_one_reason_share_a_line(ranking):
    assert notes.undefined_lines(ranking)[0].startswith("emms is undefined for every model: there are no label texts")
    reason = "it is for classification"
    row = replace(ranking.rows[0], undefined={"leep": reason, "nce": reason, "lfc": "too few", "gbc": reason})
    described = next(iter(ranking.scores.values()))
    many = replace(ranking, rows=(replace(row, scores={}),), scores=dict.fromkeys(row.undefined, described))
    lines = ["leep, nce and gbc are undefined for every model: it is for classification"]
    lines.append("lfc is undefined for every model: too few")
    assert notes.undefined_lines(many) == lines
    assert set(lines) < set(footer(many, 80)) and lines[0] in fragment(many)


def test_the_probe_fits_on_a_line(ranking):
    assert notes.probe_line(ranking) == "user/shapes default train @ dddddddddddd: 120 samples, 4 classes"


def test_estimates_are_called_estimates():
    assert "not accuracies" in notes.NOT_MEASURED


LABEL = {"label_column": "species", "label_source": "a column of 4 strings, the only one named like a label"}


def test_the_label_is_said_in_every_report(ranking):
    from hubscore.report.html_sections import probe_facts

    made = replace(
        ranking, probe=replace(ranking.probe, **LABEL, notes=("label: species (" + LABEL["label_source"] + ")", "x"))
    )
    assert made.probe.label_note in notes.probe_line(made)
    facts = probe_facts(made)
    assert facts["notes"] == "x" and str(facts["label"]).startswith("species (a column")
    assert "<dt>label</dt><dd>species (a column" in page(made) and page(made).count(LABEL["label_source"]) == 1


@pytest.fixture
def marked(ranking):
    first, second, *rest = ranking.rows
    rows = (replace(first, same_classes=True), replace(second, declares_this_data=True, same_classes=True), *rest)
    return replace(ranking, rows=rows)


def test_marks_stand_behind_the_name_and_are_explained_below(marked, ranking):
    one, both, plain, *_ = marked.rows
    assert marks(both, "terminal") == " (declares this data, same classes)" == marks(both, "html")
    assert marks(both, "markdown") == " (declares this data)" and marks(one, "markdown") == marks(plain, "html") == ""
    assert [line.partition(":")[0] for line in marks_explained(marked, "html")] == [
        "declares this data",
        "same classes",
    ]
    assert len(marks_explained(marked, "markdown")) == 1 and not marks_explained(ranking, "html")
    (hint,) = hints(marked)
    assert one.model in hint and both.model not in hint and not hints(ranking)


def test_every_table_shows_them(marked):
    both, explained = marked.rows[1].model, "names this data set as training data"
    told = "\n".join(footer(marked, 200))
    assert f"{both} (declares this data, same classes)" in text_table(marked, 200) and explained in told
    for html in (page(marked), fragment(marked)):
        assert "<small>(declares this data, same classes)</small></td>" in html and explained in html
        assert "a hint that it was trained on such data: read the card" in html
    markdown = document(marked)
    assert (
        f"{cell(both)} (declares this data) |" in markdown and explained in markdown and "same classes" not in markdown
    )


def test_with_expected_accuracies_ranks_come_from_worlds(ranking):
    known = ExpectedAccuracies("if fine-tuned", 0.9, 0.9, 4000)
    told = notes.ties(replace(ranking, record=replace(ranking.record, expected=known)))
    assert "Ranks and P(best) come from 4,000 worlds drawn from how wrong such estimates have been." in told
    assert "Intervals of scores and consensus are 95 %, from 20 subsamples" in told
    bare = replace(ranking, record=RunRecord(expected=known))
    assert "No intervals" not in notes.ties(bare) and "not measured accuracies" in notes.not_measured(bare)
    assert notes.not_measured(ranking) == notes.NOT_MEASURED


def test_cut_texts_are_said_on_one_line(ranking):
    told = {
        "org/a": {"cut": {"share": 0.001, "limit": 512}},
        "org/b": {"cut": {"share": 0.125, "limit": 64}},
        "org/c": {"cut": "damaged"},
        "org/d": {},
    }
    cut = replace(ranking, record=replace(ranking.record, extractions=told))
    line = "Texts longer than a network takes are cut at its end: 12 % for org/b (64 tokens), under 1 % for org/a"
    assert notes.cut_lines(cut) == [f"{line} (512 tokens)."] and notes.cut_lines(ranking) == []
    assert line in "\n".join(footer(cut, width=80))
    assert line in page(cut)
    assert cell(line) in document(cut)
