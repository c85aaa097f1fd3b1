"""The one table of columns: what stands beside a model in a ranking, and where each of them is shown.

Terminal, HTML, Markdown, CSV, Parquet, leaderboards and the Space all read it, so that one more column is one entry
here. The scores and baselines of a ranking are columns of their own and not listed: their names come from the ranking.

This file needs nothing but the standard library and is copied into every published Space as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, get_args

Place = Literal["terminal", "html", "markdown", "flat", "leaderboard", "space", "compare", "sort"]
"""Where a column can stand.

``flat`` are CSV, Parquet, data frames and tab-separated output; ``space`` and ``compare`` are the Space's ranking and
its comparison, which read leaderboards; ``sort`` is what the Space's ranking can be sorted by.
"""
Kind = Literal["text", "whole", "real", "interval", "whole interval", "reasons", "flag"]
"""What a value is; where columns are flat a flag is 0 or 1, and an interval, which is a pair, takes two columns."""
Show = (
    Literal["text", "count", "number", "tenths", "seconds", "bytes", "place", "model", "ranks"]
    | Literal["estimate", "interval", "accuracy", "accuracies", "chance", "combined", "measured", "head"]
)
"""How a value is written; ``place``, ``model``, ``estimate``, ``accuracy``, ``measured`` and ``head`` look at the whole
row.
"""


@dataclass(frozen=True)
class TableColumn:
    """One column.

    Attributes:
        name: of the field in a saved row, and of the flat column.
        kind: what a value is.
        title: what people read; the name by default.
        show: how a value is written.
        where: the places where the column stands, each with its position there.
        beside: the places where a flag that is set stands behind the model's name, as its title.
        titles: other titles, by place.
        source: what the value belongs to: a ``row``, or the ``run`` as a whole.
        leaderboard_name: where a leaderboard calls it otherwise.
        sort: how the Space sorts by it first.
        unit: of a value.
        direction: which values are better, where some are.
        required: whether every row has a value.
        sparse: whether reports leave it out where no row has a value.
        varied: whether reports leave it out where all rows have the same one.
        help: a sentence on what it means.
    """

    name: str
    kind: Kind
    _: KW_ONLY
    title: str = ""
    show: Show = "text"
    where: Mapping[Place, int] = field(default_factory=dict)
    beside: tuple[Place, ...] = ()
    titles: Mapping[Place, str] = field(default_factory=dict)
    source: Literal["row", "run"] = "row"
    leaderboard_name: str = ""
    sort: Literal["ascending", "descending"] = "ascending"
    unit: str = ""
    direction: Literal["", "higher", "lower"] = ""
    required: bool = False
    sparse: bool = False
    varied: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or self.name)

    def title_in(self, place: Place) -> str:
        """Return the title that people read in a place.

        Example:
            >>> next(column for column in COLUMNS if column.name == "parameters").title_in("space")
            'size'
        """
        return self.titles.get(place, self.title)

    def flat_names(self, place: Place) -> tuple[str, ...]:
        """Return the names of the columns that it takes where columns are flat: two for an interval.

        Example:
            >>> next(column for column in COLUMNS if column.name == "rank_ci").flat_names("leaderboard")
            ('rank_lo', 'rank_hi')
        """
        if self.kind in ("interval", "whole interval"):
            base = self.name.removesuffix("_ci")
            low, high = ("lo", "hi") if place == "leaderboard" else ("low", "high")
            return f"{base}_{low}", f"{base}_{high}"
        return ((self.leaderboard_name or self.name) if place == "leaderboard" else self.name,)

    def value(self, row: Any) -> Any:
        """Return the value of a row of a ranking, none where it has none."""
        known = getattr(row, self.name, None)
        return row.extra.get(self.name) if known is None else known

    def flat_values(self, value: Any) -> tuple[Any, ...]:
        """Return the values of :meth:`flat_names`, from the column's own."""
        if self.kind in ("interval", "whole interval"):
            return tuple(value or (None, None))
        return (int(value) if isinstance(value, bool) else value,)


def _at(**places: int) -> Mapping[Place, int]:
    return {place: places[place] for place in get_args(Place) if place in places}


