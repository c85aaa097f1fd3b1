import os

import numpy as np
import pytest
from candidates.repos import tensors, timm_repo, transformers_repo, without
from hubfixture import write_files
from safetensors.numpy import save

from hubscore.candidates.local_folders import checkpoints, from_folder
from hubscore.errors import CandidateError


def test_parameters_come_from_the_header_and_the_card_is_read(tmp_path):
    folder = write_files(tmp_path / "net", timm_repo(count=30, license="mit"))
    facts = from_folder(folder, "./net")
    assert facts.parameters == 30
    assert facts.library_name == "timm" and facts.card["license"] == "mit" and "image-classification" in facts.tags
    assert facts.path == str(folder)


def test_shards_are_counted_together(tmp_path):
    shards = {f"model-0000{n}-of-00002.safetensors": tensors(10, n) for n in (1, 2)}
    files = {**without(timm_repo(), "model.safetensors"), **shards, "model.safetensors.index.json": "{}"}
    assert from_folder(write_files(tmp_path / "net", files), "net").parameters == 20


def test_the_revision_is_the_content_of_what_decides_the_numbers(tmp_path):
    first = from_folder(write_files(tmp_path / "a", timm_repo(seed=1)), "a").revision
    same = from_folder(write_files(tmp_path / "b", {**timm_repo(seed=1), "README.md": "other words"}), "b").revision
    other = from_folder(write_files(tmp_path / "c", timm_repo(seed=2)), "c").revision
    assert first == same != other
    assert first.startswith("local-") and len(first) == len("local-") + 64


def test_an_edited_weight_file_is_hashed_again(tmp_path):
    folder = write_files(tmp_path / "net", timm_repo(seed=1))
    before = from_folder(folder, "net").revision
    (folder / "model.safetensors").write_bytes(tensors(12, 2))
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert from_folder(folder, "net").revision != before


def test_a_damaged_safetensors_file_is_named(tmp_path):
    folder = write_files(tmp_path / "net", {**timm_repo(), "model.safetensors": tensors()[:-8]})
    with pytest.raises(CandidateError, match=r"model\.safetensors' is not a readable safetensors file") as caught:
        from_folder(folder, "net")
    assert "download or export the weights again" in caught.value.fix


def test_a_git_lfs_pointer_is_told_from_damage(tmp_path):
    folder = write_files(
        tmp_path / "net",
        {**timm_repo(), "model.safetensors": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"},
    )
    with pytest.raises(CandidateError, match="is a Git LFS pointer") as caught:
        from_folder(folder, "net")
    assert caught.value.fix == "git lfs pull"


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_broken_config_is_named(tmp_path, content):
    with pytest.raises(CandidateError, match=r"config\.json' cannot be read"):
        from_folder(write_files(tmp_path / "net", {**timm_repo(), "config.json": content}), "net")


def test_a_broken_card_keeps_no_checkpoint_out(tmp_path):
    folder = write_files(tmp_path / "net", {**transformers_repo(), "README.md": "---\nlicense: [\n---\n"})
    assert from_folder(folder, "net").card == {}


def test_a_pickle_is_never_opened(tmp_path):
    files = {**without(timm_repo(), "model.safetensors"), "pytorch_model.bin": b"anything"}
    facts = from_folder(write_files(tmp_path / "net", files), "net")
    assert facts.parameters is None and "pytorch_model.bin" in facts.files


def test_a_folder_of_checkpoints_is_searched_three_levels_deep(tmp_path):
    for place in ("models/org/one", "org/two", "three", ".git/hidden", "a/b/c/too-deep"):
        write_files(tmp_path / place, timm_repo())
    assert [path.relative_to(tmp_path).as_posix() for path in checkpoints(tmp_path)] == [
        "models/org/one",
        "org/two",
        "three",
    ]
    assert checkpoints(tmp_path / "three") == [tmp_path / "three"]


def test_running_statistics_and_counters_are_no_parameters(tmp_path):
    files = transformers_repo()
    names = {
        "conv.weight": (2, 3),
        "bn.running_mean": (2,),
        "bn.running_var": (2,),
        "bn.weight": (2,),
        "embeddings.position_ids": (1, 9),
    }
    files["model.safetensors"] = save({name: np.zeros(shape, np.float32) for name, shape in names.items()})
    assert from_folder(write_files(tmp_path / "net", files), "net").parameters == 8
