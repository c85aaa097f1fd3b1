"""The steps that every verb shares, over HTTP against the local Hub, with real networks."""

from dataclasses import replace

import numpy as np
import pytest
from candidates.repos import timm_repo
from e2e.conftest import colours
from fakes import fake_probe
from hubfixture import add_model, save_tiny_timm
from models.texts import SHAPE, save_text_network
from transformers import BertModel

from hubscore.candidates.download import cached_bytes
from hubscore.errors import (
    BudgetError,
    Cancelled,
    CandidateError,
    DatasetError,
    HubscoreError,
    StorageError,
    UsageError,
)
from hubscore.extract.events import CandidateFinished
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session

__all__ = ["colours"]  # a fixture


class Log(RunObserver):
    """Keeps what it is told."""

    def __init__(self):
        self.steps, self.events = [], []

    def planned(self, plan, budget_gb, yes):
        self.steps.append(("planned", len(plan.rows), budget_gb, yes))
        super().planned(plan, budget_gb, yes)

    def extracting(self, plan):
        self.steps.append(("extracting", plan.samples))

    def event(self, event):
        self.events.append(event)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def session(tiny_repos, tmp_path, log):
    return Session(
        DataOptions(samples=9),
        CandidateOptions(models=[tiny_repos.timm, tiny_repos.transformers]),
        RunOptions(device="cpu", cache_dir=tmp_path),
        log,
    )


def test_the_steps_from_a_data_set_to_features(session, colours, log, tiny_repos):
    session.open()
    probe = session.draw_probe(colours, labels_required=True)
    found = session.find_candidates()
    plan = session.begin(found, len(probe))
    outcome = session.extract(found.candidates, probe)
    assert [row.model for row in plan.rows] == [tiny_repos.timm, tiny_repos.transformers] == list(outcome.extractions)
    assert log.steps == [("planned", 2, 5.0, False), ("extracting", 9)]
    assert sum(isinstance(event, CandidateFinished) for event in log.events) == 2
    assert outcome.forward_images == 18
    again = session.extract(found.candidates, probe)
    assert again.forward_images == 0
    for name, extraction in outcome.extractions.items():
        np.testing.assert_array_equal(
            extraction.features["penultimate"], again.extractions[name].features["penultimate"]
        )


def test_attribution_maps_are_kept_too(session, colours, tiny_repos):
    session.open()
    probe = session.draw_probe(colours)
    candidates = session.find_candidates().candidates[:1]
    made = session.attribute(candidates, probe, "saliency", objective="mean", map_size=8)
    assert made.attributions[tiny_repos.timm].maps["saliency"].shape[0] == 9 and made.forward_images == 9
    assert session.attribute(candidates, probe, "saliency", objective="mean", map_size=8).forward_images == 0


def test_fresh_probes_have_other_rows_and_a_probe_stays_as_it_is(session, colours):
    first, other = session.draw_probe(colours), session.draw_probe(colours, number=1)
    assert first.indices != other.indices and (first.seed, other.seed) == (0, 1)
    assert session.draw_probe(first) is first


def test_unlabeled_data_lose_their_labels(session, colours):
    bare = Session(replace(session.data, unlabeled=True), run=session.run)
    assert bare.draw_probe(colours).labels is None
    given = bare.draw_probe(fake_probe())
    assert (given.labels, given.classes, given.target) == (None, (), None)


def test_nothing_is_downloaded_over_the_budget(session, hub, log):
    save_tiny_timm(hub.root / "models/session/unseen")
    strict = Session(session.data, CandidateOptions(models=["session/unseen"]), replace(session.run, budget_gb=0), log)
    found = strict.find_candidates()
    hub.log.clear()
    with pytest.raises(BudgetError):
        strict.begin(found, 9)
    assert log.steps == [("planned", 1, 0, False)]
    assert not [path for _, path, *_ in hub.log if path.endswith("safetensors")]


def test_a_search_finds_candidates_where_none_are_named(session, tiny_repos):
    searching = Session(candidates=CandidateOptions(search="resnet", author="tiny"), run=session.run)
    assert tiny_repos.timm in [one.repo_id for one in searching.find_candidates().candidates]


