"""The Space's own files: inside the package when it was built, beside it when it runs from a checkout.

A published Space does without hubscore, which would bring torch with it: the files that it shares with hubscore, the
table of columns and the union of runs, are sent as copies.
"""

from __future__ import annotations

import re
from importlib.resources import files as files_of_package
from pathlib import Path

from hubscore.errors import StorageError
from hubscore.install import REPAIR, REQUIREMENT

ENDINGS = (".py", ".css", ".js", ".txt", ".md")
RESULTS_REPO = "RESULTS_REPO"
PROXY = "HUBSCORE_PROXY"
"""Variable of the Space: which network may look at a visitor's images; none where it is not set."""
SHARED = ("column_table", "install", "results/union", "results/union_pool")
"""The modules that the Space and hubscore share; they import the standard library, numpy and each other."""
_VERSION = re.compile(r"^sdk_version:.*$", re.MULTILINE)


def app_folder() -> Path:
    """Return the folder with ``app.py``.

    Raises:
        StorageError: the installation is not whole.
    """
    packaged = Path(__file__).parent / "app"
    beside = Path(__file__).parents[3] / "space"
    for folder in (packaged, beside):
        if (folder / "app.py").is_file():
            return folder
    raise StorageError(
        "The Space's files are missing",
        f"neither {packaged} nor {beside} has an app.py",
        REPAIR,
    )


def app_files(results_repo: str, *, proxy: bool = False) -> dict[str, bytes]:
    """Return what a Gradio Space is made of, by path; its card names the results.

    Args:
        results_repo: the data set that it shows.
        proxy: whether a network looks at visitors' images, for which hubscore itself is needed.
    """
    folder = app_folder()
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in ENDINGS and "__pycache__" not in path.parts
    )
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    files |= {f"{Path(module).name}.py": _shared(module) for module in SHARED}
    if proxy:
        files["requirements.txt"] += f"{REQUIREMENT}\n".encode()
    return {**files, "README.md": _card(files["README.md"].decode("utf-8"), results_repo).encode()}


def brought_up_to_date(card: str, ours: str) -> str:
    """Return a Space's own card with our Gradio version in it; everything else belongs to its owner."""
    version = _VERSION.search(ours)
    return (
        _VERSION.sub(version[0], card, count=1)
        if version and re.search(r"^sdk: gradio\s*$", card, re.MULTILINE)
        else card
    )


def _shared(module: str) -> bytes:
    """Return a module of ours as it stands in a Space, beside the others."""
    content = files_of_package("hubscore").joinpath(f"{module}.py").read_bytes()
    return content.replace(b"from hubscore.results.", b"from ")


def _card(card: str, results_repo: str) -> str:
    head, dashes, body = card.removeprefix("---\n").partition("\n---\n")
    return f"---\n{head}\ndatasets:\n- {results_repo}{dashes}{body}"
