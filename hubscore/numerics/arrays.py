"""What people pass as arrays: numpy's, lists, and tensors of other libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_array(values: Any) -> NDArray[Any]:
    """Return a numpy array of what may be a tensor on any device, of any float type, with or without a gradient; or a
    list of such tensors.

    Example:
        >>> as_array([[1, 2]]).shape
        (1, 2)
    """
    if isinstance(values, (list, tuple)) and any(hasattr(one, "detach") for one in values):
        return np.asarray([as_array(one) for one in values])
    if not hasattr(values, "detach"):
        return np.asarray(values)
    plain = values.detach().cpu()
    try:
        return np.asarray(plain.numpy())
    except TypeError:  # numpy has no bfloat16 and no 8-bit floats
        return np.asarray(plain.float().numpy())
