"""What `hubscore map` has beside the shared options: the method, the saved map, and what to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.options import COUNT, EVIDENCE, WORD, WORDS
from hubscore.text import clean

if TYPE_CHECKING:
    from hubscore.modelmap.method import Method

SAVED = "The saved map"
SHOW = "What to show"


@dataclass(frozen=True, kw_only=True)
class MethodOptions(Options):
    """How networks are compared."""

    parameter: ClassVar[str] = "method"

    method: str = option(
        "attribution",
        "attribution, depara, depara_nodes, depara_edges, cka, svcca, pwcca, rsa, dds.",
        "--method",
        str,
        EVIDENCE,
        "NAME",
    )
    attribution: str | None = option(
        None, "saliency, gradient_x_input or epsilon_lrp.", "--attribution", WORD, EVIDENCE, "NAME"
    )
    reading: str | None = option(
        None, "Of saliency: released (default) or printed.", "--reading", WORD, EVIDENCE, "NAME"
    )
    lambda_: float | None = option(
        None, "Weight of DEPARA's edges; 1 by default.", "--lambda", float | None, EVIDENCE, "X"
    )
    debiased: bool = option(False, "For cka: without its bias.", "--debiased", bool, EVIDENCE)
    components: int | None = option(
        None, "For svcca, pwcca: directions kept of a model.", "--components", COUNT, EVIDENCE, "N", min=1
    )
    map_size: int = option(
        64, "Pixels per side of saved maps; 0: the images' own.", "--map-size", int, EVIDENCE, "N", min=0
    )

    def choose(self) -> Method:
        """Return the method that these name.

        Raises:
            UsageError: they do not fit together.
        """
        from hubscore.modelmap.method import choose_method

        options = {"debiased": self.debiased or None, "components": self.components}
        return choose_method(
            self.method,
            attribution=self.attribution,
            lambda_=self.lambda_,
            map_size=self.map_size,
            reading=self.reading,
            **{name: value for name, value in options.items() if value is not None},
        )


@dataclass(frozen=True, kw_only=True)
class SavedMapOptions(Options):
    """Where a map is kept, and how a saved one changes."""

    parameter: ClassVar[str] = "saved"

    save: Path | None = option(None, "Keep the map in a new folder.", "--save", Path | None, SAVED, "DIR")
    map: Path | None = option(None, "Use a map that was saved.", "--map", Path | None, SAVED, "DIR")
    add: Sequence[str] = option((), "Put models in; the others are not run again.", "--add", WORDS, SAVED, "ID ...")
    remove: Sequence[str] = option((), "Take models out.", "--remove", WORDS, SAVED, "ID ...")


@dataclass(frozen=True, kw_only=True)
class ShowOptions(Options):
    """What of a map is shown."""

    parameter: ClassVar[str] = "show"

    check: str | None = option(
        None, "Compare with Taskonomy's published order of sources.", "--check", WORD, SHOW, "taskonomy"
    )
    by_target: bool = option(False, "With --check: one line for each target.", "--by-target", bool, SHOW)
    nearest: str | None = option(None, "List the others by likeness to this one.", "--nearest", WORD, SHOW, "MODEL")
    picture: str = option("heat", "For .png and .svg: heat, tree, plane or maps.", "--picture", str, SHOW, "KIND")
    images: str | None = option(None, "Whose maps are drawn, counted from 0.", "--images", WORD, SHOW, "0,1,...")
    maps_of: Sequence[str] = option((), "Models whose maps are drawn.", "--maps-of", WORDS, SHOW, "MODEL ...")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.check not in (None, "taskonomy"):
            raise UsageError(f"Cannot check against '{self.check}'", "there is taskonomy", "--check taskonomy")
        if self.by_target and self.check is None:
            raise UsageError(
                "--by-target needs --check",
                "it shows that check by target",
                "--check taskonomy --by-target",
                options=("by_target",),
            )
        _ = self.image_numbers

    def check_files(self, paths: Sequence[Path], *, maps: bool = True) -> None:
        """Refuse what no file would show; call it before the work starts.

        Args:
            paths: that will be saved.
            maps: whether the networks are compared by maps, which can be drawn.

        Raises:
            UsageError: it is so.
        """
        endings = {path.suffix.lower() for path in paths}
        drawn = not endings.isdisjoint((".png", ".svg"))
        if self.picture != "heat" and not drawn:
            why = "it is what a .png or .svg file shows, and --out names none"
            fix = f"--picture {clean(self.picture)} --out map.png"
            raise UsageError(f"--picture {clean(self.picture)} would change nothing", why, fix, options=("picture",))
        for name, value in (("images", self.images), ("maps_of", self.maps_of)):
            flag = f"--{name.replace('_', '-')}"
            if value and not maps:
                why = "networks are compared by features, and no maps are made"
                raise UsageError(f"{flag} would change nothing", why, f"leave out {flag}", options=(name,))
            if value and not (".html" in endings or (drawn and self.picture == "maps")):
                why = "maps are drawn in a .html file, and with --picture maps in a .png or .svg file"
                raise UsageError(f"{flag} would change nothing", why, "--out map.html", options=(name,))

    @property
    def image_numbers(self) -> tuple[int, ...]:
        """The images as numbers."""
        words = (self.images or "").split(",")
        try:
            return tuple(int(word) for word in words if word.strip())
        except ValueError:
            raise UsageError(
                f"Cannot read --images '{self.images}'", "image numbers are counted from 0", "--images 0,1,2"
            ) from None
