"""What people really type: each gives one clear error or a named skip, never a traceback, and loses nothing."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
import torch
from e2e.conftest import photo, photo_folder
from hubfixture import add_dataset, add_model, save_tiny_timm, write_files
from safetensors.torch import load_file, save_file
from smalldisk import small_files

from hubscore.cli.arguments import PARTIAL

FAST = ("--scores", "logme,knn", "--subsamples", "0", "--device", "cpu")


def clear(ran, *words, code=1):
    """The run ended with this code, said all this, and showed no traceback."""
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err and "bug in hubscore" not in ran.err
    for word in words:
        assert word in ran.err, ran.err
    return True


def test_no_data_set(run):
    taken = run("rank", "--models", "a", "b")  # the last word is likelier the data set than a model
    assert clear(taken, "No data set was named", "--models takes every word up to the next option", code=2)
    assert "Try: hubscore rank b --models a\n" in taken.err


def test_unknown_data_set(run, tiny_repos):
    assert clear(run("rank", "tiny/colors", "--models", tiny_repos.timm, *FAST), "tiny/colors", "not found")


def test_unknown_model_alone(run, colours):
    assert clear(run("rank", colours, "--models", "tiny/nothing-here", *FAST), "tiny/nothing-here")


def test_unknown_score_has_a_near_name_and_nothing_is_started(run, hub, colours, tiny_repos):
    hub.log.clear()
    assert clear(
        run("rank", colours, "--models", tiny_repos.timm, "--scores", "logmee"),
        "Unknown score 'logmee'",
        "logme",
        code=2,
    )
    assert len(hub.log) == 0


def test_unknown_option_and_unknown_ending(run, colours, tiny_repos):
    assert clear(run("rank", colours, "--modles", "a"), "No such option", "hubscore rank --help", code=2)
    assert clear(run("rank", colours, "--models", tiny_repos.timm, "--out", "r.xlsx", *FAST), ".json", ".html", code=2)


def test_a_plan_checks_what_it_is_given(run, colours, tiny_repos):
    words = ("rank", colours, "--models", tiny_repos.timm, "--plan")
    assert clear(run(*words, "--scores", "knm"), "Unknown score 'knm'", "knn", code=2)
    assert clear(run(*words, "--out", "r.xlsx"), ".json", code=2)
    assert clear(run("plan", "tiny/colors", "--models", tiny_repos.timm), "tiny/colors")


def test_a_skip_is_named_in_quiet_mode_and_strict_says_why_it_fails(run, colours, tiny_repos):
    words = ("rank", colours, "--models", tiny_repos.timm, "tiny/resnot", "-q", *FAST)
    ran = run(*words)
    assert ran.code == 0 and "tiny/resnot" in ran.err
    assert clear(run(*words, "--strict"), "1 of the candidates cannot be ranked, and --strict allows none")


def test_device_and_cache_are_checked_before_anything_is_read(run, hub, colours, tiny_repos, tmp_path):
    (tmp_path / "file").write_text("")
    hub.log.clear()
    words = ("rank", colours, "--models", tiny_repos.timm)
    assert clear(run(*words, "--device", "meta"), "Cannot run on the device 'meta'", "--device auto", code=2)
    assert clear(run(*words, "--device", "gpu9"), "Cannot run on the device 'gpu9'", code=2)
    assert clear(run(*words, "--cache-dir", tmp_path / "file"), "Cannot keep features", "--cache-dir DIR")
    assert clear(run(*words, "--subsamples", "1", "--scores", "knn"), "a spread needs two", code=2)
    assert len([path for _, path, *_ in hub.log if path.endswith("safetensors")]) == 0


def test_models_and_search_exclude_each_other(run, colours):
    assert clear(
        run("rank", colours, "--models", "a", "--search", "b"), "--models and --search exclude each other", code=2
    )


def test_folder_without_images(run, tiny_repos, tmp_path):
    (tmp_path / "empty").mkdir()
    assert clear(run("rank", str(tmp_path / "empty"), "--models", tiny_repos.timm, *FAST), "empty")


def test_one_class(run, tiny_repos, tmp_path):
    write_files(tmp_path / "one", {f"cat/{n}.png": photo(0, n) for n in range(6)})
    assert clear(run("rank", str(tmp_path / "one"), "--models", tiny_repos.timm, *FAST), "class")


def test_a_class_with_one_image_is_left_out_by_name(run, tiny_repos, tmp_path):
    files = {f"{name}/{n}.png": photo(k, n) for k, name in enumerate(("cat", "dog")) for n in range(6)}
    write_files(tmp_path / "pets", {**files, "newt/0.png": photo(2, 0)})
    ran = run("rank", str(tmp_path / "pets"), "--models", tiny_repos.timm, "--format", "json", *FAST)
    assert ran.code == 0, ran.err
    assert "newt" in ran.err


def test_unlabeled_data(run, tiny_repos, tmp_path):
    write_files(tmp_path / "plain", {f"{n}.png": photo(0, n) for n in range(6)})
    assert clear(run("rank", str(tmp_path / "plain"), "--models", tiny_repos.timm, *FAST), "label", "--unlabeled")


def test_broken_images_are_named_and_dropped(run, hub, tiny_repos):
    add_dataset(hub.root, "tiny/broken", {**photo_folder(), "train/red/99.png": b"\x89PNG not really"})
    ran = run("rank", "tiny/broken", "--models", tiny_repos.timm, "--format", "json", *FAST)
    assert ran.code == 0, ran.err


class Payload:
    """Runs code when unpickled."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.system, (f"touch {self.place}",)


