"""What a ranking is made from: candidates, the probe and what each network computes on it; and JSON both ways."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    import numpy as np

Target = Literal["classification", "multilabel", "regression", "annotation"]
Json = dict[str, Any]

MULTI_LABEL = "its head is multi-label (sigmoid), so there are no source-class probabilities"


def pack(value: Any) -> Any:
    """Turn arrays and tuples into what JSON can hold; arrays keep every bit."""
    if hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0:
        return {
            "dtype": str(value.dtype),
            "shape": list(value.shape),
            "base64": base64.b64encode(value.tobytes()).decode("ascii"),
        }
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [pack(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def unpack(value: Any) -> Any:
    """Undo :func:`pack`; lists become tuples, as frozen data wants."""
    if isinstance(value, dict) and value.keys() == {"dtype", "shape", "base64"}:
        import numpy as np

        return np.frombuffer(base64.b64decode(value["base64"]), dtype=value["dtype"]).reshape(value["shape"]).copy()
    if isinstance(value, dict):
        return {key: unpack(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(unpack(item) for item in value)
    return value


class JsonRecord:
    """JSON both ways for the frozen dataclasses below."""

    def to_json(self) -> Json:
        """Return plain JSON values; fields kept out of comparison (live items) are left out."""
        return {f.name: pack(getattr(self, f.name)) for f in fields(self) if f.compare}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Build the record from :meth:`to_json`'s values; unknown keys of newer versions are ignored."""
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: unpack(value) for key, value in data.items() if key in known})


@dataclass(frozen=True)
class Candidate(JsonRecord):
    """A checkpoint that may be ranked, pinned to one revision.

    Attributes:
        repo_id: ``org/name`` on the Hub, or the folder's path as given.
        revision: the 40-hex commit sha; for a local folder ``local-`` and a hash of its content.
        library: which loader of its modality reads it, for example ``timm``.
        task: the Hub's pipeline tag, where known.
        parameters: how many, from the safetensors header; none where unknown.
        bytes: size on disk of what would be downloaded.
        license: the licence tag of its card.
        gated: False, ``"auto"`` or ``"manual"``.
        base_model: the repo it was derived from.
        layers: depth, where known before loading.
        family: architecture family, for example ``resnet``.
        downloads: in the last 30 days, as the Hub reports them.
        likes: as the Hub reports them.
        source_size: training rows of its source data set, where the card says so.
        weights: the weight file to load, for example ``model.safetensors``.
        path: the folder of a local checkpoint, none for a Hub repo.
        modality: what kind of input it takes.
        multilabel: whether tags or files of its repo say that its head says yes or no to each label.
        datasets: what its card says that it was trained on, as the card writes it.
        base_datasets: what the card of its base model says, where that was looked up.
        label_names: of its own head's classes, where its configuration was read and names them.
        input_size: pixels per side that a list of candidates asks for it alone; none where it runs like the others.
        pooling: how a text's tokens become one vector, where that was asked for; none for the checkpoint's own way.
        hidden_layers: of which layers, where that was asked for: ``last``, ``mean`` or ``best``.
    """

    repo_id: str
    revision: str
    library: str
    task: str | None = None
    parameters: int | None = None
    bytes: int | None = None
    license: str | None = None
    gated: bool | str = False
    base_model: str | None = None
    layers: int | None = None
    family: str | None = None
    downloads: int | None = None
    likes: int | None = None
    source_size: int | None = None
    weights: str | None = None
    path: str | None = None
    modality: str = "image"
    multilabel: bool = False
    datasets: tuple[str, ...] = ()
    base_datasets: tuple[str, ...] = ()
    label_names: tuple[str, ...] = ()
    input_size: int | None = None
    pooling: str | None = None
    hidden_layers: str | None = None

    def size_in(self, run: int | None) -> int | None:
        """Return the pixels per side to run it at: its own list entry's before those of the run; none for the
        network's own.

        Example:
            >>> Candidate("org/net", "a" * 40, "timm", input_size=96).size_in(224)
            96
        """
        return self.input_size or run

    def in_one_layer(self) -> Candidate:
        """Return the checkpoint with features of one layer, its own, where every layer was asked for to choose one on
        a probe: a head is fine-tuned on one.

        Example:
            >>> Candidate("org/net", "a" * 40, "transformers", hidden_layers="best").in_one_layer().hidden_layers
        """
        return replace(self, hidden_layers=None) if self.hidden_layers == "best" else self

    @property
    def no_probabilities(self) -> str:
        """Why its head gives no source-class probabilities, where its repo says so; empty otherwise."""
        return MULTI_LABEL if self.multilabel else ""


def label_note(column: str | None, source: str | None) -> str | None:
    """Say what is the label and how that was decided.

    Example:
        >>> label_note("species", "a column of 12 strings, the only one named like a label")
        'label: species (a column of 12 strings, the only one named like a label)'
    """
    return f"label: {column} ({source})" if column and source else None


