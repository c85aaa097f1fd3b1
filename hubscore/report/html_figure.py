"""A picture inside an HTML page: its bytes stand in the page, so that nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from hubscore.report.map_pictures import encoded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class HtmlFigure:
    """What ``figures.html`` shows.

    Attributes:
        alt: what the picture is, where it cannot be seen.
        source: its address, which holds its bytes.
        caption: what stands below it.
        missing: why there is no picture, where there is none.
    """

    alt: str = ""
    source: str = ""
    caption: str = ""
    missing: str = ""

    @classmethod
    def of(cls, picture: Figure, ending: Literal["svg", "png"], *, alt: str, caption: str) -> Self:
        """Encode a picture."""
        data = base64.b64encode(encoded(picture, ending)).decode("ascii")
        return cls(alt, f"data:{_TYPES[ending]};base64,{data}", caption)