def test_every_bad_checkpoint_is_skipped_by_name(run, hub, colours, tiny_repos, tmp_path):
    root = hub.root / "models" / "bad"
    truncated = save_tiny_timm(root / "truncated") / "model.safetensors"
    truncated.write_bytes(truncated.read_bytes()[:-5000])
    (save_tiny_timm(root / "no-weights") / "model.safetensors").unlink()
    for leftover in (root / "no-weights").glob("*.bin"):
        leftover.unlink()
    weights = save_tiny_timm(root / "nan") / "model.safetensors"
    save_file(
        {
            name: torch.full_like(value, torch.nan) if value.is_floating_point() else value
            for name, value in load_file(weights).items()
        },
        weights,
    )
    strange = save_tiny_timm(root / "strange") / "config.json"
    strange.write_text(strange.read_text().replace("test_resnet", "resnet_of_the_future"))
    pickled = save_tiny_timm(root / "pickle")
    (pickled / "model.safetensors").unlink()
    touched = tmp_path / "touched"
    torch.save({"weight": Payload(touched)}, pickled / "pytorch_model.bin")
    add_model(
        hub.root,
        "bad/remote-code",
        {"config.json": '{"model_type": "x", "auto_map": {"AutoModel": "m.M"}}', "m.py": "", "model.safetensors": b""},
    )
    bad = [f"bad/{name}" for name in ("truncated", "no-weights", "nan", "strange", "pickle", "remote-code")]
    ran = run("rank", colours, "--models", tiny_repos.timm, *bad, "--format", "json", *FAST)
    assert ran.code == 0, ran.err
    assert [row["model"] for row in ran.rows] == [tiny_repos.timm]
    told = {
        line.split(":")[0].strip(): line.lower() for line in ran.err.splitlines() if line.strip().startswith("bad/")
    }
    assert set(bad) <= set(told), ran.err
    assert "nan" in told["bad/nan"] or "finite" in told["bad/nan"]
    assert "resnet_of_the_future" in told["bad/strange"]
    assert "weights" in told["bad/no-weights"]
    assert "code" in told["bad/remote-code"]
    assert not touched.exists()


