"""The inner loop: the same numbers for every batch size, order, threads, memory, numbers that no score can use."""

import numpy as np
import pytest
import torch
from models.checkpoints import KINDS, candidate, photos, save_timm, save_transformers
from PIL import Image
from probe.pictures import encoded, noise, stored

from hubscore.errors import CandidateError, DatasetError
from hubscore.extract.forward_pass import run_network
from hubscore.modalities.lazy_items import LazyItems
from hubscore.models.load import load_network
from hubscore.models.network import Network

IMAGES = photos(7)


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """One network of each kind that differs in how it is run."""
    root = tmp_path_factory.mktemp("nets")
    kinds = ("vit", "convnext", "segformer", "detr", "dpt", "mae", "clip")
    assert set(kinds) <= set(KINDS)
    loaded = {
        kind: load_network(candidate(save_transformers(root / kind, kind), "transformers"), root / kind)
        for kind in kinds
    }
    return loaded | {"timm": load_network(candidate(save_timm(root / "timm"), "timm"), root / "timm")}


@pytest.mark.parametrize("kind", ["vit", "convnext", "segformer", "detr", "dpt", "mae", "clip", "timm"])
def test_every_batch_size_gives_the_same_numbers(networks, kind):
    network = networks[kind]
    whole, *others = (run_network(network, IMAGES, batch_size=size) for size in (7, 3, 1))
    assert whole.features.dtype == np.float32 and len(whole.features) == 7
    scale = np.abs(whole.features).max()
    for other in others:
        np.testing.assert_allclose(other.features, whole.features, atol=1e-5 * scale, rtol=0)
        if whole.logits is not None:
            np.testing.assert_allclose(other.logits, whole.logits, atol=1e-5 * np.abs(whole.logits).max(), rtol=0)


@pytest.mark.parametrize("kind", ["vit", "timm", "detr"])
def test_rows_are_those_of_each_image_by_itself(networks, kind):
    network = networks[kind]
    found = run_network(network, IMAGES)
    for row, image in enumerate(IMAGES):
        with torch.inference_mode():
            features, logits = network.forward(network.prepare(image))
        np.testing.assert_allclose(found.features[row], features[0], atol=1e-4, rtol=1e-4)
        assert (logits is None) == (found.logits is None)


def test_the_time_is_kept(networks):
    found = run_network(networks["timm"], IMAGES)
    assert found.transform_seconds > 0 and found.forward_seconds > 0


class Fake(torch.nn.Module):
    """Features are the mean colour, after what a test wants to happen."""

    def __init__(self, happen=lambda images: images):
        super().__init__()
        self.happen, self.sizes = happen, []

    def forward(self, images):
        self.sizes.append(len(images))
        return self.happen(images).mean(dim=(2, 3)), None


def network(module, transform=None, name="org/net"):
    def tensors(images):
        return torch.stack(
            [torch.from_numpy(np.array(image.resize((8, 8)))).permute(2, 0, 1).float() for image in images]
        )

    spec = {"channels": 3, "input_size": [8, 8]}
    return Network(name, module, transform or tensors, spec, lambda batch: module(batch["pixel_values"]), False, "-")


def out_of_memory(images):
    return torch.empty(2**50) if len(images) > 2 else images  # the allocator refuses a petabyte


def test_out_of_memory_halves_the_batch_and_loses_nothing():
    module = Fake(out_of_memory)
    found = run_network(network(module), photos(20), batch_size=16)
    assert module.sizes[:4] == [16, 8, 4, 2] and max(module.sizes[4:]) == 2  # and never tries the large ones again
    np.testing.assert_array_equal(found.features, run_network(network(Fake()), photos(20)).features)


def test_an_image_that_does_not_fit_by_itself():
    def never(images):
        return torch.empty(2**50)

    with pytest.raises(CandidateError) as error:
        run_network(network(Fake(never)), photos(4), batch_size=4)
    words = (
        "Cannot run 'org/net': one image at a time does not fit into the memory of cpu\nTry: a smaller --input-size N"
    )
    assert str(error.value) == words


def test_another_error_is_not_taken_for_a_lack_of_memory():
    module = Fake(lambda images: images @ torch.zeros(3, 3))
    with pytest.raises(CandidateError, match="Cannot run 'org/net': its forward pass fails"):
        run_network(network(module), photos(4), batch_size=4)
    assert module.sizes == [4]


def test_a_transform_that_fails():
    def refuses(images):
        raise ValueError("cannot resize this")

    with pytest.raises(CandidateError, match=r"its transform fails \(cannot resize this\)"):
        run_network(network(Fake(), refuses), photos(2))


def test_a_broken_image_is_the_probes_fault_not_the_networks():
    class Broken(list):
        def __getitem__(self, at):
            raise DatasetError("Cannot decode row 3", "it is cut short", "draw the probe again")

    with pytest.raises(DatasetError, match="Cannot decode row 3"):
        run_network(network(Fake()), Broken(photos(2)))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_features_that_are_not_finite_are_counted(bad):
    def spoil(images):
        return torch.where(images.mean(dim=(1, 2, 3), keepdim=True) > 100, images * bad, images)

    images = [Image.new("RGB", (9, 9), (value,) * 3) for value in (10, 200, 30, 220, 50)]
    with pytest.raises(CandidateError) as error:
        run_network(network(Fake(spoil)), images)
    assert "Cannot run 'org/net': its features are not finite (NaN or infinite) for 2 of 5 rows\nTry: " in str(
        error.value
    )


def test_logits_that_are_not_finite_are_counted():
    class Head(Fake):
        def forward(self, images):
            features = super().forward(images)[0]
            return features, features * torch.nan

    with pytest.raises(CandidateError, match=r"its logits are not finite \(NaN or infinite\) for 3 of 3 rows"):
        run_network(network(Head()), photos(3))


@pytest.mark.parametrize("kind", ["vit", "timm"])
def test_large_photos_come_reduced_and_change_little_and_small_ones_not_a_bit(networks, kind):
    network = networks[kind]
    spots = [np.asarray(noise(seed, (40, 30)).resize((1440, 1080), Image.Resampling.BICUBIC)) for seed in range(4)]
    large = [encoded(Image.fromarray(one), "JPEG", quality=95) for one in spots]
    small = [encoded(Image.fromarray(one).resize((480, 360)), "JPEG") for one in spots]
    for files, most in ((large, 0.05), (small, 0.0)):
        items = LazyItems(stored(files))
        whole = run_network(network, [items[at] for at in range(4)]).features
        seen = run_network(network, items).features
        apart = np.linalg.norm(whole[:, None] - whole[None], axis=2)[~np.eye(4, dtype=bool)]
        assert np.linalg.norm(seen - whole, axis=1).max() <= most * np.median(apart)
    assert items.stored[0].store.decodings == 4  # of the small ones, whole and as a network needs them are the same
