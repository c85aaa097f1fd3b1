import json
import shutil
import time
from dataclasses import replace
from threading import Event

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data import Folder, Repo, Results, open_results
from page import Pages
from patience import Patience
from schema import UnreadableError, table_of
from spacedata import example_ranking
from state import State
from views import agreement, compare, method, modelmap

from hubscore.localhub import serve
from hubscore.publish.results import write_results

MODELS = tuple(row.model for row in example_ranking().rows[:3])


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def test_it_reads_what_publishing_writes(example):
    snapshot = Results(Folder(example)).snapshot()
    assert not snapshot.notes and len(snapshot.table) == 51 and "logme" in snapshot.score_names
    assert snapshot.scores["logme"]["plain_words"]["measures"]


def test_an_older_layout_is_shown_with_a_note():
    table, notes = table_of(
        parquet(
            dataset=["a/b"],
            model=["c/d"],
            rank=[1],
            run=["r"],
            date=["2026"],
            config=[None],
            split=["train"],
            revision=[None],
            consensus_low=[0.5],
            score_logme=[1.0],
        )
    )
    assert "older hubscore" in notes[0] and "family" in notes[0]
    assert table["consensus_lo"][0] == 0.5 and table["license"][0] == "" and table["parameters"].isna().all()


def test_a_newer_layout_is_shown_with_a_note():
    _, notes = table_of(parquet(dataset=["a/b"], model=["c/d"], schema=[7], brand_new=["x"]))
    assert "newer hubscore" in notes[0] and "schema 7" in notes[0]


def test_a_table_of_something_else_is_refused():
    with pytest.raises(UnreadableError, match="no columns 'dataset' and 'model'"):
        table_of(parquet(a=[1]))


def test_no_results_are_no_error(tmp_path):
    results = Results(Folder(tmp_path))
    assert not len(results.snapshot().table) and results.problem is None


def test_nobody_said_where_the_results_are():
    results = open_results({})
    assert not len(results.snapshot().table)
    assert "neither RESULTS_REPO nor RESULTS_DIR" in results.problem
    assert (
        open_results({"RESULTS_REPO": "a/b"}).name == "a/b" and open_results({"RESULTS_DIR": "/x/here"}).name == "here"
    )


