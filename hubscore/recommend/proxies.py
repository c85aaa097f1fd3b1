"""Which network looks at data sets: some that have a name of their own, any other by its id, or the history's."""

from __future__ import annotations

from collections import Counter

from hubscore.errors import UsageError
from hubscore.recommend.history import History
from hubscore.recommend.task_place import LEAST_TASKS

PROXIES = {
    "clip": "openai/clip-vit-base-patch32",
    "dinov2": "facebook/dinov2-base",
    "minilm": "sentence-transformers/all-MiniLM-L6-v2",
}
"""Networks that need not be named in full. Of CLIP only the image tower runs."""
DEFAULT_PROXY = PROXIES["clip"]
DEFAULTS = {"image": DEFAULT_PROXY, "text": PROXIES["minilm"]}
"""Which looks at a data set where nobody says, by the kind of its items."""
NO_PROXY = "none"


def proxy_id(word: str) -> str:
    """Return the network that a word of ``--proxy`` means; what has no name of its own is an id or a folder.

    Example:
        >>> proxy_id("clip"), proxy_id("facebook/dinov2-small")
        ('openai/clip-vit-base-patch32', 'facebook/dinov2-small')
    """
    return PROXIES.get(word.strip().lower(), word)


def default_proxy(modality: str) -> str:
    """Return the network that looks at items of a kind where nobody names one.

    Raises:
        UsageError: there is none for that kind.

    Example:
        >>> default_proxy("text")
        'sentence-transformers/all-MiniLM-L6-v2'
    """
    found = DEFAULTS.get(modality)
    if found is None:
        raise UsageError(f"No proxy is known for data of the kind '{modality}'", "", "--proxy ID")
    return found


def proxy_of(history: History, proxy: str | None = None) -> str | None:
    """Return a proxy pinned to the revision by which a history knows enough data sets to learn from.

    Args:
        history: with what proxies saw.
        proxy: an id; the one by which most data sets are known by default.

    Returns:
        ``ID@REVISION`` as ``--models`` takes it; none where too few data sets were looked at, or where the proxy was a
        folder of somebody's machine.
    """
    counts = Counter((one.proxy, one.proxy_revision) for one in history.task_vectors.values())
    usable = {
        (name, str(revision)): count
        for (name, revision), count in counts.items()
        if count >= LEAST_TASKS and proxy in (None, name) and _on_the_hub(name, revision)
    }
    if not usable:
        return None
    name, revision = max(sorted(usable), key=lambda key: usable[key])
    return f"{name}@{revision}"


def _on_the_hub(name: str, revision: str | None) -> bool:
    return bool(revision) and not str(revision).startswith("local-") and "@" not in name
