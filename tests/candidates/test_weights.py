import pytest

from hubscore.candidates.weights import (
    choose_weights,
    config_files,
    estimated_bytes,
    exact_bytes,
    files_in,
    is_buffer,
    is_pickle,
    patterns,
    trained,
    wanted_files,
    weight_files,
)

SHARDED = {
    "config.json": 5,
    "model.safetensors.index.json": 7,
    "model-00001-of-00002.safetensors": 100,
    "model-00002-of-00002.safetensors": 50,
}


@pytest.mark.parametrize(
    ("files", "weights"),
    [
        (["pytorch_model.bin", "model.safetensors"], "model.safetensors"),
        (SHARDED, "model.safetensors.index.json"),
        (["pytorch_model.bin", "tf_model.h5"], "pytorch_model.bin"),
        (["open_clip_model.safetensors", "model.onnx"], None),
    ],
)
def test_safetensors_come_first_and_only_known_names_count(files, weights):
    assert choose_weights(files) == weights


def test_only_bin_files_are_pickles():
    assert is_pickle("pytorch_model.bin") and is_pickle("pytorch_model.bin.index.json")
    assert not is_pickle("model.safetensors") and not is_pickle(None)


def test_an_index_brings_its_shards():
    assert weight_files("model.safetensors.index.json", SHARDED) == tuple(SHARDED)[1:]
    assert weight_files("model.safetensors", ["model.safetensors", "model-00001-of-00002.safetensors"]) == (
        "model.safetensors",
    )


def test_exact_bytes_are_those_of_the_files_that_are_read():
    files = {
        "config.json": 10,
        "preprocessor_config.json": 5,
        "model.safetensors": 1000,
        "pytorch_model.bin": 1000,
        "README.md": 7,
    }
    assert exact_bytes("model.safetensors", files) == 1015
    assert exact_bytes("model.safetensors.index.json", SHARDED) == 162
    assert exact_bytes("model.safetensors", {**files, "config.json": None}) is None


def test_what_is_read_beside_the_weights_is_a_matter_of_the_modality():
    assert config_files("image") == ("config.json", "preprocessor_config.json", "processor_config.json")
    assert set(config_files(None)) >= set(config_files("image"))


def test_files_of_folders_count_only_where_networks_are_made_of_them(tmp_path):
    for name in ("config.json", "1_Pooling/config.json", "onnx/model.onnx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert files_in(tmp_path) == {"1_Pooling/config.json": 2, "config.json": 2}
    assert wanted_files(None, files_in(tmp_path), "text") == ("config.json", "1_Pooling/config.json")


def test_the_estimate_knows_the_width_of_a_dtype():
    assert estimated_bytes({"F32": 10, "BF16": 10, "I8": 10}) == 70
    assert estimated_bytes({}) is None


def test_no_pattern_fetches_a_copy_in_another_format():
    assert not {"*.bin", "*.onnx", "pytorch_model.bin"} & set(patterns("model.safetensors"))
    assert "pytorch_model.bin" in patterns("pytorch_model.bin")
    assert "model-*-of-*.safetensors" in patterns("model.safetensors.index.json")


def test_counters_are_no_parameters_but_a_total_is_better_than_nothing():
    assert trained({"F32": 100, "I64": 3}, 103) == 100
    assert trained({"I64": 3}, 103) == 103 and trained({}, None) is None


@pytest.mark.parametrize(
    ("name", "buffer"), [("bn.running_mean", True), ("num_batches_tracked", True), ("layer.weight", False)]
)
def test_running_statistics_are_buffers(name, buffer):
    assert is_buffer(name) is buffer
