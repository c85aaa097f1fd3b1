"""A registry that knows what exists without importing it, and hints at near names."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from hubscore.errors import UsageError


class Named(Protocol):
    """Anything that can be registered."""

    @property
    def name(self) -> str:
        """The name people type."""


T = TypeVar("T", bound=Named)


def load_target(target: str) -> Any:
    """Import what ``"module:attribute"``, or ``"module"`` alone, names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute) if attribute else import_module(module)


class Registry(Generic[T]):
    """Entries by name: built in, added by decorator, or found through an entry-point group.

    Args:
        kind: what an entry is, for messages (``"score"``).
        group: entry-point group in which other packages offer entries.
        builtin: called once, on the first look-up, for the entries that come with hubscore.
        listing: the command that lists the entries, where it is not the kind's plural.
        entry_of: returns the entry of what an entry point loads; by default its attribute ``info``.
        base: another registry, whose entries give entries of this one.
        derive: what an entry of ``base`` is here, or none.
    """

    def __init__(
        self,
        kind: str,
        *,
        group: str,
        builtin: Callable[[], Iterator[T]],
        listing: str | None = None,
        entry_of: Callable[[Any], T] = attrgetter("info"),
        base: Registry[Any] | None = None,
        derive: Callable[[Any], T | None] = lambda entry: None,
    ) -> None:
        self.kind, self.group, self._listing = kind, group, listing or f"hubscore {kind}s"
        self._base, self._derive = base, derive
        self._builtin: Callable[[], Iterator[T]] | None = builtin
        self._entry_of = entry_of
        self._entries: dict[str, T] = {}
        self._broken: dict[str, str] = {}
        self._plugins_loaded = False

    def add(self, entry: T) -> T:
        """Register an entry.

        Raises:
            UsageError: another entry has the name.
        """
        if self._entries.get(entry.name, entry) != entry:
            raise UsageError(f"Cannot register {self.kind} '{entry.name}'", "the name is taken", "choose another name")
        self._entries[entry.name] = entry
        return entry

    def get(self, name: str) -> T:
        """Return the entry called ``name``; other packages are only asked when hubscore has no such entry.

        Raises:
            UsageError: no such entry, with near names.
        """
        self._load_builtin()
        if name not in self._entries:
            self._load_plugins()
        if name not in self._entries:
            near = difflib.get_close_matches(name, self._entries, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(near)}?" if near else self._existing()
            broken = "".join(
                f"; the plugin '{plugin}' could not be loaded ({why})" for plugin, why in self._broken.items()
            )
            option, _, value = self._listing.partition(" ")
            fix = f"{option} {near[0]}" if near and value == "NAME" else self._listing
            raise UsageError(f"Unknown {self.kind} '{name}'", hint + broken, fix)
        return self._entries[name]

    def _existing(self) -> str:
        """Say which entries there are."""
        return f"there {'is' if len(self._entries) == 1 else 'are'} {', '.join(sorted(self._entries)) or 'none'}"

    def __iter__(self) -> Iterator[T]:
        """All entries, other packages' included, in the order of registration."""
        self._load_builtin()
        self._load_plugins()
        return iter(tuple(self._entries.values()))

    def names(self) -> tuple[str, ...]:
        """Every name."""
        return tuple(entry.name for entry in self)

    @property
    def broken(self) -> dict[str, str]:
        """Plugins that could not be loaded, with the reason."""
        return dict(self._broken)

    def _load_builtin(self) -> None:
        if self._builtin is not None:
            builtin, self._builtin = self._builtin, None
            for entry in builtin():
                self.add(entry)

    def _load_plugins(self) -> None:
        if self._plugins_loaded:
            return
        self._plugins_loaded = True
        for point in entry_points(group=self.group):
            try:
                self.add(self._entry_of(point.load()))
            except Exception as error:  # a broken plugin must not take hubscore down; it is named when it matters
                self._broken[point.name] = f"{type(error).__name__}: {error}"
        if self._base is not None:
            self._load_derived(self._base)

    def _load_derived(self, base: Registry[Any]) -> None:
        for entry in base:
            derived = self._derive(entry)
            try:
                if derived is not None:
                    self.add(derived)
            except UsageError as error:
                self._broken[entry.name] = f"{type(error).__name__}: {error}"
        self._broken = {**base.broken, **self._broken}