COLUMNS: tuple[TableColumn, ...] = (
    TableColumn("dataset", "text", title="data set", source="run", where=_at(leaderboard=10)),
    TableColumn("config", "text", title="configuration", source="run", where=_at(leaderboard=20)),
    TableColumn("split", "text", source="run", where=_at(leaderboard=30)),
    TableColumn("revision", "text", title="revision of the data", source="run", where=_at(leaderboard=40)),
    TableColumn("fingerprint", "text", title="probe", source="run", where=_at(leaderboard=50)),
    TableColumn(
        "model",
        "text",
        show="model",
        where=_at(terminal=20, html=20, markdown=20, flat=30, leaderboard=60, sort=70),
        titles={"sort": "name"},
        required=True,
    ),
    TableColumn(
        "revision",
        "text",
        where=_at(flat=40, leaderboard=70),
        leaderboard_name="model_revision",
        required=True,
    ),
    TableColumn(
        "rank",
        "whole",
        show="place",
        where=_at(terminal=10, html=10, markdown=10, flat=10, leaderboard=80),
        direction="lower",
        required=True,
        help="Models that share a rank (=) cannot be told apart from the first of them.",
    ),
    TableColumn("candidates", "whole", source="run", where=_at(leaderboard=90)),
    TableColumn("tie_group", "whole", title="tie group", where=_at(flat=20, leaderboard=100), required=True),
    TableColumn("ordered_by", "text", title="ordered by", source="run", where=_at(leaderboard=95)),
    TableColumn(
        "combined",
        "real",
        show="combined",
        where=_at(terminal=21, html=21, markdown=21, flat=109, leaderboard=109),
        sparse=True,
        direction="higher",
        help="Expected and measured accuracy put together by their errors: an estimate of the accuracy after full"
        " fine-tuning, which orders the models that were measured.",
    ),
    TableColumn(
        "measured_accuracy",
        "real",
        title="measured",
        show="measured",
        where=_at(terminal=23, html=25, markdown=25, flat=107, leaderboard=107),
        sparse=True,
        direction="higher",
        help="Measured on validation rows, as many as it says, after a short fine-tuning on others.",
    ),
    TableColumn(
        "head_accuracy",
        "real",
        title="new head",
        show="head",
        where=_at(terminal=24, html=23, markdown=23, flat=105),
        sparse=True,
        direction="higher",
        help="Measured on validation rows, as many as it says, with a new head on the network as it is; it orders"
        " nothing.",
    ),
    TableColumn(
        "measured_images",
        "whole",
        title="measured on",
        show="count",
        where=_at(leaderboard=113),
        sparse=True,
        help="Validation rows of that measurement.",
    ),
    TableColumn(
        "history",
        "real",
        show="number",
        where=_at(terminal=27, html=27, markdown=27, flat=115, leaderboard=115),
        sparse=True,
        direction="higher",
        help="How the model did on other data sets where it was fine-tuned: its mean standing among the models there,"
        " in standard deviations.",
    ),
    TableColumn(
        "reported",
        "real",
        show="chance",
        where=_at(terminal=28, html=29, markdown=29, flat=116, leaderboard=116),
        sparse=True,
        direction="higher",
        help="Accuracy on this very data set, as the history reports it; no estimate knows of it.",
    ),
    TableColumn(
        "expected",
        "real",
        title="expected accuracy",
        titles={"terminal": "expected"},
        show="accuracy",
        where=_at(terminal=22, html=22, markdown=22, flat=102, leaderboard=102, sort=5),
        sparse=True,
        sort="descending",
        direction="higher",
        help="Estimated accuracy after fine-tuning, from how models with such kernel probes have turned out. An"
        " estimate, not a measurement.",
    ),
    TableColumn(
        "expected_ci",
        "interval",
        title="90 % interval",
        show="accuracies",
        where=_at(html=24, markdown=24, flat=104, leaderboard=104),
        sparse=True,
        titles={"markdown": "90 %"},
        help="The 90 % interval of the expected accuracy, from how wrong such estimates have been.",
    ),
    TableColumn(
        "expected_sd",
        "real",
        title="error of the expected accuracy",
        where=_at(leaderboard=105),
        sparse=True,
        help="Against other models, in radians of arcsin sqrt(accuracy): what P(best) is drawn from.",
    ),
    TableColumn(
        "p_best",
        "real",
        title="P(best)",
        show="chance",
        where=_at(terminal=26, html=26, markdown=26, flat=106, leaderboard=106),
        sparse=True,
        direction="higher",
        help="How probable it is that this model becomes the best of these after fine-tuning. An estimate.",
    ),
    TableColumn(
        "shortlist",
        "flag",
        where=_at(flat=108, leaderboard=108),
        help="In the smallest set that holds the best of these models with a probability of 90 %.",
    ),
    TableColumn(
        "consensus",
        "real",
        show="estimate",
        where=_at(terminal=50, html=50, markdown=50, flat=110, leaderboard=110, sort=6),
        sort="descending",
        direction="higher",
        help="How high a model stands among these models, 0 to 1, averaged over kinds of scores. An estimate, not an"
        " accuracy.",
    ),
    TableColumn(
        "consensus_ci",
        "interval",
        title="95 % interval",
        show="interval",
        where=_at(html=60, markdown=60, flat=120, leaderboard=120),
        sparse=True,
        titles={"markdown": "95 %"},
    ),
    TableColumn(
        "rank_ci",
        "whole interval",
        title="rank 95 %",
        show="ranks",
        where=_at(html=28, markdown=28, flat=130, leaderboard=130),
        sparse=True,
        help="The 95 % interval of the rank.",
    ),
    TableColumn(
        "mean_rank",
        "real",
        title="mean rank",
        show="tenths",
        where=_at(terminal=60, html=80, markdown=80, flat=140, leaderboard=140),
        direction="lower",
    ),
    TableColumn(
        "library",
        "text",
        where=_at(flat=50, leaderboard=150, space=30, compare=50, sort=30),
        required=True,
    ),
    TableColumn("family", "text", where=_at(flat=60, leaderboard=160, space=40, compare=60, sort=40)),
    TableColumn(
        "license",
        "text",
        title="licence",
        where=_at(terminal=40, html=30, markdown=30, flat=100, leaderboard=170, space=20, compare=40, sort=20),
    ),
    TableColumn(
        "parameters",
        "whole",
        show="count",
        where=_at(terminal=30, html=40, markdown=40, flat=70, leaderboard=180, space=10, compare=10, sort=10),
        titles={"terminal": "params", "space": "size", "compare": "size", "sort": "size"},
    ),
    TableColumn(
        "layers",
        "whole",
        show="count",
        where=_at(flat=80, leaderboard=190, space=50, compare=30, sort=50),
    ),
    TableColumn(
        "bytes",
        "whole",
        show="bytes",
        unit="B",
        where=_at(flat=90, leaderboard=200, compare=20),
        titles={"compare": "size on disk"},
    ),
    TableColumn(
        "seconds",
        "real",
        show="seconds",
        unit="s",
        where=_at(flat=1000, leaderboard=210, compare=70),
        titles={"compare": "seconds to extract"},
    ),
    TableColumn(
        "rows",
        "whole",
        show="count",
        where=_at(terminal=29, html=31, markdown=31, flat=117, leaderboard=117),
        sparse=True,
        varied=True,
        help="Rows of the data that the numbers rest on. In a race the candidates that surely are not among the first"
        " see fewer, and stand below the others: numbers of different rows are not compared.",
    ),
    TableColumn(
        "stage",
        "whole",
        where=_at(flat=118, leaderboard=118),
        sparse=True,
        help="Of a race, that it was stopped after.",
    ),
    TableColumn("samples", "whole", source="run", where=_at(leaderboard=220)),
    TableColumn("classes", "whole", source="run", where=_at(leaderboard=230)),
    TableColumn("target", "text", source="run", where=_at(leaderboard=240)),
    TableColumn(
        "label",
        "text",
        source="run",
        where=_at(leaderboard=245),
        help="Which column is the label, what it holds, and how that was decided.",
    ),
    TableColumn(
        "declares_this_data",
        "flag",
        title="declares this data",
        where=_at(flat=150, leaderboard=247),
        beside=("terminal", "html", "markdown", "space", "compare"),
        help="The card, or that of its base model, names this data set as training data: never in first place.",
    ),
    TableColumn(
        "same_classes",
        "flag",
        title="same classes",
        beside=("terminal", "html"),
        help="Its own classes are called what those of the data are: a hint that it was trained on such data, no more.",
    ),
    TableColumn("undefined", "reasons", where=_at(leaderboard=250)),
    TableColumn("run", "text", source="run", where=_at(leaderboard=260)),
    TableColumn(
        "publisher",
        "text",
        source="run",
        where=_at(leaderboard=265),
        help="Who published the run, by the name on the Hub; what may be retracted the Hub's commits decide.",
    ),
    TableColumn("date", "text", source="run", where=_at(leaderboard=270, sort=60), sort="descending"),
    TableColumn("hubscore_version", "text", title="version", source="run", where=_at(leaderboard=280)),
    TableColumn("schema", "whole", source="run", where=_at(leaderboard=290)),
)
SCORES_AT = 500
"""Position of the scores and baselines among the flat columns."""


def columns_in(place: Place) -> tuple[TableColumn, ...]:
    """Return the columns that stand in a place, in their order.

    Example:
        >>> [column.title_in("terminal") for column in columns_in("terminal")][:4]
        ['rank', 'model', 'combined', 'expected']
    """
    return tuple(sorted((column for column in COLUMNS if place in column.where), key=lambda one: one.where[place]))


def flat_kinds(place: Place) -> dict[str, Literal["text", "whole", "real"]]:
    """Return the flat columns of a place, each with what its values are.

    Example:
        >>> flat_kinds("leaderboard")["rank_lo"]
        'whole'
    """
    plain: dict[Kind, Literal["text", "whole", "real"]] = {
        "interval": "real",
        "whole interval": "whole",
        "reasons": "text",
        "text": "text",
        "flag": "whole",
        "whole": "whole",
        "real": "real",
    }
    return {name: plain[column.kind] for column in columns_in(place) for name in column.flat_names(place)}
