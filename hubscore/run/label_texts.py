"""Class names as text models write them: read from a file, and checked before anything is extracted."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.ranking.request import check_label_texts as check_label_texts

LabelTexts = str | os.PathLike[str] | Sequence[ArrayLike]
"""A ``.npy`` file (one text model), an ``.npz`` file (one array per text model), or the arrays themselves."""


def read_label_texts(given: LabelTexts | None) -> tuple[Floats, ...] | None:
    """Return the embeddings as arrays, one a text model; none where none are given.

    Raises:
        UsageError: the file cannot be read, or does not hold tables of finite numbers of one shape.
    """
    if given is None:
        return None
    arrays = _load(Path(given)) if isinstance(given, (str, os.PathLike)) else list(given)
    try:
        complex_ = any(np.iscomplexobj(one) for one in arrays)  # NumPy would drop the imaginary part
        texts = () if complex_ else tuple(np.asarray(one, dtype=np.float64) for one in arrays)
    except (TypeError, ValueError) as error:
        raise UsageError("Cannot use these label texts", f"they are not numbers ({error})", _FORM) from None
    if complex_:
        raise UsageError("Cannot use these label texts", "they are complex numbers", _FORM)
    shapes = sorted({text.shape for text in texts})
    if len(shapes) != 1 or len(shapes[0]) != 2:
        listed = ", ".join(str(shape) for shape in shapes) or "nothing"
        raise UsageError(
            "Cannot use these label texts", f"they must be tables of one shape, and there is {listed}", _FORM
        )
    if not texts[0].size:
        raise UsageError("Cannot use these label texts", f"tables of shape {shapes[0]} hold no numbers", _FORM)
    if not all(np.isfinite(text).all() for text in texts):
        raise UsageError("Cannot use these label texts", "a value is not finite", _FORM)
    return texts


_FORM = "one array of shape (classes, dimensions) for each text model"


def _load(path: Path) -> list[ArrayLike]:
    if path.suffix.lower() not in (".npy", ".npz"):
        raise UsageError(
            f"Cannot read label texts from '{path}'", "the ending must be .npy or .npz", "--label-texts texts.npz"
        )
    try:
        loaded = np.load(path, allow_pickle=False)  # which of the two kinds it is says the content, not the name
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            return [loaded]
        with loaded:
            return [loaded[name] for name in sorted(loaded.files)]
    except FileNotFoundError:
        raise UsageError(f"Cannot read label texts from '{path}'", "there is no such file", "check the path") from None
    except (
        OSError,
        ValueError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:  # the last three: empty, cut short, damaged
        raise UsageError(f"Cannot read label texts from '{path}'", f"{error}", "save them with numpy.savez") from None
