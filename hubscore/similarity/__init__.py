"""Comparisons of two networks on the same samples: where they look, and how they arrange what they see.

``hubscore.similarity`` is both this package and the public function: ``similarity("cka", a, b)`` calls
:func:`hubscore.similarity.api.similarity`. Importing a package binds its name in the parent, so the package itself is
callable.
"""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that can be called like the function of the same name."""

    def __call__(self, name: str, a: Any, b: Any, **options: Any) -> float:
        """Compare two networks; see :func:`hubscore.similarity.api.similarity`."""
        from hubscore.similarity.api import similarity

        return similarity(name, a, b, **options)


sys.modules[__name__].__class__ = _Callable
