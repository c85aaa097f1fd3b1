"""What the visitor sees, as an address: data set, view, filters, order and compared models, both ways."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, urlencode

from text import parse_count

VIEWS = ("ranking", "recommend", "size", "compare", "map", "agreement", "method", "add")
MOST_MODELS = 4
MOST_ALIKE = 12
_LONGEST = 300
_KEYS = {
    "view": "view",
    "data": "data",
    "run": "run",
    "search": "q",
    "licenses": "license",
    "libraries": "library",
    "families": "family",
    "smallest": "min",
    "largest": "max",
    "sort": "sort",
    "reverse": "reverse",
    "page": "page",
    "models": "model",
    "x": "x",
    "y": "y",
    "map": "map",
    "like": "like",
}


@dataclass(frozen=True)
class State:
    """One state of the page; a value at its default does not appear in the address.

    Attributes:
        view: which tab.
        data: the board's key, the first board when empty.
        run: the run's id, the newest one when empty.
        search: words in the model's name.
        licenses: only these; empty is no filter, and so for libraries and families.
        smallest: fewest parameters, as typed.
        largest: most parameters, as typed.
        sort: ``rank`` or a column of the results.
        reverse: worst first.
        page: of the table, from 1.
        models: to compare, four at most.
        x: horizontal axis of the picture of sizes.
        y: vertical axis: ``estimate`` is the expected accuracy, or the consensus where there is none.
        map: the file of the model map.
        like: keys of the boards whose data is like the visitor's, twelve at most.
    """

    view: str = "ranking"
    data: str = ""
    run: str = ""
    search: str = ""
    licenses: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    smallest: str = ""
    largest: str = ""
    sort: str = "rank"
    reverse: bool = False
    page: int = 1
    models: tuple[str, ...] = ()
    x: str = "parameters"
    y: str = "estimate"
    map: str = ""
    like: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether some models are hidden."""
        return bool(self.search or self.licenses or self.libraries or self.families or self.smallest or self.largest)

    @property
    def unread(self) -> tuple[str, ...]:
        """Sizes that cannot be read, so that they filter nothing."""
        return tuple(size for size in (self.smallest, self.largest) if size and parse_count(size) is None)


def parse(query: str) -> State:
    """Read an address; what is not known or not sensible is left at its default.

    Example:
        >>> parse("?q=vit&max=25M&model=a/b&model=c/d").models
        ('a/b', 'c/d')
    """
    given = parse_qs(query.lstrip("?"), max_num_fields=200) if query.count("&") < 200 else {}
    values: dict[str, object] = {}
    for field in fields(State):
        told = [value[:_LONGEST] for value in given.get(_KEYS[field.name], ())]
        if told:
            values[field.name] = _read(told, field.default)
    state = replace(State(), **values)  # type: ignore[arg-type]
    view = state.view if state.view in VIEWS else "ranking"
    models, like = (tuple(dict.fromkeys(told)) for told in (state.models, state.like))
    return replace(state, view=view, models=models[:MOST_MODELS], like=like[:MOST_ALIKE])


def query(state: State) -> str:
    """Write the address of a state, without a question mark; the shortest that :func:`parse` reads back.

    Example:
        >>> query(State(search="vit", models=("a/b",)))
        'q=vit&model=a%2Fb'
    """
    told: list[tuple[str, str]] = []
    for field in fields(State):
        value = getattr(state, field.name)
        if value != field.default:
            parts = value if isinstance(value, tuple) else ("1",) if value is True else (str(value),)
            told += [(_KEYS[field.name], part) for part in parts]
    return urlencode(told)


def _read(told: list[str], default: object) -> object:
    if isinstance(default, tuple):
        return tuple(told)
    if isinstance(default, bool):
        return told[0] == "1"
    if isinstance(default, int):
        return max(1, int(told[0])) if told[0].isdecimal() and len(told[0]) < 7 else 1
    return told[0]
