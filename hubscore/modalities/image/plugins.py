"""Optional packages that teach Pillow more kinds of images; used where they are installed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

_MODULES = {"pillow-heif": "pillow_heif", "pillow-jxl-plugin": "pillow_jxl"}


def is_installed(package: str) -> bool:
    """Whether one of the packages can be imported; it is not imported yet.

    Example:
        >>> is_installed("pillow-nothing")
        False
    """
    module = _MODULES.get(package)
    return module is not None and find_spec(module) is not None


@cache
def register_plugins() -> tuple[str, ...]:
    """Let Pillow know the installed packages, once; return their names."""
    found = tuple(filter(is_installed, _MODULES))
    for package in found:
        module = import_module(_MODULES[package])
        if hasattr(module, "register_heif_opener"):
            module.register_heif_opener()
    return found
