import io
from dataclasses import replace

import pytest
from fakes import fake_pool, fake_probe
from rich.console import Console

from hubscore.cli.output import Output
from hubscore.ranking.build import build_ranking
from hubscore.report.terminal import footer, terminal_table, text_table
from hubscore.report.terminal_columns import TableView
from hubscore.types import Measured


def drawn(ranking, width, view=None):
    table = terminal_table(ranking, width, view or TableView())
    console = Console(file=io.StringIO(), width=max(width, table.width or 0))
    console.print(table)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [90, 110, 160, 240])
def test_the_table_fits_and_cuts_nothing_off(ranking, width):
    lines = drawn(ranking, width)
    assert len(lines) == 7 and max(len(line.rstrip()) for line in lines) <= width
    assert "…" not in "".join(lines) and all(row.model in lines[i + 1] for i, row in enumerate(ranking))


def test_the_columns_that_matter_are_always_there(ranking):
    head, best = drawn(ranking, 90)[:2]
    assert head.split()[:3] == ["RANK", "MODEL", "CONSENSUS"] and "MEAN_RANK" not in head
    assert "lab/best" in best and f"[{ranking.best.consensus_ci[0]:.2f}, " in best


def test_a_long_name_is_never_cut(ranking):
    name = "organisation-with-a-long-name/" + "checkpoint-" * 6
    long = replace(ranking, rows=(replace(ranking.rows[0], model=name), *ranking.rows[1:]))
    assert name in drawn(long, 160)[1]


def test_a_wide_terminal_shows_every_score_and_says_nothing_of_hidden_ones(ranking):
    head = drawn(ranking, 240)[0].split()
    assert {"leep", "logme", "knn", "parc", "parc@32", "energy", "pactran_dirichlet"} <= set(head)
    assert not any("do not fit" in line for line in footer(ranking, 240))


def test_a_narrow_one_says_which_are_hidden_and_how_to_see_them(ranking):
    (line,) = (line for line in footer(ranking, 90) if "do not fit" in line)
    hidden = line[line.index("(") + 1 : line.index(")")].split(", ")
    head = drawn(ranking, 90)[0].split()
    assert f"{len(hidden)} more scores do not fit here" in line
    assert "--wide, --format json, or --out ranking.html" in line
    assert not set(hidden) & set(head) and "emms" not in hidden


def test_of_many_that_are_hidden_the_first_few_are_named(ranking):
    many = {f"more{number}": ranking.scores["energy"] for number in range(20)}
    rows = tuple(replace(row, scores={**row.scores, **dict.fromkeys(many, 1.0)}) for row in ranking.rows)
    (line,) = (
        line
        for line in footer(replace(ranking, scores={**ranking.scores, **many}, rows=rows), 90)
        if "do not fit" in line
    )
    assert line.startswith("22 more scores do not fit here (") and line.count(",") == 7 and ", ...): --wide" in line


def test_different_kinds_of_scores_come_first(ranking):
    names = drawn(ranking, 240)[0].split()
    assert names.index("knn") < names.index("parc@32") and names.index("logme") < names.index("parc@32")


def test_a_model_without_consensus_and_undefined_scores_show_a_dash(ranking):
    row = replace(ranking.rows[0], consensus=None, consensus_ci=None, mean_rank=None, license=None, parameters=None)
    cells = drawn(replace(ranking, rows=(row,)), 160)[1].split()
    assert cells[1:6] == ["lab/best", "-", "-", "-", "-"]