def test_a_changed_folder_is_read_again_and_a_damaged_one_is_not(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    results = Results(Folder(folder), check_seconds=0)
    before = results.snapshot()
    assert results.snapshot() is before
    write_results(folder, [example_ranking("new/data", 3, seed=8)])
    assert len(results.snapshot().table) == len(before.table) + 3
    (folder / "leaderboard.parquet").write_bytes(b"PAR1 no longer")
    assert len(results.snapshot().table) == len(before.table) + 3
    assert "damaged" in results.problem


def test_damaged_descriptions_cost_only_the_descriptions(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    (folder / "scores.json").write_text("{")
    snapshot = Results(Folder(folder)).snapshot()
    assert "scores.json is damaged" in snapshot.notes[0] and len(snapshot.table) and not snapshot.scores


def test_files_beside_the_table_are_read_when_asked_for(example):
    results = Results(Folder(example))
    run = results.snapshot().table["run"].iloc[0]
    assert results.run(run)["rows"] and results.run("../../etc/passwd") == {} and results.run("2026-gone") == {}
    assert results.maps() == ("maps/birds.json",) and results.file("maps/birds.json")["models"]


def test_it_looks_for_changes_at_most_once_a_minute(example):
    class Counting(Folder):
        looks = 0

        def revision(self):
            self.looks += 1
            return super().revision()

    source = Counting(example)
    results = Results(source)
    for _ in range(5):
        results.snapshot()
    assert source.looks == 1


def test_the_hub_goes_away_and_comes_back(example, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    shutil.copytree(example, tmp_path / "root/datasets/ann/results")
    hub = serve(tmp_path / "root", state=tmp_path / "state")
    results = Results(Repo("ann/results", endpoint=hub.url), check_seconds=0)
    good = results.snapshot()
    assert len(good.table) == 51 and results.problem is None and results.run(good.table["run"].iloc[0])
    hub.stop()
    start = time.monotonic()
    assert results.snapshot() is good and results.problem == "the Hub cannot be reached"
    assert time.monotonic() - start < 10
    with serve(tmp_path / "root", state=tmp_path / "state", port=hub.port):
        assert results.snapshot() is good and results.problem is None


def test_a_hub_that_does_not_answer_keeps_nobody_waiting(example):
    answers = Event()

    class Silent(Folder):
        waits = False

        def revision(self):
            answers.wait(60 if self.waits else 0)
            return super().revision()

    source = Silent(example)
    results = Results(source, check_seconds=0)
    good = results.snapshot()
    source.waits = True
    start = time.monotonic()
    assert results.snapshot(Patience(0.2)) is good
    assert results.snapshot() is good  # somebody else is still looking
    assert time.monotonic() - start < 30
    answers.set()


def test_a_failing_hub_and_a_missing_data_set_are_said(example, tmp_path):
    shutil.copytree(example, tmp_path / "root/datasets/ann/results")
    with serve(tmp_path / "root") as hub:
        missing = Results(Repo("ann/none", endpoint=hub.url), check_seconds=0)
        assert not len(missing.snapshot().table) and "does not exist" in missing.problem
        results = Results(Repo("ann/results", endpoint=hub.url), check_seconds=0)
        results.snapshot()
        hub.faults.add(path="/api/datasets/ann/results", status=503, times=1)
        assert len(results.snapshot().table) and results.problem == "the Hub answered 503"


def test_a_file_that_could_not_be_had_is_not_asked_for_each_time(example):
    class Failing(Folder):
        reads = 0

        def read(self, path, revision):
            if path.startswith("maps/"):
                self.reads += 1
                raise OSError("no answer")
            return super().read(path, revision)

    source = Failing(example)
    for seconds, reads in ((60, 1), (0, 4)):
        results, source.reads = Results(source, check_seconds=seconds), 0
        results.snapshot()
        assert [results.file("maps/birds.json") for _ in range(4)] == [None] * 4 and source.reads == reads


def test_no_view_waits_longer_than_its_patience_for_a_hub_that_hangs(example, monkeypatch):
    monkeypatch.setattr("page.Patience", lambda: Patience(0.3))

    class Hanging(Folder):
        hangs, reads = False, 0

        def revision(self):
            self.wait()
            return "one"

        def read(self, path, revision):
            self.wait()
            return super().read(path, revision)

        def wait(self):
            self.reads += self.hangs
            back.wait(30 if self.hangs else 0)

    back, source = Event(), Hanging(example)
    results = Results(source, check_seconds=0)
    results.snapshot()
    source.hangs = True
    page = Pages(results).open(State(models=MODELS))  # this waits for the look at newer results
    assert page.patience.left <= 0 and not page.patience.lacking
    start = time.monotonic()
    for view in (agreement, method, compare, modelmap):
        assert "estimate" in view.render(page).lower()
    assert time.monotonic() - start < 20 and page.patience.lacking and source.reads == 1
    start, impatient = time.monotonic(), Patience(0.2)
    assert results.file("maps/birds.json", impatient) is None and impatient.lacking
    assert 0.2 <= time.monotonic() - start < 20
    back.set()
    source.hangs = False
    assert results.file("maps/birds.json")["models"], "what came too late is there for the next view"


def test_who_comes_first_waits_for_a_hub_that_reads_and_not_for_one_that_is_silent(example):
    class Slow(Folder):
        silent, slow = 0.0, 0.0

        def revision(self):
            time.sleep(self.silent)
            return "one"

        def read(self, path, revision):
            time.sleep(self.slow)
            return super().read(path, revision)

    reading = Slow(example)
    reading.slow = 0.3
    assert len(Results(reading).snapshot(Patience(0.1)).table) == 51
    silent = Slow(example)
    silent.silent = 0.5
    results = Results(silent)
    assert not len(results.snapshot(Patience(0.1)).table) and "not answered yet" in results.problem
    assert len(results.snapshot().table) == 51 and results.problem is None


def test_columns_of_a_newer_layout_are_left_out(example, tmp_path):
    frame = pd.read_parquet(example / "leaderboard.parquet")
    strange = frame.assign(schema=2, lists=[[1, 2]] * len(frame), when=pd.Timestamp("2027-01-01"), score_new=0.5)
    strange.to_parquet(tmp_path / "leaderboard.parquet")
    snapshot = Results(Folder(tmp_path)).snapshot()
    assert (
        not {"lists", "when"} & set(snapshot.table)
        and "new" in snapshot.score_names
        and "newer hubscore" in snapshot.notes[0]
    )


def test_invisible_characters_leave_with_the_reading(tmp_path):
    plain = example_ranking("user/birds", 3)
    rows = tuple(replace(row, model=f"lab/a\u202eb\u200b{i}") for i, row in enumerate(plain.rows))
    write_results(tmp_path, [replace(plain, rows=rows)])  # what is pressed in the table must be what the controls offer
    assert sorted(Results(Folder(tmp_path)).snapshot().table["model"]) == ["lab/ab0", "lab/ab1", "lab/ab2"]


def test_maps_that_are_no_json_are_left_out(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    (folder / "maps" / "bad.json").write_text("{{")
    results = Results(Folder(folder))
    results.snapshot()
    assert results.file("maps/bad.json") is None and json.loads((folder / "maps/birds.json").read_text())
