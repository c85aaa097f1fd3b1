import socket
import subprocess
import time

import httpx
import pytest
from spacedata import example_ranking
from typer.testing import CliRunner

from hubscore.cli.main import app
from hubscore.errors import UsageError
from hubscore.install import WITH_SPACE
from hubscore.publish.space import local
from hubscore.publish.space.folder import app_files, app_folder, brought_up_to_date


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def test_a_saved_ranking_is_shown_by_the_command(tmp_path, warm_python):
    path, port = tmp_path / "ranking.json", free_port()
    example_ranking(models=4).save(str(path))
    running = subprocess.Popen(
        [warm_python, "-m", "hubscore", "space", "--results", str(path), "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 240  # generous: a loaded machine is no failure
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            while time.monotonic() < until and running.poll() is None:
                try:
                    rows = client.get("/leaderboard.csv").text.splitlines()
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
        assert len(rows) == 5 and "score_logme" in rows[0]
    finally:
        running.terminate()
        _, told = running.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"results": None, "repo": None}, "one of --results and --repo"),
        ({"results": "here", "repo": "a/b"}, "one of --results and --repo"),
        ({"results": "missing", "repo": None}, "neither a folder nor a saved ranking"),
    ],
)
def test_wrong_calls_say_what_is_right(tmp_path, asked, told):
    results = tmp_path if asked["results"] == "here" else tmp_path / "missing" if asked["results"] else None
    with pytest.raises(UsageError, match=told):
        local.command(results=results, repo=asked["repo"], port=free_port(), host="127.0.0.1")


def test_without_gradio_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(local.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as raised:
        local.command(results=tmp_path, repo=None, port=free_port(), host="127.0.0.1")
    assert "Gradio" in str(raised.value) and WITH_SPACE in str(raised.value)


def test_a_taken_port_is_said_with_another(tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(UsageError, match=f"--port {port + 1}"):
            local.command(results=tmp_path, repo=None, port=port, host="127.0.0.1")


def test_the_environment_says_where_the_results_are_and_lets_nobody_log_in(tmp_path, monkeypatch):
    monkeypatch.setenv("RESULTS_REPO", "left/over")
    monkeypatch.setenv("OAUTH_CLIENT_ID", "x")
    monkeypatch.setenv("HUBSCORE_PROXY", "left/over")
    arguments, environment = local.command(results=tmp_path, repo=None, port=free_port(), host="127.0.0.1")
    assert arguments[1].endswith("app.py") and environment["RESULTS_DIR"] == str(tmp_path)
    assert not environment["HUBSCORE_PROXY"]
    assert not environment["RESULTS_REPO"] and not environment["OAUTH_CLIENT_ID"]


def test_the_files_are_found_and_stay_small():
    files = app_files("alice/results")
    assert (app_folder() / "app.py").is_file() and len(files["app.py"].splitlines()) < 80
    assert not any(
        b"import hubscore" in content or b"from hubscore" in content or b"import torch" in content
        for name, content in files.items()
        if name.endswith(".py") and name != "looking.py"
    )
    told = [line for line in files["looking.py"].decode().splitlines() if "from hubscore" in line]
    assert told and all(line.startswith("    ") for line in told)  # only where a proxy looks, which is off
    assert b"hubscore" not in files["requirements.txt"]


def test_only_the_version_of_a_gradio_card_is_brought_up_to_date():
    ours = "---\nsdk: gradio\nsdk_version: 6.31.0\n---\n"
    assert (
        brought_up_to_date("---\nsdk: gradio\nsdk_version: 5.0\ntitle: x\n---\n", ours)
        == "---\nsdk: gradio\nsdk_version: 6.31.0\ntitle: x\n---\n"
    )
    assert brought_up_to_date("---\nsdk: static\n---\n", ours) == "---\nsdk: static\n---\n"


def test_the_help_names_both_ways():
    told = CliRunner().invoke(app, ["space", "--help"], env={"COLUMNS": "200"}).output
    assert "--results" in told and "--repo" in told and "--port" in told


def test_a_folder_without_results_is_refused_before_anything_is_announced(tmp_path):
    said = []
    with pytest.raises(UsageError, match=r"holds no results: there is no leaderboard.parquet in it"):
        local.serve_space(results=tmp_path, port=free_port(), starting=lambda: said.append("it will be at"))
    assert not said
