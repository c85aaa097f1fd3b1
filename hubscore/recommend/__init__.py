"""Which checkpoints deserve a forward pass at all: recommended from how models did on other data sets.

``hubscore.recommend`` is both this package and the public function: ``recommend("user/birds", history)`` calls
:func:`hubscore.recommend.recommend.recommend`. Importing a package binds its name in the parent, so the package itself
is callable.
"""

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that can be called like the function of the same name."""

    def __call__(self, dataset: str, history: Any, **options: Any) -> Any:
        """Recommend models for a data set; see :func:`hubscore.recommend.recommend.recommend`."""
        from hubscore.recommend.recommend import recommend

        return recommend(dataset, history, **options)


sys.modules[__name__].__class__ = _Callable
