"""Several real processes through accelerate, on processors."""

import numpy as np
import pytest
from hubfixture import save_tiny_timm, save_tiny_vit

from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import HubscoreError
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted
from hubscore.extract.launch import Job, command, event_line, launch, wanted_processes
from hubscore.extract.layer_request import LayerRequest
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.run.observer import RunObserver
from hubscore.run.options import RunOptions
from hubscore.run.session import Session


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    """Three checkpoints, one of them damaged, and a folder of pictures."""
    from e2e.conftest import photo_folder
    from hubfixture import write_files

    root = tmp_path_factory.mktemp("launch")
    write_files(root / "photos", photo_folder(4))
    save_tiny_timm(root / "models" / "org" / "resnet")
    save_tiny_vit(root / "models" / "org" / "vit")
    save_tiny_timm(root / "models" / "org" / "strange")
    config = root / "models" / "org" / "strange" / "config.json"
    config.write_text(config.read_text().replace('"test_resnet"', '"resnet_of_the_future"'))
    found = resolve_candidates(
        [str(root / "models" / "org" / name) for name in ("resnet", "vit", "strange")], api=hub_api()
    )
    return found.candidates, load_probe(str(root / "photos"))


@pytest.mark.slow
def test_two_processes_give_what_one_gives(setting, tmp_path):
    candidates, probe = setting
    observer, events = RunObserver(), []
    observer.event = events.append
    layers = LayerRequest(batch=4)
    one, two = (
        Session(
            run=RunOptions(device="cpu", processes=count, cache_dir=tmp_path / str(count)), observer=watching
        ).extract(candidates, probe, layers=layers)
        for count, watching in ((1, None), (2, observer))
    )
    assert list(one.extractions) == list(two.extractions) and len(one.extractions) == 2
    for name, extraction in one.extractions.items():
        assert extraction.key == two.extractions[name].key
        np.testing.assert_array_equal(extraction.features["penultimate"], two.extractions[name].features["penultimate"])
        np.testing.assert_array_equal(extraction.layer_kernel, two.extractions[name].layer_kernel)
    assert one.forward_images == two.forward_images == 3 * len(probe)  # one by its batches, one not
    assert [item.model for item in one.skipped] == [item.model for item in two.skipped] == [candidates[2].repo_id]
    assert sum(isinstance(event, CandidateFinished) for event in events) == 2
    assert sum(isinstance(event, CandidateSkipped) for event in events) == 1
    assert {event.total for event in events} == {3}


def test_a_process_that_dies_says_why(setting, tmp_path):
    candidates, probe = setting
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(HubscoreError, match="Cannot store the features"):
        launch(Job(candidates[:2], probe, str(blocked), "cpu", None, None, False), 2)


def test_the_command_starts_accelerate_without_guessing(tmp_path):
    words = command(tmp_path, 2)
    assert words[words.index("--num_processes") + 1] == "2" and words[-1] == str(tmp_path)
    assert "--multi_gpu" in words


def test_processes_are_asked_for_or_one_a_gpu_and_never_more_than_candidates(monkeypatch):
    assert wanted_processes(4, "cpu", 2) == 2
    assert wanted_processes(None, "cpu", 9) == 1
    assert wanted_processes(0, "cpu", 9) == 1
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert wanted_processes(4, "cpu", 9) == 1


def test_events_survive_the_way_between_processes():
    assert (
        event_line(CandidateStarted("org/a", 1, 3))
        == '{"event": "CandidateStarted", "model": "org/a", "index": 1, "total": 3}'
    )
