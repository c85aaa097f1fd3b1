import io

import pytest
from rich.console import Console

from hubscore.cli.first_scores import FirstScores, first_look


def drawn(rows, most=20, width=60):
    kept = FirstScores()
    for model, values in rows.items():
        kept.add(model, values)
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(kept.table(most))
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_the_best_so_far_stands_first_whenever_it_came():
    rows = {"lab/a": {"kernel_probe": 0.5}, "lab/b": {"kernel_probe": 0.75, "logme": 1.23456}, "lab/c": {}}
    head, *lines = drawn(rows)
    assert head.split() == ["SO", "FAR", "KERNEL_PROBE", "LOGME"]
    assert [line.split() for line in lines] == [["lab/b", "0.75", "1.235"], ["lab/a", "0.5"], ["lab/c"]]


@pytest.mark.parametrize(("score", "order"), [("knn", ["lab/b", "lab/a"]), ("kernel_probe_loss", ["lab/a", "lab/b"])])
def test_the_score_says_which_way_is_better(score, order):
    lines = drawn({"lab/a": {score: 0.1}, "lab/b": {score: 0.2}})
    assert [line.split()[0] for line in lines[1:]] == order


def test_no_more_lines_than_there_is_room_and_the_rest_is_counted():
    rows = {f"lab/{place:02}": {"logme": -float(place)} for place in range(30)}
    lines = drawn(rows, most=6)
    assert [line.split()[0] for line in lines] == ["SO", "lab/00", "lab/01", "lab/02", "lab/03", "and"]
    assert lines[-1] == "and 26 more"
    assert len(drawn(rows, most=31)) == 31 and "more" not in drawn(rows, most=31)[-1]


def test_a_long_name_gives_way_and_cannot_write_to_the_terminal():
    lines = drawn({"lab/vit_base_patch16_clip_224.laion2b_ft_in12k_in1k": {"logme": 1.0}, "b\x1b[2K": {}}, width=40)
    assert lines[1].endswith("1") and "…" in lines[1] and max(map(len, lines)) <= 40
    assert lines[2] == "b[2K"


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"knn": 0.5, "logme": 1.23456, "kernel_probe": 0.75}, "kernel_probe 0.75, logme 1.235"),
        ({"knn": 0.5}, "knn 0.5"),
        ({}, "no score is defined for it alone"),
    ],
)
def test_one_candidate_in_a_line(values, line):
    assert first_look(values) == line
