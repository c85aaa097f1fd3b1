"""`hf hubscore` through the real `hf`, in a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hubscore.cli.main import main
from hubscore.errors import UsageError
from hubscore.hfextension import OWNER, folder, install, script, uninstall

HF = Path(sys.executable).parent / "hf"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def run(*words, **environment):
    # No Hub: `hf` would ask it once a day which agents there are.
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, env={**os.environ, **environment}, timeout=120
    )


@pytest.mark.slow
def test_hf_runs_hubscore_and_passes_words_and_exit_code(home):
    installed = run(script(), "install-hf-extension", "--format", "json")
    assert installed.returncode == 0 and json.loads(installed.stdout)["command"] == "hf hubscore"
    listed = run(HF, "hubscore", "scores", "--format", "quiet", HF_ENDPOINT="http://127.0.0.1:9")
    assert listed.returncode == 0 and "logme" in listed.stdout.split()
    wrong = run(HF, "hubscore", "rank", "--no-such-option", HF_ENDPOINT="http://127.0.0.1:9")
    assert wrong.returncode == 2 and "No such option" in wrong.stderr and "Try: hf hubscore rank --help" in wrong.stderr
    assert run(HF, "extensions", "remove", "hubscore").returncode == 0 and not folder().exists()


def test_install_again_then_take_away(home):
    manifest = install()
    data = json.loads(manifest.read_text())
    assert manifest == home / ".local/share/hf/extensions/hf-hubscore/manifest.json"
    assert Path(data["executable_path"]).is_file() and data["short_name"] == "hubscore"
    assert install() == manifest
    assert uninstall() == manifest and not folder().exists() and uninstall() is None


def test_where_there_is_none_json_still_says_something(home, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["install-hf-extension", "--uninstall", "--json"])
    assert not ended.value.code and json.loads(capsys.readouterr().out) == {"removed": None}


def test_hf_itself_reads_the_manifest(home, monkeypatch):
    from huggingface_hub.cli import extensions

    install()
    loaded = extensions.ExtensionManifest.load(extensions.EXTENSIONS_ROOT.expanduser() / "hf-hubscore")
    assert loaded.repo_id == f"{OWNER}/hf-hubscore" and loaded.type == "python"


def test_nobody_on_github_can_be_asked_for_an_update():
    assert OWNER.startswith("-")  # no GitHub name does


def test_an_extension_from_elsewhere_stays(home):
    folder().mkdir(parents=True)
    (folder() / "manifest.json").write_text('{"owner": "somebody\\u001b[2J"}')
    with pytest.raises(
        UsageError, match=r"installed from somebody\[2J/hf-hubscore\nTry: hf extensions remove hubscore"
    ):
        install()
    with pytest.raises(UsageError, match="not ours"):
        uninstall()
    assert json.loads(install(force=True).read_text())["owner"] == OWNER


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_manifest_is_replaced(home, content):
    folder().mkdir(parents=True)
    (folder() / "manifest.json").write_text(content)
    assert json.loads(install().read_text())["owner"] == OWNER