@dataclass(frozen=True)
class ItemSeconds:
    """Seconds that an item of a probe takes beside the forward passes.

    Attributes:
        once: to decode it, whatever the number of networks.
        each: to prepare it for one network.
        size: how much of it a network computes, as its modality counts, where that differs from item to item: the
            tokens of a text.
    """

    once: float
    each: float
    size: int | None = None


@dataclass(frozen=True)
class Probe(JsonRecord):
    """The rows of a data set that every candidate is run over.

    Attributes:
        dataset: the Hub id, or the path as given.
        config: the data set's configuration, where it has several.
        split: which split the rows come from.
        revision: the data set's commit sha; none for local data.
        indices: row numbers in the split, in probe order.
        labels: ``(n,)`` integers into ``classes``, ``(n, q)`` 0/1 for multilabel, floats for regression, or none.
        classes: class names, in label order.
        target: what the labels are.
        fingerprint: hash of the rows' bytes and labels, in order.
        seed: of the draw.
        dropped: rows that could not be decoded, by name.
        notes: how the rows were drawn where that is not the plain way.
        population: rows in the split before sampling.
        input_column: where the items were found; saved as ``image_column`` too, its former name.
        label_column: where the labels were found.
        label_source: what the label column holds, and how it was decided that it is the label.
        bytes_read: what was downloaded or read to draw the rows.
        modality: what kind of input the items are.
        items: the rows, decoded on access; not part of the JSON.
        item_seconds: what they cost beside forward passes, where that was measured; not part of the JSON.
        row_ids: a hash of each row's own content; not part of the JSON, where it would tell people who have a file
            whether it is a row of a private data set.
        usable: how many rows the data have to draw from, where that is known; not part of the JSON.
        class_rows: of each class, how many rows the data have, where that is known; not part of the JSON.
    """

    dataset: str
    config: str | None
    split: str
    revision: str | None
    indices: tuple[int, ...]
    labels: np.ndarray | None
    classes: tuple[str, ...]
    target: Target | None
    fingerprint: str
    seed: int
    dropped: tuple[Json, ...] = ()
    notes: tuple[str, ...] = ()
    population: int | None = None
    input_column: str | None = None
    label_column: str | None = None
    label_source: str | None = None
    bytes_read: int | None = None
    modality: str = "image"
    items: Sequence[Any] = field(default=(), repr=False, compare=False)
    item_seconds: ItemSeconds | None = field(default=None, repr=False, compare=False)
    row_ids: tuple[str, ...] = field(default=(), repr=False, compare=False)
    usable: int | None = field(default=None, repr=False, compare=False)
    class_rows: tuple[int, ...] = field(default=(), repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def is_whole(self) -> bool:
        """Whether no more rows can be drawn: those that are broken were tried as well."""
        return self.usable is not None and len(self) + len(self.dropped) >= self.usable

    @property
    def label_note(self) -> str | None:
        """What is the label, in words; the first of the notes where there are labels."""
        return label_note(self.label_column, self.label_source)

    def without_labels(self) -> Self:
        """Return the probe without its labels and what was said of them."""
        notes = tuple(note for note in self.notes if note != self.label_note)
        return replace(self, labels=None, target=None, classes=(), notes=notes)

    def to_json(self) -> Json:
        """Return plain JSON values, without the items."""
        return super().to_json() | {"image_column": self.input_column}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Build the probe, without its items; probes that were saved under the former names can be read."""
        return super().from_json({"input_column": data.get("image_column"), **data})


@dataclass(frozen=True)
class Extraction(JsonRecord):
    """What one checkpoint computes on one probe.

    Attributes:
        key: the cache key, a hash of everything that decides the numbers and of nothing else.
        model: the candidate's ``repo_id``.
        revision: the candidate's revision.
        features: per layer ``(n, d)`` float32; ``"penultimate"`` is the representation a new head would sit on.
        logits: ``(n, z)`` float32 of the source head, or none.
        attributions: ``(n, c, h, w)``, NaN where the crop never saw the pixel, or none.
        layer_kernel: ``(n, n)`` float32, how alike each two rows are to the network's layers together, or none.
        seconds: wall time by stage (``load``, ``forward``).
        dtype: of the forward pass.
        transform: the transform's parameters, as plain values.
        versions: of the libraries that ran it.
        parameters: counted on the loaded network.
        layers: convolution and linear layers on the longest path, shortcuts excluded, where known.
        input_size: ``(height, width)`` the network saw.
        device: where it ran.
        notes: how attributions and the kernel of the layers were made, as plain values.
    """

    key: str
    model: str
    revision: str
    features: Mapping[str, np.ndarray]
    logits: np.ndarray | None = None
    attributions: np.ndarray | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    dtype: str = "float32"
    transform: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    parameters: int | None = None
    layers: int | None = None
    input_size: tuple[int, int] | None = None
    device: str = "cpu"
    notes: Mapping[str, Any] = field(default_factory=dict)
    layer_kernel: np.ndarray | None = None