@pytest.mark.parametrize(("status", "code"), [(403, 0), (500, PARTIAL), (429, PARTIAL)])
def test_the_hub_refusing_weights_is_a_named_skip(run, hub, colours, tiny_repos, status, code):
    save_tiny_timm(hub.root / "models" / "tiny" / f"status{status}", seed=status)
    hub.faults.add(path=rf"/tiny/status{status}/resolve/.*safetensors", status=status, times=None)
    try:
        ran = run("rank", colours, "--models", tiny_repos.timm, f"tiny/status{status}", "--format", "json", *FAST)
    finally:
        hub.faults.clear()
    assert ran.code == code, ran.err
    assert [row["model"] for row in ran.rows] == [tiny_repos.timm]
    assert f"tiny/status{status}" in ran.err and str(status) in ran.err


def test_a_cut_download_is_taken_up_again(run, hub, colours):
    save_tiny_timm(hub.root / "models" / "tiny" / "cut", seed=77)
    hub.faults.cut(path=r"/tiny/cut/resolve/.*safetensors", after=2000, times=1)
    ran = run("rank", colours, "--models", "tiny/cut", "--format", "json", *FAST)
    hub.faults.clear()
    assert ran.code == 0, ran.err
    assert ran.rows[0]["model"] == "tiny/cut"


def test_a_full_disk_loses_nothing(run, colours, tiny_repos, tmp_path):
    """A file size limit stands in for the full disk: the kernel refuses the write the same way."""
    cache = tmp_path / "small"
    assert run("rank", colours, "--models", tiny_repos.transformers, "-q", *FAST).code == 0  # its weights are here now
    assert run("rank", colours, "--models", tiny_repos.timm, "--cache-dir", cache, "-q", *FAST).code == 0
    before = sorted(cache.rglob("*.safetensors"))
    with small_files(1000):
        words = ("--models", tiny_repos.transformers, "--cache-dir", cache, "--format", "json")
        ran = run("rank", colours, *words, *FAST, "--out", tmp_path / "ranking.html")
    assert ran.code == 1 and "Traceback" not in ran.err  # the ranking itself has no room
    assert ran.err.count("kept for this run alone") == 1 and ran.err.count("the disk is full") == 1, ran.err
    assert "Cannot write" in ran.err.splitlines()[-2] and [row["model"] for row in ran.rows] == [
        tiny_repos.transformers
    ]
    assert sorted(cache.rglob("*.safetensors")) == before


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_finished(warm_python, colours, tiny_repos, tmp_path):
    environment = {**os.environ, "HUBSCORE_CACHE": str(tmp_path / "kept")}
    words = [
        "rank",
        colours,
        "--models",
        tiny_repos.timm,
        tiny_repos.transformers,
        "--subsamples",
        "1000",  # so long that it cannot be over when the signal comes
        "--device",
        "cpu",
    ]
    running = subprocess.Popen(
        [warm_python, "-m", "hubscore", *words], env=environment, stderr=subprocess.PIPE, text=True
    )
    while running.poll() is None and not list((tmp_path / "kept").rglob("*.safetensors")):
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=600)
    assert running.returncode == 130, told
    assert "Stopped" in told and "run the same command again" in told and "Traceback" not in told
    kept = list((tmp_path / "kept").rglob("*.safetensors"))
    assert kept and np.all([path.stat().st_size for path in kept])


def test_a_cache_that_cannot_be_written_is_read_and_left_alone(run, colours, tiny_repos, tmp_path, monkeypatch):
    import errno
    import tempfile

    words = ("rank", colours, "--device", "cpu", "--isolate", "never", "--format", "json", "--scores", "logme,knn")
    cache = ("--cache-dir", tmp_path / "kept")
    assert run(*words, "--models", tiny_repos.timm, *cache).code == 0
    before = sorted((tmp_path / "kept").rglob("*"))
    real = tempfile.TemporaryFile

    def refusing(*args, **more):  # root may write where a mode says no: the answer of a read-only disk stands in
        if str(more.get("dir", "")).startswith(str(tmp_path / "kept")):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(*args, **more)

    monkeypatch.setattr(tempfile, "TemporaryFile", refusing)
    ran = run(*words, "--models", tiny_repos.timm, tiny_repos.transformers, *cache)
    assert ran.code == 0 and len(ran.rows) == 2 and "kept for this run alone" in ran.err, ran.err
    assert sorted((tmp_path / "kept").rglob("*")) == before
