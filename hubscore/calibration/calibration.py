"""The calibration itself: read, written, and asked for expected accuracies."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from numpy.typing import ArrayLike

from hubscore.atomic import write_atomically
from hubscore.calibration.predict import predict
from hubscore.calibration.prediction import Prediction
from hubscore.calibration.record import FORMULA, Fit, Provenance, Ranges, Widening
from hubscore.errors import ErrorCode, StorageError
from hubscore.install import UPGRADE
from hubscore.text import clean, parse_json
from hubscore.types.inputs import Json
from hubscore.types.open_record import OpenRecord, reads

SCHEMA = 1
"""Version of the file; another formula or a renamed key needs a new number."""
DEFAULT = Path(__file__).with_name("default.json")
REMAKE = "hubscore calibrate TABLE.csv --out calibration.json"


def _fit(data: Json | None) -> Fit | None:
    return None if data is None else Fit.from_json(data)


@dataclass(frozen=True)
class Calibration(OpenRecord):
    """How the scores of the kernel probes become expected accuracies after fine-tuning, and how wrong these have been.

    ``arcsin sqrt(accuracy) = a + b x + c y + d ln C`` with ``x = arcsin sqrt(probe accuracy)`` and
    ``y = 1 - log loss / ln C``, fitted on models that were really fine-tuned, once for probes of the features alone
    and once for their mean with the layers'. In a pool of several, this is the level at the pool's means; a model's
    differences from it in accuracy and in ``-sqrt(log loss / ln C)`` count with ``b_within`` and ``c_within``.

    Attributes:
        features: fit for the evidence of ``kernel_probe`` alone; none where the truth had no such evidence.
        layers: fit for its mean with ``layer_kernel_probe``, likewise; at least one of the two is there.
        ranges: what the truth covered.
        widening: of the interval outside that.
        modality: kind of input that the truth is of.
        provenance: where all this comes from.
        history_weight: of how models did on other data sets beside the evidence of one ranking (``rank --history``).
        formula: in words, for readers of the file.
        schema: version of the file.

    Example:
        >>> made = Calibration.default()
        >>> first, second = made.predict([0.8, 0.6], [0.6, 1.2], classes=10, samples=400).expected
        >>> bool(first > second)
        True
    """

    features: Fit | None = field(metadata=reads(_fit))
    layers: Fit | None = field(metadata=reads(_fit))
    ranges: Ranges = field(metadata=reads(Ranges.from_json))
    widening: Widening = field(default_factory=Widening, metadata=reads(Widening.from_json))
    modality: str = "image"
    provenance: Provenance = field(default_factory=Provenance, metadata=reads(Provenance.from_json))
    history_weight: float = 0.5
    formula: str = FORMULA
    schema: int = SCHEMA

    @classmethod
    def default(cls) -> Calibration:
        """Return the calibration that comes with hubscore; its provenance says what it was made from."""
        return _default()

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a calibration.

        Raises:
            StorageError: no such file, not a calibration, one of another version, or a damaged one (the key is named).
        """
        return cls.parse(_read(Path(path)), path)

    @classmethod
    def of(cls, given: str | Path | Calibration | None) -> Calibration:
        """Return what was given: a calibration, the one in a file, or the default.

        Raises:
            StorageError: as :meth:`load` does.
        """
        if given is None:
            return cls.default()
        return given if isinstance(given, Calibration) else cls.load(given)

    @classmethod
    def parse(cls, data: Mapping[str, Any], path: str | Path) -> Self:
        """Return the calibration that some JSON holds.

        Args:
            data: what was read.
            path: where it was read, for messages.

        Raises:
            StorageError: as :meth:`load` does.
        """
        schema = data.get("schema")
        if schema != SCHEMA:
            newer = isinstance(schema, int) and schema > SCHEMA
            why = f"it has schema {clean(schema)}, and this hubscore reads {SCHEMA}"
            fix = f"{UPGRADE}, or {REMAKE}" if newer else REMAKE
            code = ErrorCode.CALIBRATION_VERSION
            raise StorageError(f"Cannot read '{clean(path)}'", why, fix, code=code, schema=schema)
        try:
            made = cls.from_json(data)
            _check(made)
        except (TypeError, ValueError, AttributeError) as error:
            why = f"the calibration in it is damaged: {clean(error)}"
            raise StorageError(f"Cannot read '{clean(path)}'", why, REMAKE) from error
        return made

    def save(self, path: str | Path) -> None:
        """Write the calibration as JSON, whole or not at all.

        Raises:
            StorageError: the place cannot be written.
        """
        write_atomically(Path(path), (json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n").encode())

    def predict(
        self,
        accuracy: ArrayLike,
        loss: ArrayLike,
        *,
        classes: int,
        samples: int,
        input_sizes: Sequence[float | None] | None = None,
        layers: ArrayLike = False,
        modality: str = "image",
    ) -> Prediction:
        """Estimate the accuracies of a pool of models, with intervals.

        Args:
            accuracy: of the probes, 0 to 1, shape (models,); NaN for none.
            loss: their log losses in nats, likewise.
            classes: of the probe.
            samples: rows of the probe.
            input_sizes: pixels per side of every model; None where not known.
            layers: whether the layers are in the evidence, for all or for each.
            modality: of the input.

        Returns:
            Estimates; wider intervals where the truth did not reach, which the notes say.

        Raises:
            UsageError: lengths that differ, or values that no probe gives.

        Example:
            >>> Calibration.default().predict([0.8], [0.6], classes=10, samples=50).notes[0][:28]
            '50 rows, outside 200 to 800:'
        """
        foreign = (
            f"calibrated on {self.modality} data, and asked of {modality} data" if modality != self.modality else None
        )
        parts = (self.features, self.layers), self.ranges, self.widening
        return predict(
            *parts,
            accuracy,
            loss,
            classes=classes,
            samples=samples,
            input_sizes=input_sizes,
            layers=layers,
            foreign=foreign,
        )


@functools.cache
def _default() -> Calibration:
    return Calibration.load(DEFAULT)


def _read(path: Path) -> Json:
    """Return the JSON object in a file."""
    try:
        data = parse_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StorageError(f"Cannot read '{clean(path)}'", error.strerror or str(error), REMAKE) from error
    except ValueError as error:
        raise StorageError(f"Cannot read '{clean(path)}'", f"it is not JSON ({clean(error)})", REMAKE) from None
    if not isinstance(data, dict) or "features" not in data or "ranges" not in data:
        raise StorageError(f"Cannot read '{clean(path)}'", "it is JSON, but not a calibration", REMAKE)
    return data


def _check(made: Calibration) -> None:
    """Refuse numbers that no fit gives, naming their key.

    Raises:
        ValueError: a number is missing, not finite, or of the wrong sign.
    """
    if made.features is None and made.layers is None:
        raise ValueError("features and layers are both missing")
    for key in ("features", "layers"):
        fit = getattr(made, key)
        if fit is None:
            continue
        for name in ("a", "b", "c", "d", "e", "b_within", "c_within", "sd_between", "sd_within"):
            _finite(getattr(fit, name), f"{key}.{name}", least=-math.inf if name in ("a", "b", "c", "d", "e") else 0.0)
    _finite(made.history_weight, "history_weight", least=0.0)
    for name in ("samples", "classes", "input_size", "modality"):
        _finite(getattr(made.widening, name), f"widening.{name}", least=0.0)
    for key in ("samples", "classes", "input_size"):
        covered = getattr(made.ranges, key)
        if covered is not None:
            low, high = (_finite(end, f"ranges.{key}", least=1.0) for end in covered)
            if low > high:
                raise ValueError(f"ranges.{key} ends before it begins")
    _finite(made.ranges.probed, "ranges.probed", least=2.0)


def _finite(value: object, key: str, *, least: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < least:
        raise ValueError(f"{key} is {value}")
    return float(value)