def test_where_there_is_no_candidate_it_says_why(session):
    empty = Session(candidates=CandidateOptions(search="no-such-words"), run=session.run)
    with pytest.raises(CandidateError, match=r"No checkpoint fits --search 'no-such-words'"):
        empty.find_candidates()
    with pytest.raises(CandidateError, match=r"tiny/nothing-here"):
        empty.find_network("tiny/nothing-here")


def test_one_network_by_name_does_not_touch_the_sessions_candidates(session, tiny_repos):
    assert session.find_network(tiny_repos.headless).repo_id == tiny_repos.headless
    assert len(session.find_candidates().candidates) == 2


def test_a_data_set_is_looked_for_without_reading_its_rows(session, colours):
    session.preview_probe(colours)
    with pytest.raises(HubscoreError):
        session.preview_probe("tiny/no-such-colours")
    with pytest.raises((DatasetError, UsageError)):
        session.preview_probe("./no-such-folder")


def test_the_device_and_the_cache_are_checked_first(tmp_path):
    with pytest.raises(UsageError, match="Cannot run on the device 'meta'"):
        Session(run=RunOptions(device="meta", cache_dir=tmp_path)).open()
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Session(run=RunOptions(device="cpu", cache_dir=tmp_path / "file")).open()


def test_a_network_is_loaded_and_its_files_go_with_evict(session, tiny_repos):
    candidate = session.find_network(tiny_repos.timm)
    assert session.load_network(candidate).module is not None
    evicting = Session(run=replace(session.run, evict=True))
    assert evicting.load_network(candidate, keep=True).module is not None


def test_a_guessed_label_is_taken_only_when_somebody_says_yes(tmp_path):
    from probe.pictures import png, write

    files = {f"{place}.png": png(place) for place in range(8)}
    rows = "".join(f"{place}.png,{'ab'[place % 2]}\n" for place in range(8))
    write(tmp_path, {**files, "list.csv": "file,license\n" + rows})

    class Yes(Log):
        def label_unsure(self, error):
            self.steps.append(error.details["candidates"])
            return True

    with pytest.raises(UsageError, match="Nothing says that column 'license' is the label"):
        Session().draw_probe(tmp_path / "list.csv", labels_required=True)
    log = Yes()
    probe = Session(observer=log).draw_probe(tmp_path / "list.csv", labels_required=True)
    assert probe.label_column == "license" and probe.classes == ("a", "b") and log.steps == [["license"]]


def test_what_a_killed_run_with_evict_left_goes_once_the_plan_is_accepted(hub, tmp_path):
    class Refuses(RunObserver):
        def planned(self, plan, budget_gb, yes):
            raise Cancelled("Stopped", "no", "yes")

    def session(name, observer=None):
        run = RunOptions(device="cpu", cache_dir=tmp_path, evict=True)
        return Session(candidates=CandidateOptions(models=[f"evict-run/{name}"]), run=run, observer=observer)

    for seed, name in enumerate(("left", "next")):
        add_model(hub.root, f"evict-run/{name}", timm_repo(count=500, seed=70 + seed))
    killed = session("left")
    (ours,) = killed.find_candidates().candidates
    killed.downloader.download(ours)
    killed.downloader.journal._lock.release()  # as the system does with that of a process that was killed
    refusing, following = session("next", Refuses()), session("next")
    with pytest.raises(Cancelled):
        refusing.begin(refusing.find_candidates(), 9)
    assert cached_bytes(ours)
    with pytest.warns(RuntimeWarning, match="Deleted .* MB .*evict-run/left"):
        following.begin(following.find_candidates(), 9)
    assert cached_bytes(ours) == 0


def test_what_is_asked_of_texts_is_refused_for_images_and_the_other_way_round(tiny_repos, tmp_path):
    images = CandidateOptions(models=[tiny_repos.timm])
    with pytest.raises(UsageError, match=r"--pooling is about texts.*takes images"):
        Session(None, images, RunOptions(pooling="mean", cache_dir=tmp_path)).find_candidates()
    folder = save_text_network(tmp_path / "net", BertModel, **SHAPE)
    texts = CandidateOptions(models=[str(folder)])
    with pytest.raises(UsageError, match="--input-size is about images"):
        Session(DataOptions(modality="text"), texts, RunOptions(input_size=96)).find_candidates()
    asked = RunOptions(pooling="max", hidden_layers="mean")
    (one,) = Session(DataOptions(modality="text"), texts, asked).find_candidates().candidates
    assert (one.pooling, one.hidden_layers) == ("max", "mean")
