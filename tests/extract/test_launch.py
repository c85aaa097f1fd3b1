import os
import sys

from hubscore.extract import launch
from hubscore.extract.launch import accelerators, wanted_processes, worker_devices, worker_environment


def test_processes_are_asked_for_or_one_a_gpu_and_never_more_than_candidates(monkeypatch):
    monkeypatch.setattr(launch, "accelerators", lambda: 3)
    assert wanted_processes(4, "cpu", 2) == 2
    assert wanted_processes(None, "cpu", 9) == 1
    assert wanted_processes(None, "auto", 9) == wanted_processes(None, "cuda", 9) == 3
    assert wanted_processes(0, "cpu", 9) == 1
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert wanted_processes(4, "cpu", 9) == 1


def test_torch_is_not_asked_where_the_system_lists_no_accelerator(monkeypatch):
    monkeypatch.setattr(launch, "_signs_of_accelerators", lambda: False)
    assert accelerators() == 0 and worker_devices("auto", 2) == ["auto", "auto"]


def test_one_worker_decides_for_itself_and_a_device_with_a_number_is_everybodys():
    assert worker_devices("auto", 1) == ["auto"] and worker_devices("cuda:1", 2) == ["cuda:1", "cuda:1"]


def test_a_worker_has_the_search_path_and_neither_token_nor_rank(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setattr(sys, "path", ["", "/somewhere", *sys.path])
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    alone, shared = worker_environment(1), worker_environment(10_000)
    assert "hf_secret" not in alone.values() and "WORLD_SIZE" not in alone and alone["KEPT"] == "1"
    assert alone["PYTHONPATH"].split(os.pathsep)[:2] == [os.getcwd(), "/somewhere"]
    assert "OMP_NUM_THREADS" not in alone and shared["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert worker_environment(4)["OMP_NUM_THREADS"] == "7"


def test_more_workers_than_candidates_where_rows_can_be_shared_out():
    assert wanted_processes(4, "cpu", 1, parts=15) == 4 and wanted_processes(4, "cpu", 1, parts=2) == 2
    assert wanted_processes(4, "cpu", 0, parts=2) == 1
