import re
import signal
import subprocess
import sys

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub.utils import httpx

from hubscore.cli.main import main
from hubscore.localhub import serve


def start(*words: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "hubscore", "localhub", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_until(process: subprocess.Popen, word: str) -> str:
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            return said
    raise AssertionError(f"{word!r} was not said, but: {said}")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_it_serves_and_stops_cleanly(tmp_path, ending):
    add_model(tmp_path, "a/b", {"config.json": "{}"})
    add_dataset(tmp_path, "pictures", {"train/cat/1.jpg": b"x"})
    process = start(tmp_path, "--port", 0)
    said = read_until(process, "Ctrl-C stops it.")
    assert "1 model, 1 data set, 0 Spaces" in said
    url = re.search(r"export HF_ENDPOINT=(http://127\.0\.0\.1:\d+)", said)[1]
    state = re.search(r"state in (\S+) \(temporary", said)[1]
    assert [it["id"] for it in httpx.get(f"{url}/api/models").json()] == ["a/b"]
    process.send_signal(ending)
    out, rest = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "") and "Stopped." in rest and "Traceback" not in rest
    assert subprocess.run(["ls", state], capture_output=True).returncode != 0


def test_other_machines_are_warned_about(tmp_path):
    add_model(tmp_path, "a/b", {"config.json": "{}"})
    process = start(tmp_path, "--port", 0, "--host", "0.0.0.0")
    said = read_until(process, "Warning: 0.0.0.0 is reachable from other machines")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert "export HF_ENDPOINT=http://127.0.0.1:" in said


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda folder: folder / "none", "it does not exist or is not a folder"),
        (lambda folder: folder, "it has no models/, datasets/ or spaces/ in it"),
    ],
)
def test_folders_that_cannot_be_served(tmp_path, capsys, prepare, words):
    with pytest.raises(SystemExit) as end:
        main(["localhub", str(prepare(tmp_path))])
    assert end.value.code == 2 and words in capsys.readouterr().err


def test_a_taken_port(tmp_path, capsys):
    add_model(tmp_path, "a/b", {"config.json": "{}"})
    with serve(tmp_path) as hub, pytest.raises(SystemExit) as end:
        main(["localhub", str(tmp_path), "--port", str(hub.port)])
    said = capsys.readouterr().err
    assert end.value.code == 2 and "Address already in use" in said and f"--port {hub.port + 1}" in said


def test_a_users_file_that_is_not_there(tmp_path, capsys):
    add_model(tmp_path, "a/b", {"config.json": "{}"})
    with pytest.raises(SystemExit) as end:
        main(["localhub", str(tmp_path), "--port", "0", "--users", str(tmp_path / "users.yaml")])
    assert end.value.code == 2 and "users.yaml cannot be read" in capsys.readouterr().err
