"""What hubscore must know about one kind of input: its columns, its items, its checkpoints and its batches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from hubscore.errors import DatasetError

if TYPE_CHECKING:
    import numpy as np
    import torch

    from hubscore.candidates.repo_info import RepoInfo
    from hubscore.models.batch import Batch
    from hubscore.types import Json


class Modality(Protocol):
    """One kind of input. Inherit from it: what has a body here has a default that suits most kinds.

    A row travels as bytes (``encode``), from which its hash (``identity``) and its decoded item (``decode``) are made,
    and which cost less memory than items. Nothing here may import torch or transformers before it is called.

    Attributes:
        name: what people type after ``--modality``, for example ``image``.
        nouns: one item and several, for messages: ``("image", "images")``.
        tasks: pipeline tags of the Hub whose checkpoints take this input; a search that names no task is about the
            first, or the ``bare_tasks``.
        bare_tasks: pipeline tags that a search that names no task is about, where these are several.
        column_names: names that the input column often has, the likeliest first.
        yields: whether its columns and files are in many data sets of other kinds too, as strings and ``.txt`` files
            are: where another modality claims a column or a file, only columns with ``sure_names`` are claimed here,
            and never those that are named like a label or a number of the row.
        sure_names: of ``column_names``, those that tell beside columns of another modality.
        label_words: that names of label columns beside such items end in, beyond the usual.
        number_words: that names of columns of decimal numbers end in which are the label of such items, where no other
            column is.
        column_option: what people type to name the input column.
        most_columns: how many columns an item may be made of, as a pair of texts is of two.
        file_endings: endings of files that hold one item each, lower case with the dot; empty where items are plain
            values of a column.
        package_endings: by ending of files that an optional package reads, that package; the endings are among
            ``file_endings`` where it is installed.
        config_files: files of a checkpoint, beside its weights, that a network is made from.
        loaders: by library name, the module (``"module"`` or ``"module:object"``) whose ``load`` and
            ``transform_spec`` make a network of a checkpoint's folder.
        attributions: names of the attribution methods that explain its networks.
        finetuning: fields of :class:`hubscore.finetune.recipe.Recipe` that are other than for images, when its networks
            are fine-tuned in full (``"full"``) and briefly (``"short"``).
    """

    name: str
    nouns: tuple[str, str]
    tasks: tuple[str, ...]
    bare_tasks: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    yields: bool = False
    sure_names: tuple[str, ...] = ()
    label_words: tuple[str, ...] = ()
    number_words: tuple[str, ...] = ()
    column_option: str = "--input-column"
    most_columns: int = 1
    file_endings: tuple[str, ...] = ()
    package_endings: Mapping[str, str] = MappingProxyType({})
    config_files: tuple[str, ...] = ("config.json",)
    loaders: Mapping[str, str] = MappingProxyType({})
    attributions: tuple[str, ...] = ()
    finetuning: Mapping[str, Mapping[str, Any]] = MappingProxyType({})

    # Rows of a data set

    def is_input(self, feature: object) -> bool:
        """Whether a column with this feature of ``datasets`` holds items."""
        ...

    def likeliest(self, columns: Mapping[str, object], features: Mapping[str, object]) -> tuple[str, ...]:
        """Return which of several columns that may hold items is meant, by name; none where names do not tell, several
        where an item is made of several.

        Args:
            columns: those, with their features.
            features: of all columns.
        """
        return tuple(name for name in self.column_names if name in columns)[:1]

    def join(self, parts: Sequence[bytes]) -> bytes:
        """Return one item of the items of several columns, all as bytes."""
        raise TypeError(f"{self.nouns[1]} are not made of several columns")

    def is_sequence(self, feature: object) -> bool:
        """Whether a value of a column with this feature is a sequence, each member of which may have a label."""
        return False

    def member(self, data: bytes, index: int, labels: int) -> bytes:
        """Return one member of a sequence, with what stands around it, as an item of its own.

        Args:
            data: the sequence.
            index: of the member.
            labels: how many labels the sequence has.

        Raises:
            ValueError: there is no such member, or more or fewer labels than members, with the reason.
        """
        raise TypeError(f"{self.nouns[1]} have no members")

    def plausible(self, data: bytes) -> bool:
        """Whether an item looks like what a column of such items holds, where its name does not tell."""
        return True

    def notes_on(self, encoded: Sequence[bytes]) -> list[str]:
        """Return what a reader should know of the rows that were drawn, by default nothing."""
        return []

    def file_feature(self) -> Any:
        """Return the feature of a column that names files; asked only where there are ``file_endings``."""
        raise TypeError(f"{self.nouns[1]} are not stored in files of their own")

    def holds_files(self, feature: object) -> bool:
        """Whether a column with this feature holds files or their names, by default wherever items are files."""
        return bool(self.file_endings)

    def encode_file(self, data: bytes) -> tuple[bytes, str]:
        """Return the content of a file as the bytes that a row travels as, by default as it is, and what was guessed
        to read it.

        Raises:
            ValueError: it holds no item, with the reason.
        """
        return data, ""

    def encode(self, value: Any) -> bytes:
        """Return a value of the input column as bytes, by default as JSON; files are bytes already.

        Raises:
            ValueError: the value is not an item, with the reason.
        """
        return json.dumps(value, allow_nan=False).encode()

    def decode(self, data: bytes) -> Any:
        """Return the item that the bytes hold, as a checkpoint's transform takes it.

        Raises:
            Exception: of any type; its first line is the reason that people see.
        """
        ...

    def item_bytes(self, item: Any) -> int:
        """Return how much memory a decoded item takes."""
        return 0

    def extent(self, data: bytes) -> Any:
        """Return how large an item is, as :meth:`detail` wants it, without decoding it; none where that says nothing.

        What is wrong with the bytes is left to :meth:`decode`.
        """
        return None

    def detail(self, extent: Any, spec: Json) -> Hashable:
        """Return how much of an item a transform can use, for :meth:`decode_in`; none for all of it.

        Args:
            extent: of the item.
            spec: the transform as plain values.
        """
        return None

    def usual_spec(self) -> Json | None:
        """Return the transform that most checkpoints have, as far as :meth:`detail` reads it; none where it reads
        nothing.
        """
        return None

    def decode_in(self, data: bytes, detail: Hashable) -> Any:
        """Return the item in some detail, which may be much cheaper than all of it."""
        return self.decode(data)

    def prepare_sample(self, item: Any) -> None:
        """Do with a decoded item what most checkpoints' transforms do, so that a plan can measure how long that
        takes; nothing by default.
        """

    def size_of(self, item: Any) -> int | None:
        """Return how much of an item a network computes, as :meth:`seconds` takes it for ``input_size``; none where
        each network has a size of its own.
        """
        return None

    def pack(self, item: Any) -> bytes | None:
        """Return a decoded item as bytes that :meth:`unpack` reads faster than :meth:`decode` its own; none where
        nothing is gained.
        """
        return None

    def unpack(self, packed: bytes) -> Any:
        """Undo :meth:`pack`."""
        raise TypeError(f"{self.nouns[1]} are not packed")

    def identity(self, data: bytes) -> str:
        """Return a hash of what decides the numbers that a network computes of a row: 64 hex digits."""
        return hashlib.sha256(data).hexdigest()

    def is_annotation(self, feature: object) -> bool:
        """Whether a column with this feature annotates items in a way of this modality's own, as boxes do."""
        return False

    def annotation_vectors(
        self, values: Sequence[Any], feature: object, encoded: Sequence[bytes]
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        """Turn annotations into the vectors that PARC compares.

        Args:
            values: n values of the annotation column; :class:`hubscore.modalities.encoded.Encoded` where it holds
                files.
            feature: of that column.
            encoded: the n rows.

        Returns:
            Shape (n, classes), and the class names.
        """
        raise DatasetError(f"Annotations of {self.nouns[1]} cannot be read", "", "leave out --target")

    def task_of(self, target: str | None) -> str:
        """Return the pipeline tag under which a card says how well a checkpoint transfers to labels of a kind."""
        return self.tasks[0]

    # Checkpoints, before anything is downloaded

    def library_of(self, info: RepoInfo) -> str | None:
        """Return which of ``loaders`` reads a checkpoint, or none."""
        ...

    def takes(self, info: RepoInfo) -> bool:
        """Whether a checkpoint is a network over this input; asked where its library does not tell."""
        return self.library_of(info) is not None

    def input_size_of(self, config: Mapping[str, Any], name: str) -> int | None:
        """Return the input size that a checkpoint wants, from its configuration or its name, where one tells."""
        return None

    def seconds(self, parameters: int | None, family: str | None, input_size: int | None, unit: float) -> float:
        """Estimate one forward pass.

        Args:
            parameters: of the network, none where unknown.
            family: the architecture family.
            input_size: from :meth:`input_size_of`, or what was asked for.
            unit: seconds per parameter that a residual network takes for an image of 224 pixels on this machine.
        """
        return (parameters or 0) * unit

    # Networks

    def example(self, spec: Json) -> Batch:
        """Return a batch of one made-up item, the same each time, that a network with this transform takes."""
        ...

    def activation_bytes(self, spec: Json, *, backward: bool = False) -> int:
        """Return what an item takes in memory on its way through a network, at most.

        Args:
            spec: the transform as plain values.
            backward: whether a backward pass follows, for which every activation is kept.
        """
        return 1_000_000

    def fast_batch(self, spec: Json, *, accelerator: bool) -> int:
        """Return the batch size beyond which a network does not run faster."""
        return 256 if accelerator else 32

    def whole_spec(self, spec: Json) -> Json:
        """Return the values of the transform that shows a network the whole item, by default the checkpoint's own.

        Args:
            spec: of the checkpoint's own transform; returned as it is where that cuts nothing off.
        """
        return spec

    def whole_transform(self, transform: Any, spec: Json) -> Any:
        """Return the transform that :meth:`whole_spec` describes; asked only where it is another than the own one.

        Args:
            transform: the checkpoint's own.
            spec: of that.
        """
        return transform

    def packages(self, library: str) -> tuple[str, ...]:
        """Return the distributions, beside torch, whose versions decide the last bits of what a library computes."""
        return ()

    def shown(self, batch: Batch) -> torch.Tensor | None:
        """Return which positions of each item count where a layer's output is averaged over them, shape (n, length), 1
        for those; none where all do.
        """
        return None

    def facts(self, batch: Batch) -> Mapping[str, torch.Tensor]:
        """Return what else is to be known of each item of a batch that has run, by name: one number each."""
        return {}

    def collate(self, prepared: Sequence[Any]) -> Iterator[tuple[Batch, Sequence[int]]]:
        """Yield batches of the prepared items that fit together, each with the places of its items."""
        ...
