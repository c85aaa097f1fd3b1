"""One checkpoint's workspace, and the forms of it that the columns of a ranking are computed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hubscore.numerics.pca import reduced
from hubscore.numerics.validation import are_probabilities
from hubscore.numerics.workspace import Ints, Workspace
from hubscore.ranking.columns import Column
from hubscore.types import Candidate, Extraction, Probe

PENULTIMATE = "penultimate"
LAYER_KERNEL = "layer_kernel"
"""Where the notes of an extraction say how its kernel was made, or why there is none."""
CUT = "cut"
"""Among an extraction's features: which texts are longer than the network takes, 0 or 1."""
LAYER = "hidden_layer"
"""Where the notes of an extraction say which of all layers its features are of, where that was chosen on the probe."""
KINDS = ("maps", "nodes")
"""Attribution maps of the mean over the representation's units, and of its norm."""
TURNABLE = frozenset({"rotation", "rotated"})
"""What a score registers as invariant when it may be computed on rotated features."""


@dataclass(frozen=True)
class ProbeResults:
    """The results on one probe.

    Attributes:
        probe: the rows.
        extractions: of the candidates, by ``repo_id``.
        reference: of a network trained on the target, where one is given.
        maps: attribution maps by kind (``maps``, ``nodes``) and then by model, the reference network among them.
        label_texts: class texts as embeddings, one array for each text model, shape (c classes, e), for EMMS.
    """

    probe: Probe
    extractions: Mapping[str, Extraction]
    reference: Extraction | None = None
    maps: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    label_texts: Sequence[np.ndarray] | None = None

    @property
    def kernels(self) -> bool:
        """Whether kernels of layers were asked for, of one of the extractions at least."""
        return any(LAYER_KERNEL in one.notes for one in self.extractions.values())

    def lacking(self, *, kernels: bool) -> set[str]:
        """Say what no checkpoint has, so that "all" scores are those that can be computed.

        Args:
            kernels: whether kernels of layers were asked for.
        """
        given: dict[str, object] = {
            "labels": self.probe.labels,
            "reference": self.reference,
            "label_texts": self.label_texts,
            "kernel": kernels or None,
        }
        given |= {f"reference_{kind}": self._reference_maps(kind) for kind in KINDS}
        return {need for need, value in given.items() if value is None}

    def _reference_maps(self, kind: str) -> np.ndarray | None:
        return None if self.reference is None else self.maps.get(kind, {}).get(self.reference.model)

    def inputs(self, candidate: Candidate) -> ScoreInputs:
        """Open one checkpoint of the extractions; errors as of :meth:`opened`."""
        return self.opened(candidate, self.extractions[candidate.repo_id])

    def opened(self, candidate: Candidate, extraction: Extraction) -> ScoreInputs:
        """Open one checkpoint, with an extraction over this probe.

        Raises:
            UsageError: features that are not finite, or of another number of rows than the probe.
        """
        known = replace(
            candidate,
            parameters=extraction.parameters if extraction.parameters is not None else candidate.parameters,
            layers=extraction.layers if extraction.layers is not None else candidate.layers,
        )
        maps, nodes = (self.maps.get(kind, {}).get(candidate.repo_id) for kind in KINDS)
        why = candidate.no_probabilities or str(extraction.notes.get("no_probabilities", ""))
        outputs = None if why else extraction.logits
        ends_in_softmax = outputs is not None and outputs.shape[1] > 1 and are_probabilities(outputs.astype(np.float64))
        workspace = Workspace(
            features=features_of(extraction),
            logits=None if ends_in_softmax else outputs,
            probs=outputs if ends_in_softmax else None,
            no_probabilities=why,
            labels=self.probe.labels,
            target=self.probe.target,
            reference=None if self.reference is None else features_of(self.reference),
            maps=maps,
            nodes=nodes,
            reference_maps=self._reference_maps("maps"),
            reference_nodes=self._reference_maps("nodes"),
            label_texts=self.label_texts,
            kernel=extraction.layer_kernel,
            no_kernel=str(extraction.notes.get(LAYER_KERNEL, {}).get("reason", "")),
            candidate=known,
        )
        return ScoreInputs(workspace, whole=self.probe.is_whole)


def with_cut_share(extraction: Extraction) -> Extraction:
    """Return an extraction whose notes say which share of its texts is longer than the network takes, and how many
    tokens that are; as it is for other items, and where none is.
    """
    share = float(extraction.features[CUT].mean()) if CUT in extraction.features else 0.0
    if not share:
        return extraction
    limit = extraction.transform.get("limit")
    return replace(extraction, notes={**extraction.notes, CUT: {"share": round(share, 4), "limit": limit}})


def features_of(extraction: Extraction) -> np.ndarray:
    """Return the features that are scored: those of the penultimate layer, where there are several."""
    return extraction.features[features_layer(extraction)]


def features_layer(extraction: Extraction) -> str:
    """Return under which name the features that are scored stand."""
    return PENULTIMATE if PENULTIMATE in extraction.features else next(iter(extraction.features))


class ScoreInputs:
    """What the columns share: one workspace, its rotation for scores that rotation leaves unchanged, its reductions.

    Args:
        plain: features as the network gave them.
        rotated: the same in fewer columns, where a rotation makes that possible; ``plain`` otherwise.
        whole: whether the data have no more rows than those that they were made or taken from.
    """

    def __init__(self, plain: Workspace, rotated: Workspace | None = None, *, whole: bool = False) -> None:
        self.plain, self.whole = plain, whole
        self.rotated = plain if rotated is None else rotated
        self._reduced: dict[int, Workspace] = {}

    def of(self, column: Column) -> Workspace:
        """Return the workspace that a column is computed on; columns that may share one do."""
        if column.reduce is not None:  # a PCA undoes any rotation
            if column.reduce not in self._reduced:
                self._reduced[column.reduce] = reduced(self.rotated, column.reduce)
            return self._reduced[column.reduce]
        return self.rotated if TURNABLE & column.info.invariant else self.plain

    def subset(self, rows: Ints) -> ScoreInputs:
        """Return the inputs of some rows."""
        rotated = self.rotated.subset(rows)
        return ScoreInputs(rotated.unrotated(), rotated, whole=self.whole)

    def turned(self) -> ScoreInputs:
        """Return inputs for subsampling: nothing computed, and features in as few columns as rotation allows."""
        plain = self.fresh().plain
        return ScoreInputs(plain, plain.rotated(), whole=self.whole)

    def fresh(self) -> ScoreInputs:
        """Return the same inputs with nothing computed yet, so that what they compute goes when they go."""
        return ScoreInputs(self.plain.subset(slice(None)), whole=self.whole)
