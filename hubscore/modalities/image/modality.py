"""Images as a modality: columns of ``datasets``' type Image or of bytes, timm's and transformers' vision networks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hubscore.modalities.base import Modality
from hubscore.modalities.image import checkpoints, cost, reduced
from hubscore.modalities.image.plugins import is_installed, register_plugins

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from hubscore.candidates.repo_info import RepoInfo
    from hubscore.models.batch import Batch
    from hubscore.types import Json


class ImageModality(Modality):
    """RGB pictures, decoded by Pillow."""

    name = "image"
    nouns = ("image", "images")
    tasks = checkpoints.TASKS
    column_names = ("image", "img", "picture", "photo", "pixel_values")
    package_endings: Mapping[str, str] = MappingProxyType(
        dict.fromkeys((".heic", ".heif", ".hif"), "pillow-heif") | {".jxl": "pillow-jxl-plugin"}
    )
    file_endings = tuple(
        """
        .apng .avif .avifs .blp .bmp .bufr .bw .cur .dcx .dds .dib .emf .eps .fit .fits .flc .fli .ftc .ftu
        .gbr .gif .grib .icb .icns .ico .iim .im .j2c .j2k .jfif .jp2 .jpc .jpe .jpeg .jpf .jpg .jpx .msp .pbm
        .pcd .pcx .pgm .png .pnm .ppm .ps .psd .pxr .ras .rgb .rgba .sgi .tga .tif .tiff .vda .vst .webp .wmf
        .xbm .xpm
        """.split()
    ) + tuple(ending for ending, package in package_endings.items() if is_installed(package))
    config_files = ("config.json", "preprocessor_config.json", "processor_config.json")
    loaders: Mapping[str, str] = MappingProxyType(
        {"timm": "hubscore.models.from_timm", "transformers": "hubscore.models.from_transformers"}
    )
    attributions = ("saliency", "gradient_x_input", "epsilon_lrp")

    def is_input(self, feature: object) -> bool:
        """Whether a feature is an image, or bytes that can be the file of one."""
        from datasets import Image, Value

        if isinstance(feature, dict):
            return "bytes" in feature
        return isinstance(feature, Image) or (
            isinstance(feature, Value) and feature.dtype in ("binary", "large_binary")
        )

    def file_feature(self) -> Any:
        """Return ``datasets``' feature of a column of image files."""
        from datasets import Image

        return Image()

    def decode(self, data: bytes) -> Image:
        """Return the picture, RGB and upright."""
        return self.decode_in(data, None)

    def decode_in(self, data: bytes, detail: Hashable) -> Image:
        """Return the picture, RGB and upright, no larger than so many pixels on its shorter side."""
        from PIL import UnidentifiedImageError

        from hubscore.modalities.image.decode import decode, instead

        register_plugins()
        try:
            return decode(data, shorter=detail if isinstance(detail, int) else None)
        except UnidentifiedImageError as error:
            raise OSError(instead(data) or "not an image, or of a kind that Pillow does not know") from error

    def extent(self, data: bytes) -> int | None:
        """Return how many pixels the shorter side has."""
        from hubscore.modalities.image.decode import shorter_side

        register_plugins()
        return shorter_side(data)

    def detail(self, extent: Any, spec: Json) -> int | None:
        """Return how many pixels on the shorter side a transform can use; none for the picture as it is."""
        return reduced.kept_side(extent, spec)

    def usual_spec(self) -> Json:
        """Return the transform that shows a network 224 pixels of 256."""
        return {"resize": {"mode": "shortest_edge", "size": 256}, "interpolation": "bicubic"}

    def prepare_sample(self, item: Image) -> None:
        """Resize a picture, cut out its middle, and standardise its colours."""
        reduced.prepare_sample(item)

    def identity(self, data: bytes) -> str:
        """Return a hash of the bytes, and for a picture that may be reduced, of how that is done."""
        return super().identity(data if reduced.is_small(self.extent(data)) else reduced.VERSION + data)

    def notes_on(self, encoded: Sequence[bytes]) -> list[str]:
        """Say how many pictures have several frames, are transparent, or use little of 16 bits."""
        from hubscore.modalities.image.remarks import notes_on

        register_plugins()
        return notes_on(encoded)

    def pack(self, item: Image) -> bytes:
        """Return width, height and the pixels, three bytes each."""
        return item.width.to_bytes(4, "big") + item.height.to_bytes(4, "big") + item.tobytes()

    def unpack(self, packed: bytes) -> Image:
        """Undo :meth:`pack`."""
        from PIL import Image

        size = int.from_bytes(packed[:4], "big"), int.from_bytes(packed[4:8], "big")
        return Image.frombytes("RGB", size, memoryview(packed)[8:])

    def item_bytes(self, item: Image) -> int:
        """Return how many bytes a decoded picture takes; Pillow pads a pixel to four."""
        return item.width * item.height * 4

    def is_annotation(self, feature: object) -> bool:
        """Whether a feature holds boxes with classes, or masks."""
        from hubscore.modalities.image.annotations import box_fields

        return box_fields(feature) is not None or self.is_input(feature)

    def annotation_vectors(
        self, values: Sequence[Any], feature: object, encoded: Sequence[bytes]
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        """Turn boxes or masks into the share of the area that each class has."""
        from hubscore.modalities.image.annotations import boxes_to_vectors, image_size, masks_to_vectors

        if self.is_input(feature):
            return masks_to_vectors(values)
        return boxes_to_vectors(values, feature, [image_size(data) for data in encoded])

    def task_of(self, target: str | None) -> str:
        """Return the classification task for classes, and feature extraction for anything else."""
        return "image-classification" if target in ("classification", "multilabel") else "image-feature-extraction"

    def library_of(self, info: RepoInfo) -> str | None:
        """Return ``timm`` or ``transformers``, or none."""
        return checkpoints.library_of(info)

    def takes(self, info: RepoInfo) -> bool:
        """Whether a checkpoint is a network over images."""
        return checkpoints.is_image_network(info)

    def input_size_of(self, config: Mapping[str, Any], name: str) -> int | None:
        """Return how many pixels per side a checkpoint wants."""
        return cost.side_of(config, name)

    def seconds(self, parameters: int | None, family: str | None, input_size: int | None, unit: float) -> float:
        """Estimate the forward pass of one image."""
        return cost.image_seconds(parameters, family, input_size, unit)

    def example(self, spec: Json) -> Batch:
        """Return one image of noise of the size that a transform gives."""
        from hubscore.modalities.image.batches import example

        return example(spec)

    def activation_bytes(self, spec: Json, *, backward: bool = False) -> int:
        """Return what an image takes in memory on its way through a network, at most."""
        from hubscore.modalities.image.batches import activation_bytes

        return activation_bytes(spec, backward=backward)

    def fast_batch(self, spec: Json, *, accelerator: bool) -> int:
        """Return the batch size beyond which a network does not run faster."""
        from hubscore.modalities.image.batches import fast_batch

        return fast_batch(spec, accelerator=accelerator)

    def whole_spec(self, spec: Json) -> Json:
        """Return the values of the transform that squeezes the whole image to the input size."""
        from hubscore.modalities.image.whole import whole_spec

        return whole_spec(spec)

    def whole_transform(self, transform: Any, spec: Json) -> Any:
        """Return the transform that squeezes the whole image to the input size."""
        from hubscore.modalities.image.whole import WholeImage

        return WholeImage(transform, spec)

    def packages(self, library: str) -> tuple[str, ...]:
        """Return what decodes, transforms and runs images."""
        return "torchvision", "pillow", library

    def collate(self, prepared: Sequence[Any]) -> Iterator[tuple[Batch, Sequence[int]]]:
        """Yield images of one size together."""
        from hubscore.modalities.image.batches import collate

        return collate(prepared)


IMAGE = ImageModality()
