import io

import pytest

from hubscore.cli.errors import run_guarded
from hubscore.cli.output import Output
from hubscore.cli.progress import Pace, Progress
from hubscore.errors import Cancelled
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted, CandidateWaiting


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_time_left_follows_the_work_left():
    clock = Clock()
    pace = Pace({"small": 1.0, "large": 9.0}, 2, clock=clock)
    assert pace.seconds_left is None
    clock.now = 2.0
    pace.finish("small")
    assert pace.seconds_left == pytest.approx(18.0)


def test_what_comes_from_the_cache_says_nothing_about_the_pace():
    clock = Clock()
    pace = Pace({}, 4, clock=clock)
    clock.now = 0.1
    pace.finish("a", cached=True)
    assert pace.seconds_left is None
    clock.now = 10.1
    pace.finish("b")
    assert pace.seconds_left == pytest.approx(20.0) and pace.done == 2


def test_another_run_that_is_waited_for_is_named():
    assert any("lab/a: another run" in line for line in lines("human", CandidateWaiting("lab/a", 1, 3)))


def test_the_pace_and_the_time_that_scores_will_take_are_shown_on_a_terminal(monkeypatch):
    monkeypatch.delenv("HF_HUB_DISABLE_PROGRESS_BARS", raising=False)
    clock, stream = Clock(), Terminal()
    with Progress(Output("human", stdout=stream, stderr=stream), 3, clock=clock) as progress:
        shown = []
        for clock.now, done in ((1.0, 4), (3.0, 6), (5.0, 8), (10.0, 40), (11.0, 0)):
            progress.scoring(done, 40)
            fields = progress._bar.tasks[0].fields
            assert fields["stage"] == "scores"
            shown.append((fields["count"], fields["left"]))
    assert shown == [
        ("4/40", ""),
        ("6/40 1.0/s", "about 34 s left"),
        ("8/40 1.0/s", "about 32 s left"),
        ("40/40 4.0/s", ""),
        ("0/40", ""),
    ]


@pytest.mark.parametrize("width", [60, 80, 160])
def test_on_every_width_only_the_name_gives_way(monkeypatch, width):
    monkeypatch.delenv("HF_HUB_DISABLE_PROGRESS_BARS", raising=False)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    clock, stream, name = Clock(), Terminal(), "timm/vit_base_patch16_clip_224.laion2b_ft_in12k_in1k"
    with Progress(Output("human", stdout=stream, stderr=stream), 300, stage="fine-tuning", clock=clock) as progress:
        clock.now = 75.0
        progress.event(CandidateFinished("lab/a", 1, 300, seconds=75.0, cached=False))
        progress.event(CandidateStarted(name, 2, 300))
        assert progress.pace.rate == pytest.approx(1 / 75)
        progress._bar.refresh()
    drawn = stream.getvalue()
    assert "fine-tuning 1/300 48.0/h about 6 h 13 min left" in drawn
    assert (name in drawn) == (width == 160) and (name[:6] in drawn) == (width > 60)


def lines(format, *events, total=3):
    output = Output(format, stdout=io.StringIO(), stderr=io.StringIO())
    with Progress(output, total) as progress:
        for event in events:
            progress.event(event)
        progress.scoring(1, 40)
        progress.scoring(2, 40)
    assert output._stdout.getvalue() == ""
    return output._stderr.getvalue().splitlines()


EVENTS = (
    CandidateStarted("lab/a", 1, 3),
    CandidateFinished("lab/a", 1, 3, seconds=75.0, cached=False),
    CandidateStarted("lab/b", 2, 3),
    CandidateFinished("lab/b", 2, 3, seconds=0.1, cached=True),
    CandidateSkipped("lab/c\x1b[2K", 3, 3, seconds=1.0, reason="a corrupt\nfile"),
)


@pytest.mark.parametrize("format", ["human", "agent", "json"])
def test_lines_tell_each_candidate_where_there_is_no_terminal(format):
    told = lines(format, *EVENTS)
    assert told[0].startswith("[1/3] lab/a: 1 min 15 s, about ") and told[0].endswith(" left")
    assert told[1].startswith("[2/3] lab/b: from the cache")
    assert told[2:] == ["[3/3] lab/c[2K: skipped, a corrupt file", "Computing scores"]


def test_a_candidate_s_first_scores_are_shown_as_they_come():
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    with Progress(output, 3) as progress:
        progress.scored("lab/a", {"knn": 0.5, "logme": 1.23456, "kernel_probe": 0.75})
        progress.scored("lab/b", {"knn": 0.5})
        progress.scored("lab/c", {})
    told = [line.strip() for line in output._stderr.getvalue().splitlines()]
    assert told == [
        "lab/a: kernel_probe 0.75, logme 1.235",
        "lab/b: knn 0.5",
        "lab/c: no score is defined for it alone",
    ]


def test_quiet_mode_is_silent():
    assert lines("quiet", *EVENTS) == []


def test_a_terminal_gets_a_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("HF_HUB_DISABLE_PROGRESS_BARS", raising=False)
    output = Output("human", stdout=io.StringIO(), stderr=Terminal())
    with Progress(output, 3) as progress:
        for event in EVENTS:
            progress.event(event)
        progress.scoring(7, 40)
    drawn = output._stderr.getvalue()
    assert "\x1b[" in drawn and "lab/b: from the cache" in drawn and "skipped, a corrupt file" in drawn


def test_bars_can_be_switched_off_as_for_the_hub(monkeypatch):
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    output = Output("human", stdout=io.StringIO(), stderr=Terminal())
    with Progress(output, 3) as progress:
        progress.event(EVENTS[1])
    assert "━" not in output._stderr.getvalue() and "[1/3] lab/a" in output._stderr.getvalue()


def test_ctrl_c_says_how_far_the_run_got():
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())

    def run():
        with Progress(output, 3) as progress:
            progress.event(EVENTS[1])
            raise KeyboardInterrupt

    with pytest.raises(Cancelled, match="1 of 3 done"):
        run()
    assert run_guarded(run, output=output) == 130
    assert output._stderr.getvalue().endswith("Stopped. 1 of 3 done; run the same command again to go on.\n")


def test_other_errors_pass_through():
    with pytest.raises(ZeroDivisionError), Progress(Output("quiet"), 1):
        raise ZeroDivisionError


def test_on_a_terminal_rows_appear_as_they_are_scored(monkeypatch):
    monkeypatch.delenv("HF_HUB_DISABLE_PROGRESS_BARS", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LINES", "40")
    stream = Terminal()
    with Progress(Output("human", stdout=stream, stderr=stream), 3) as progress:
        progress.scored("lab/a", {"kernel_probe": 0.5})
        progress.scored("lab/b", {"kernel_probe": 0.75})
        stream.truncate(0)
        progress._bar.refresh()
        drawn = stream.getvalue()
        assert drawn.index("KERNEL_PROBE") < drawn.index("lab/b") < drawn.index("lab/a") < drawn.index("0/3")
        for name in ("lab/c", "lab/d", "lab/e"):
            progress.scored(name, {})
        assert [progress._rows(height).row_count for height in (40, 8, 2)] == [5, 3, 2]