def test_the_writer_puts_the_table_on_stdout_and_the_notes_on_stderr(ranking, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    output.ranking(ranking)
    assert output._stdout.getvalue().count("\n") == 7
    told = output._stderr.getvalue()
    assert "Warning: this order is nearly the order by size" in told and "lab/evil: a pickle would run code" in told
    assert "emms is undefined for every model: there are no label texts" in told and "not accuracies" in told


def test_other_modes_name_what_was_skipped_on_stderr_too(ranking):
    for mode in ("json", "agent"):
        output = Output(mode, stdout=io.StringIO(), stderr=io.StringIO())
        output.ranking(ranking)
        assert "lab/evil: a pickle would run code" in output._stderr.getvalue()
        assert "do not fit" not in output._stderr.getvalue()


def test_hostile_strings_are_harmless(evil_ranking):
    lines = drawn(evil_ranking, 200)
    assert "\x1b" not in "".join(lines + footer(evil_ranking, 200)) and "\u202e" not in "".join(lines)


def test_a_printed_ranking_is_a_short_table(ranking):
    text = str(ranking)
    assert text == repr(ranking) and len(text) < 1500 and all(row.model in text for row in ranking)
    assert text.splitlines()[0].startswith("Ranking of 6 models on ") and "1 skipped" in text.splitlines()[0]
    many = replace(ranking, rows=ranking.rows * 9)
    assert str(many).endswith("... and 44 more: to_pandas() has all rows and scores") and len(str(many)) < 4000
    assert text_table(replace(ranking, rows=())).startswith("Ranking of 0 models on ")


def test_rows_are_taken_by_place_and_by_name(ranking):
    assert ranking[0] is ranking.best and ranking[-1] is ranking.rows[-1] and len(ranking[:2]) == 2
    assert ranking["lab/best"].model == "lab/best"
    with pytest.raises(KeyError, match="lab/none"):
        ranking["lab/none"]


@pytest.fixture(scope="module")
def foreseen():
    """A ranking in the order of expected accuracies, one name as long as names of the Hub are."""
    probe = fake_probe(classes=5, each=20)
    made = build_ranking(*fake_pool(probe), probe, scores=["kernel_probe", "kernel_probe_loss", "knn"])
    long = replace(made.rows[1], model="timm/vit_small_patch16_224.augreg_in21k_ft_in1k")
    return replace(made, rows=(made.rows[0], long, *made.rows[2:]))


@pytest.mark.parametrize("width", [80, 100, 160])
def test_expected_accuracies_come_first_on_eighty_columns_too(foreseen, width):
    lines = drawn(foreseen, width)
    assert lines[0].split()[:3] == ["RANK", "MODEL", "EXPECTED"] and max(map(len, lines)) <= width
    assert foreseen.rows[1].model in lines[2] and "lab/best *" in lines[1] and " %" in lines[1] and "[" in lines[1]
    assert "…" not in "".join(lines)


def test_the_sentence_stands_above_the_table(foreseen):
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    output.ranking(foreseen)
    assert output._stderr.getvalue().startswith(("Fine-tune th", "Fine-tune all"))
    assert "if fine-tuned on about 300 images" in output._stderr.getvalue()
    assert "Fine-tune" in text_table(foreseen).splitlines()[1]


@pytest.mark.parametrize("width", [72, 80, 100])
def test_nothing_is_cut_off_where_models_were_measured(foreseen, width):
    found = Measured(accuracy=0.812, images=100, epochs=2, seconds=9.0, train_images=300)
    long = replace(foreseen.rows[1], measured=found, combined=0.75)
    lines = drawn(replace(foreseen, rows=(foreseen.rows[0], long, *foreseen.rows[2:])), width)
    assert lines[0].split()[:3] == ["RANK", "MODEL", "COMBINED"] and long.model in lines[2] and "75 %" in lines[2]
    assert "…" not in "".join(lines) and ("MEASURED" in lines[0]) == (width >= 80)


def test_measured_and_combined_accuracies_come_first(ranking):
    found = Measured(accuracy=0.812, images=100, epochs=2, seconds=9.0, train_images=300)
    first = replace(ranking.best, measured=found, combined=0.75)
    head, best, other = drawn(replace(ranking, rows=(first, *ranking.rows[1:])), 90)[:3]
    assert head.split()[:3] == ["RANK", "MODEL", "COMBINED"] and "MEASURED" in head
    assert "75 %" in best and "81 % of 100" in best and "81 %" not in other


def test_a_table_of_the_first_rows_says_how_many_more_there_are_and_programs_get_all(ranking):
    out, err = io.StringIO(), io.StringIO()
    Output("human", stdout=out, stderr=err).ranking(ranking, TableView(most=2))
    assert ranking[1].model in out.getvalue() and ranking[2].model not in out.getvalue()
    assert f"... and {len(ranking) - 2} more: --all" in err.getvalue()
    for mode, most in (("human", None), ("quiet", 2)):
        out, err = io.StringIO(), io.StringIO()
        Output(mode, stdout=out, stderr=err).ranking(ranking, TableView(most=most))
        assert ranking[-1].model in out.getvalue() and "--all" not in err.getvalue()
