"""Whether a run can be given to other processes: what its caller registered or made must be there to be imported."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

from hubscore.extract.job import Job
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import BUILTIN, MODALITIES
from hubscore.modalities.stored_items import by_reference

_CALLERS = ("__main__", "__mp_main__")


class NotPortableError(Exception):
    """Why a job stays in the process of its caller, in words."""


def write_job(job: Job, path: Path) -> None:
    """Write a job as a file that other processes can read.

    Raises:
        NotPortableError: it holds what exists in this process alone.
    """
    names = {candidate.modality for candidate in job.candidates}
    job = replace(job, modalities=tuple(_targets(MODALITIES.get(name) for name in sorted(names))))
    try:
        with path.open("wb") as file, by_reference():  # large items stay where they lie, for all processes
            _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(job)
    except (pickle.PicklingError, TypeError, AttributeError) as error:  # what pickle raises over the unpicklable
        raise NotPortableError(f"the probe cannot travel to another one ({error})") from error
    except OSError as error:
        raise NotPortableError(f"{path.parent} takes no file for another one ({error.strerror or error})") from error


def _targets(modalities: Iterable[Modality]) -> Iterable[str]:
    """Yield the place to import each modality from, of those that do not come with hubscore."""
    builtin = {target.partition(":")[0] for target in BUILTIN}
    for modality in modalities:
        if type(modality).__module__ in builtin:
            continue
        target = _place(modality)
        if target is None:
            raise NotPortableError(
                f"the modality '{modality.name}' is registered in this process alone; give it a name in a module that"
                " can be imported, or an entry point of the group hubscore.modalities"
            )
        if any(loader.partition(":")[0] in _CALLERS for loader in modality.loaders.values()):
            raise NotPortableError(f"a loader of the modality '{modality.name}' lies in the script that runs")
        yield target


def _place(wanted: object) -> str | None:
    """Return ``module:attribute`` of an object, or none where no module that can be imported holds it."""
    own = sys.modules.get(type(wanted).__module__)
    for module in [own, *sys.modules.values()]:
        if module is None or module.__name__ in _CALLERS or getattr(module, "__spec__", None) is None:
            continue
        with suppress(Exception):  # modules may be any object
            for name, value in list(vars(module).items()):
                if value is wanted:
                    return f"{module.__name__}:{name}"
    return None


class _Pickler(pickle.Pickler):
    """Refuses classes and functions of the script that runs: elsewhere its main module is another one."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, (type, FunctionType)) and value.__module__ in _CALLERS:
            raise NotPortableError(f"the probe's items need '{value.__qualname__}', which lies in the script that runs")
        return NotImplemented
