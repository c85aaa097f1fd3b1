import json
import subprocess
import sys
import time

import pytest

from hubscore.extract.machine_speed import FILE, seconds_per_parameter


def test_a_machine_is_measured_once(tmp_path, monkeypatch):
    started = time.process_time()
    seconds = seconds_per_parameter(tmp_path / "cache", "cpu")
    assert 1e-11 < seconds < 1e-6  # between a large accelerator and a very slow core
    assert time.process_time() - started < 5
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 1 / 0)
    assert seconds_per_parameter(tmp_path / "cache", "cpu") == seconds


def test_a_remembered_speed_needs_no_torch(tmp_path):
    seconds = seconds_per_parameter(tmp_path, "cpu")
    program = (
        "import sys; from pathlib import Path; from hubscore.extract.machine_speed import seconds_per_parameter;"
        f"print(seconds_per_parameter(Path({str(tmp_path)!r}), 'cpu'), 'torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(seconds), "False"]


@pytest.mark.parametrize("content", ["{", "[]", '{"x": 1}'])
def test_a_damaged_or_old_file_is_measured_anew(tmp_path, content, monkeypatch):
    (tmp_path / FILE).write_text(content)
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 1.0)
    first = seconds_per_parameter(tmp_path, "cpu")
    kept = json.loads((tmp_path / FILE).read_text())
    (machine,) = (name for name in kept if name != "x")
    kept[machine]["measured"] -= 2 * 86400
    (tmp_path / FILE).write_text(json.dumps(kept))
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 2.0)
    assert seconds_per_parameter(tmp_path, "cpu", old=True) == first  # nothing is computed: what is known will do
    assert seconds_per_parameter(tmp_path, "cpu") == 2 * first


def test_a_folder_that_cannot_be_written_to_does_not_matter(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 1.0)
    (tmp_path / "file").write_text("")
    assert seconds_per_parameter(tmp_path / "file" / "cache", "cpu") > 0


def test_a_device_without_memory_gives_no_estimate(tmp_path, monkeypatch):
    def full(device):
        raise RuntimeError("out of memory")

    monkeypatch.setattr("hubscore.extract.machine_speed.measure", full)
    assert seconds_per_parameter(tmp_path, "cpu") is None
