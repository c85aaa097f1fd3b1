"""A part of the hostile checkpoints, the quick ones; ``benchmarks/survival.py`` runs all."""

import resource
import shutil

import pytest
from hostile import HOSTILE, pwned
from hubfixture import save_tiny_timm, save_tiny_vit
from models.checkpoints import candidate

from hubscore.errors import CandidateError
from hubscore.models.load import load_network, transform_spec

QUICK = (
    "hidden_size billion_labels hundred_thousand_layers billion_layers image_size resnet_widths timm_architecture"
    " timm_widths timm_vit_depth timm_vit_size timm_input_size timm_crop processor_size processor_number"
    " processor_pad processor_crop_share processor_divisor deep_config overflowing_number long_config"
    " pickle_with_code old_pickle_with_code inflating_pickle long_pickle nested_pickle pickled_bytes_of_a_terabyte"
    " tensor_of_one_number_repeated header_longer_than_the_file shape_unlike_offsets header_deep"
    " index_to_an_absolute_path index_with_a_null_byte index_to_a_device weights_are_a_pipe nan_weights"
).split()
BYTES = 300 * 2**20


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    place = tmp_path_factory.mktemp("sound")
    return {"timm": save_tiny_timm(place / "timm"), "transformers": save_tiny_vit(place / "transformers")}


def test_the_sound_ones_are_loaded(sound):
    for library, folder in sound.items():
        assert load_network(candidate(folder, library), folder).has_head


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_checkpoint_is_refused_with_a_reason(sound, tmp_path, name):
    change, library = HOSTILE[name]
    folder = tmp_path / "net"
    shutil.copytree(sound[library], folder)
    change(folder)
    net = candidate(folder, library)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CandidateError, match="Cannot load 'org/net': "):
        transform_spec(net, folder)
        load_network(net, folder)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES
    assert not pwned(folder).exists()


def test_there_are_many_more():
    assert len(HOSTILE) >= 100 and set(QUICK) <= set(HOSTILE)
