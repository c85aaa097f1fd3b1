"""What the visitor sees, as an address: data set, view, filters, order and compared models, both ways."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, parse_qsl, urlencode

from text import parse_count

VIEWS = ("datasets", "summary", "ranking", "recommend", "size", "compare", "map", "agreement", "method", "add")
MOST_MODELS = 4
MOST_ALIKE = 12
MOST_PINS = 12
MOST_COLUMNS = 60
COLUMNS = ("usual", "baselines", "facts")
"""Groups of columns that the ranking shows until a visitor chooses."""
_LONGEST = 300
_MOST_GIVEN = 200
OURS = "hs_"
"""What every name in an address begins with: ``page``, ``view`` and other plain ones are the framework's own."""
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
    "columns": "column",
    "pins": "pin",
    "models": "model",
    "x": "x",
    "y": "y",
    "map": "map",
    "like": "like",
    "find": "find",
    "domains": "domain",
}


@dataclass(frozen=True)
class State:
    """One state of the page; a value at its default does not appear in the address.

    Attributes:
        view: which tab.
        data: the board's key, the first board when empty.
        run: the run's id; all runs over the same rows together when empty or ``all``.
        search: words in the model's name.
        licenses: only these; empty is no filter, and so for libraries and families.
        smallest: fewest parameters, as typed.
        largest: most parameters, as typed.
        sort: ``rank`` or a column of the results.
        reverse: worst first.
        page: of the table, from 1.
        columns: of the ranking: ``usual`` (six scores), ``all`` (every score), ``baselines``, ``facts``, or names of
            single ones; ``none`` alone is none of them.
        pins: models that stay in sight, on top of the ranking and named in the pictures; twelve at most.
        models: to compare, four at most.
        x: horizontal axis of the picture of sizes.
        y: vertical axis: ``estimate`` is the expected accuracy, or the consensus where there is none.
        map: the file of the model map.
        like: keys of the boards whose data is like the visitor's, twelve at most.
        find: words of data sets.
        domains: of data sets, only these; empty is no filter.
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
    columns: tuple[str, ...] = COLUMNS
    pins: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    x: str = "parameters"
    y: str = "estimate"
    map: str = ""
    like: tuple[str, ...] = ()
    find: str = ""
    domains: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether some models are hidden."""
        return bool(self.search or self.licenses or self.libraries or self.families or self.smallest or self.largest)

    @property
    def unread(self) -> tuple[str, ...]:
        """Sizes that cannot be read, so that they filter nothing."""
        return tuple(size for size in (self.smallest, self.largest) if size and parse_count(size) is None)


def parse(query: str) -> State:
    """Read an address; what is not known or not sensible is left at its default. Names without ``hs_``, which older
    addresses have and programs may write, count where the name with it is missing.

    Example:
        >>> parse("?hs_q=vit&hs_max=25M&model=a/b&model=c/d").models
        ('a/b', 'c/d')
    """
    given, values = _given(query), dict[str, object]()
    for field in fields(State):
        if told := _told(given, _KEYS[field.name]):
            values[field.name] = _read(told, field.default)
    state = replace(State(), **values)  # type: ignore[arg-type]
    view = state.view if state.view in VIEWS else "ranking"
    most = {"models": MOST_MODELS, "like": MOST_ALIKE, "pins": MOST_PINS, "columns": MOST_COLUMNS}
    lists = {name: tuple(dict.fromkeys(getattr(state, name)))[:many] for name, many in most.items()}
    return replace(state, view=view, **lists)  # type: ignore[arg-type]


def beyond(query: str) -> tuple[str, ...]:
    """Return the models of an address that are more than can be compared, and so are none of its state.

    Example:
        >>> beyond("hs_model=a&hs_model=b&hs_model=c&hs_model=d&hs_model=a&hs_model=e")
        ('e',)
    """
    return tuple(dict.fromkeys(_told(_given(query), _KEYS["models"])))[MOST_MODELS:]


def _given(query: str) -> dict[str, list[str]]:
    return parse_qs(query.lstrip("?"), max_num_fields=_MOST_GIVEN) if query.count("&") < _MOST_GIVEN else {}


def _told(given: dict[str, list[str]], plain: str) -> list[str]:
    return [value[:_LONGEST] for value in given.get(OURS + plain) or given.get(plain, ())]


def query(state: State) -> str:
    """Write the address of a state, without a question mark; the shortest that :func:`parse` reads back.

    Example:
        >>> query(State(search="vit", models=("a/b",)))
        'hs_q=vit&hs_model=a%2Fb'
    """
    told: list[tuple[str, str]] = []
    for field in fields(State):
        value = getattr(state, field.name)
        if value != field.default:
            parts = value if isinstance(value, tuple) else ("1",) if value is True else (str(value),)
            told += [(OURS + _KEYS[field.name], part) for part in parts]
    return urlencode(told)


def renamed(query: str) -> str | None:
    """Return an older address under the names of today, none where it has no older name.

    Names of others are kept, and so is a ``view`` that is none of this page's: it is the framework's.

    Example:
        >>> renamed("view=size&page=2&__theme=dark"), renamed("hs_page=2&view=api")
        ('hs_view=size&hs_page=2&__theme=dark', None)
    """
    if query.count("&") >= _MOST_GIVEN:
        return None
    told = parse_qsl(query, keep_blank_values=True)
    new = [(OURS + name if _is_older(name, value) else name, value) for name, value in told]
    return urlencode(new) if new != told else None


def _is_older(name: str, value: str) -> bool:
    return name in _KEYS.values() and (name != "view" or value in VIEWS)


def _read(told: list[str], default: object) -> object:
    if isinstance(default, tuple):
        return tuple(told)
    if isinstance(default, bool):
        return told[0] == "1"
    if isinstance(default, int):
        return max(1, int(told[0])) if told[0].isdecimal() and len(told[0]) < 7 else 1
    return told[0]
