"""Records that survive versions: keys of newer files stay with them, and keys that a file lacked stay away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Self

from hubscore.types.inputs import Json, JsonRecord, pack

_OWN = ("extra", "absent")
Reader = Callable[[Any], Any]


def reads(read: Reader) -> Mapping[str, Any]:
    """Return metadata of a field whose JSON value ``read`` turns into the field's."""
    return {"read": read}


def optional(read: Reader | None = None) -> Mapping[str, Any]:
    """Return metadata of a field that is written only when it differs from its default."""
    return {"optional": True, "read": read}


def tuples(value: Any) -> Any:
    """Turn lists into tuples, at every depth."""
    return tuple(tuples(item) for item in value) if isinstance(value, (list, tuple)) else value


def each(read: Reader) -> Reader:
    """Return what reads every value of a mapping."""
    return lambda values: {name: read(value) for name, value in values.items()}


@dataclass(frozen=True)
class OpenRecord(JsonRecord):
    """A frozen record that is read from and written to files of older and newer versions.

    Attributes:
        extra: what a newer version wrote under keys that this one does not know; written back as it was.
        absent: known keys that the file lacked, so that they are not written unless they have got a value; none for a
            record that was made here.
    """

    extra: Mapping[str, Any] = field(default_factory=dict, kw_only=True, repr=False, compare=False)
    absent: frozenset[str] | None = field(default=None, kw_only=True, repr=False, compare=False)

    def has(self, name: str) -> bool:
        """Whether a file gave this key; always true of a record that was made here."""
        return self.absent is None or name not in self.absent

    def to_json(self) -> Json:
        """Return plain JSON values under the keys that the record was read with, and under those set since."""
        known = _known(type(self))
        absent = self.absent
        if absent is None:
            absent = frozenset(name for name, one in known.items() if one.metadata.get("optional"))
        values = {name: getattr(self, name) for name in known}
        kept = {
            name: pack(value) for name, value in values.items() if name not in absent or value != _default(known[name])
        }
        return {**kept, **pack(self.extra)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build the record from :meth:`to_json`'s values.

        Raises:
            TypeError: ``data`` is not a mapping, or lacks a key that has no default.
        """
        if not isinstance(data, Mapping):
            raise TypeError(f"{cls.__name__} is read from an object, not from {type(data).__name__}")
        known = _known(cls)
        values = {name: _read(known[name], value) for name, value in data.items() if name in known}
        extra = {name: value for name, value in data.items() if name not in known}
        return cls(**values, extra=extra, absent=frozenset(known.keys() - data.keys()))


def _known(cls: type[OpenRecord]) -> dict[str, Field[Any]]:
    return {one.name: one for one in fields(cls) if one.name not in _OWN}


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


def _read(one: Field[Any], value: Any) -> Any:
    if value is None:
        return None if one.default is MISSING and one.default_factory is MISSING else _default(one)
    read = one.metadata.get("read")
    return value if read is None else read(value)
