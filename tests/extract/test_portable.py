import pickle
from dataclasses import replace
from types import MappingProxyType

import pytest
from extract.lighttask import LightRecipe, light

from hubscore.extract.job import Job
from hubscore.extract.portable import NotPortableError, write_job
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import MODALITIES
from hubscore.registry import load_target


class Sounds(Modality):
    """A modality that this module offers."""

    name = "portable-sounds"
    nouns = ("sound", "sounds")
    tasks = ("audio-classification",)


SOUNDS = Sounds()


@pytest.fixture
def job(tmp_path):
    return Job(LightRecipe("log"), light("a"), str(tmp_path / "store"))


@pytest.fixture
def registered(monkeypatch):
    """Registers modalities for one test."""
    entries = dict(MODALITIES._entries)
    yield MODALITIES.add
    MODALITIES._entries.clear()
    MODALITIES._entries.update(entries)


def of(job, modality):
    return replace(job, candidates=tuple(replace(one, modality=modality) for one in job.candidates))


def test_a_job_comes_back_as_it_was(job, tmp_path):
    write_job(job, tmp_path / "job")
    assert pickle.loads((tmp_path / "job").read_bytes()) == job


def test_a_modality_that_a_module_offers_travels_by_its_place(job, tmp_path, registered):
    registered(SOUNDS)
    write_job(of(job, SOUNDS.name), tmp_path / "job")
    (target,) = pickle.loads((tmp_path / "job").read_bytes()).modalities
    assert load_target(target) is SOUNDS


def test_one_that_is_in_memory_alone_does_not(job, tmp_path, registered):
    registered(Sounds())
    with pytest.raises(NotPortableError, match=r"'portable-sounds'.*entry point"):
        write_job(of(job, "portable-sounds"), tmp_path / "job")


def test_nor_one_whose_loader_lies_in_the_script(job, tmp_path, registered, monkeypatch):
    monkeypatch.setattr(SOUNDS, "loaders", MappingProxyType({"mine": "__main__:load"}), raising=False)
    registered(SOUNDS)
    with pytest.raises(NotPortableError, match="loader"):
        write_job(of(job, SOUNDS.name), tmp_path / "job")


def test_nor_items_that_cannot_be_pickled_or_need_the_script(job, tmp_path):
    with pytest.raises(NotPortableError, match="cannot travel"):
        write_job(replace(job, recipe=lambda: 1), tmp_path / "job")
    with pytest.raises(NotPortableError, match="takes no file"):
        write_job(job, tmp_path / "nowhere" / "job")
    made = type("Mine", (LightRecipe,), {"__module__": "__main__"})
    with pytest.raises(NotPortableError, match="Mine"):
        write_job(replace(job, recipe=made("log")), tmp_path / "job")
