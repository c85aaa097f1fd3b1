"""Pictures that keep their letters readable at any width: marks in SVG, words in HTML.

Made by hand, because plotting libraries draw letters into the picture, where they shrink with it on a phone and are
read by no screen reader, or want scripts of half a megabyte and more in the page. A dozen kinds of marks at computed
places need no more than the strings below; every text in them is escaped by ``h``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from text import count, h


@dataclass(frozen=True)
class Axis:
    """One axis of a picture.

    Attributes:
        title: what it shows.
        low: value at its start.
        high: value at its end.
        log: whether equal steps are equal factors.
        upward: whether larger values stand further from the origin.
    """

    title: str
    low: float
    high: float
    log: bool = False
    upward: bool = True

    @classmethod
    def around(cls, title: str, values: Sequence[float], *, log: bool = False, upward: bool = True) -> Axis:
        """Return an axis with some room around the values."""
        low, high = min(values), max(values)
        if log:
            return cls(title, low / 1.25, high * 1.25, log, upward)
        room = 0.06 * (high - low) or max(abs(high), 1.0) * 0.1
        return cls(title, low - room, high + room, log, upward)

    def at(self, value: float) -> float:
        """Return where a value stands, 0 to 100."""
        turn = math.log10 if self.log else float
        place = 100 * (turn(value) - turn(self.low)) / (turn(self.high) - turn(self.low))
        return place if self.upward else 100 - place

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and words of a handful of round values."""
        values = _log_ticks(self.low, self.high) if self.log else _ticks(self.low, self.high)
        write = count if self.log else _short
        return [(self.at(value), write(value)) for value in values]


@dataclass(frozen=True)
class Mark:
    """One point: where, what it says, and how it looks.

    Attributes:
        x: value across.
        y: value upwards.
        told: what a pointer or the keyboard finds out.
        model: what it stands for.
        kind: its class in the style sheet.
        band: an interval upwards.
        named: whether its name is written beside it where there is room.
        pinned: whether its name is written in any case.
        hue: of its colour, of the circle's 360 degrees.
    """

    x: float
    y: float
    told: str
    model: str = ""
    kind: str = ""
    band: tuple[float, float] | None = None
    named: bool = False
    pinned: bool = False
    hue: int | None = None


def scatter(marks: Sequence[Mark], x: Axis, y: Axis, *, front: Sequence[Mark] = (), label: str) -> str:
    """Return a picture of points, each within reach of the keyboard; plot.js finds the names a place."""
    first = min(marks, key=lambda mark: x.at(mark.x))
    dots = "".join(_dot(mark, x, y, reach=mark is first) for mark in marks)
    line = _stairs(front, x, y) if len(front) > 1 else ""
    lines = "".join(f'<path class="grid" d="M{place:.2f} 0V100"/>' for place, _ in x.ticks())
    lines += "".join(f'<path class="grid" d="M0 {100 - place:.2f}H100"/>' for place, _ in y.ticks())
    names = "".join(_name(mark) for mark in sorted(marks, key=lambda mark: not mark.pinned))
    ticks = "".join(f'<span class="tick x" style="left:{place:.2f}%">{told}</span>' for place, told in x.ticks())
    ticks += "".join(f'<span class="tick y" style="bottom:{place:.2f}%">{told}</span>' for place, told in y.ticks())
    return (
        f'<figure class="plot" aria-label="{h(label)}"><figcaption class="axis y">{h(y.title)}</figcaption><div'
        ' class="area"><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="group"'
        f' aria-label="{h(label)}; arrow keys go from dot to dot, Enter keeps a name">{lines}{line}{dots}</svg>'
        f'{names}{ticks}<div class="tip" hidden></div></div><div class="axis x">{h(x.title)}</div></figure>'
    )


def legend(entries: Sequence[tuple[str, str]], label: str) -> str:
    """Return what colours and shapes mean: the mark, which is HTML already, and words for it."""
    items = "".join(f"<li>{mark}{h(words)}</li>" for mark, words in entries)
    return f'<ul class="legend" aria-label="{h(label)}">{items}</ul>' if entries else ""


def _dot(mark: Mark, x: Axis, y: Axis, *, reach: bool) -> str:
    left, top = x.at(mark.x), 100 - y.at(mark.y)
    band = ""
    if mark.band is not None:
        band = f'<path class="whisker" d="M{left:.2f} {100 - y.at(mark.band[0]):.2f}V{100 - y.at(mark.band[1]):.2f}"/>'
    colour = "" if mark.hue is None else f' style="stroke:hsl({mark.hue} 65% 52%)"'
    kinds = " ".join(name for name in ("dot", mark.kind, "pinned" if mark.pinned else "") if name)
    return (
        f'{band}<path class="{kinds}"{colour} d="M{left:.2f} {top:.2f}h0" data-dot="{h(mark.model)}"'
        f' data-tip="{h(mark.told)}" tabindex="{0 if reach else -1}" role="button"'
        f' aria-pressed="{str(mark.pinned).lower()}" aria-label="{h(mark.told)}"/>'
    )


def _name(mark: Mark) -> str:
    if not (mark.named or mark.pinned):
        return ""
    kept = " kept" if mark.pinned else ""
    return f'<span class="name{kept}" data-of="{h(mark.model)}">{h(mark.model.rpartition("/")[2])}</span>'


def _stairs(front: Sequence[Mark], x: Axis, y: Axis) -> str:
    path = f"M{x.at(front[0].x):.2f} {100 - y.at(front[0].y):.2f}"
    path += "".join(f"H{x.at(mark.x):.2f}V{100 - y.at(mark.y):.2f}" for mark in front[1:])
    return f'<path class="front" d="{path}"/>'


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    raw = (high - low) / most
    step = 10 ** math.floor(math.log10(raw))
    step = next(step * factor for factor in (1, 2, 5, 10) if step * factor >= raw)
    first = math.ceil(low / step)
    return [i * step for i in range(first, math.floor(high / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        values = [factor * 10.0**power for power in powers for factor in factors if low <= factor * 10.0**power <= high]
        if len(values) >= 3:
            return values[:: max(1, len(values) // 6)] if len(values) > 9 else values
    return values


def _short(value: float) -> str:
    return count(value) if abs(value) >= 1000 else f"{round(value, 10):g}"
