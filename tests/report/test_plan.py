from dataclasses import replace

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.finetuning_work import FineTuningWork
from hubscore.candidates.plan import make_plan
from hubscore.candidates.race_work import RaceWork
from hubscore.report.plan import impossible, plan_lines, probe_lines, size, stored_lines, totals
from hubscore.types import Candidate, Probe, Skipped


def plan():
    found = CandidateSet(
        candidates=(
            Candidate("org/a", "0" * 40, "timm", parameters=25_557_032, bytes=102_000_000),
            Candidate("org/b\x1b[2K", "1" * 40, "transformers", parameters=1_000_000),
        ),
        skipped=(Skipped("org/x", "gated"),),
        left_out_names={"adapter": tuple(f"org/l{number}" for number in range(7)), "custom code": ("org/c",)},
        estimated_bytes={"org/b\x1b[2K": 4_000_000},
        examined=10,
        more=True,
    )
    return make_plan(found, samples=100, cached={"org/a": 2_000_000})


def test_lines_name_every_candidate_with_its_size_and_call_an_estimate_one():
    lines = plan_lines(plan())
    assert lines[0] == "Candidates: 2"
    assert lines[1] == "  org/a (25.6M parameters, 102 MB)"
    assert lines[2] == "  org/b[2K (1M parameters, about 4.00 MB)"


def test_totals_say_what_is_downloaded_left_out_and_impossible():
    told = "\n".join(totals(plan()))
    assert "To download: about 104 MB (2.00 MB here already)" in told
    assert "Disk: about 104 MB more, or about 100 MB with --evict" in told
    assert "for 100 rows each" in told
    assert "Left out of 10 listed:" in told
    assert "  7 adapter: org/l0, org/l1, org/l2, org/l3, org/l4 and 2 more" in told
    assert "  1 custom code: org/c" in told
    assert "--limit takes more" in told
    stopped = "\n".join(totals(replace(plan(), scanned_out=True)))
    assert "stopped after 10 listed repos; --scan 100" in stopped and "--limit" not in stopped
    assert impossible(plan()) == ["Cannot be ranked: org/x: gated"]


def test_a_disk_that_is_too_small_is_told():
    found = CandidateSet(tuple(Candidate(f"org/{name}", "0" * 40, "timm", bytes=40_000_000) for name in "ab"))
    for free, words in (
        (90e6, "90.0 MB free"),
        (50e6, "free: too little without --evict"),
        (10e6, "10.0 MB free: too little"),
    ):
        told = totals(make_plan(found, samples=1, rate=1e-9, free=int(free)))
        assert told[2].endswith(words) and "from a test of this machine" in told[1]


def test_sizes_have_three_digits():
    assert [size(value) for value in (None, 0, 999, 1500, 13_400_000, 123_456_789, 2.5e9)] == [
        "-",
        "0 B",
        "999 B",
        "1.50 kB",
        "13.4 MB",
        "123 MB",
        "2.50 GB",
    ]


def test_totals_for_a_program_count_what_was_left_out_and_mind_the_budget():
    told = plan().totals(0.1)
    assert told["left_out"] == {"adapter": 7, "custom code": 1} and told["skipped"] == [
        {"model": "org/x", "reason": "gated"}
    ]
    assert (told["bytes_to_download"], told["bytes_cached"], told["bytes_estimated"]) == (104_000_000, 2_000_000, True)
    assert (told["peak_disk_bytes"], told["peak_disk_bytes_evicting"], told["free_disk_bytes"]) == (
        104_000_000,
        100_000_000,
        None,
    )
    assert told["budget_bytes"] == 100_000_000 and told["over_budget"] and not plan().totals(1)["over_budget"]
    assert (told["examined"], told["more"], told["samples"], told["candidates"]) == (10, True, 100, 2)


def test_the_probe_line_says_what_is_the_label():
    note = "label: species (a column of 2 strings, the only one named like a label)"
    probe = Probe(
        "./birds", None, "train", None, (0, 4), None, ("a", "b"), "classification", "", 0, notes=(note,), population=9
    )
    assert probe_lines(probe) == ["Probe: 2 images of 2 classes from 9 rows (./birds, train)", f"  {note}"]


def test_a_race_is_named_with_bounds_of_its_passes():
    raced = replace(plan(), race=RaceWork(60, 100, (40,), least=6))
    told = "\n".join(plan_lines(raced))
    assert "Race: 60 candidates run over 40 rows, those that may still be among the first over 100" in told
    assert "2,760 to 6,000 rows" in told and "--no-race" in told
    assert "Race" not in "\n".join(plan_lines(plan()))


def test_what_the_feature_cache_holds_is_said():
    found = CandidateSet(tuple(Candidate(f"org/{name}", "0" * 40, "timm", bytes=40_000_000) for name in "abc"))
    told = totals(make_plan(found, samples=9, left={"org/a": 0.0, "org/b": 0.5}))
    kept = "In the feature cache already: 1 of 3 candidates, which cost no extraction and no download of weights"
    assert told[2] == f"{kept}; part of 1" and told[3].startswith("Disk: ")
    assert stored_lines(make_plan(found, samples=9)) == []
    partly = stored_lines(make_plan(found, samples=9, left={"org/a": 0.5}))
    assert partly == ["In the feature cache already: part of 1 of 3 candidates"]
    tuned = totals(make_plan(found, samples=9, left={"org/a": 0.0}, finetuning=FineTuningWork(1, 9, 9, 2)))
    assert tuned[2].endswith("1 of 3 candidates, which cost no extraction") and tuned[3].startswith("Training")
