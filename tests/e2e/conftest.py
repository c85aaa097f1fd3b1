"""A photo data set on the session's Hub, and the command line run in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hubfixture import add_dataset
from PIL import Image

CLASSES = ("blue", "green", "red")


def photo(kind: int, seed: int, side: int = 40) -> bytes:
    """A noisy picture in the colour of its class, as PNG."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 120, size=(side, side, 3))
    pixels[..., 2 - kind] += 120
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def photo_folder(per_class: int = 12) -> dict[str, bytes]:
    """Class folders below ``train``."""
    return {
        f"train/{name}/{number:02d}.png": photo(kind, 100 * kind + number)
        for kind, name in enumerate(CLASSES)
        for number in range(per_class)
    }


@pytest.fixture(scope="session")
def colours(hub: Any) -> str:
    """A data set of three colours, twelve pictures each."""
    add_dataset(hub.root, "tiny/colours", photo_folder())
    return "tiny/colours"


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Stdout as JSON; of a plan its rows, without the totals."""
        told = json.loads(self.out)
        return told["rows"] if isinstance(told, dict) and "totals" in told else told


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run ``hubscore ...`` in this process with a feature cache of its own."""
    from hubscore.cli.main import main

    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "features"))
    monkeypatch.setenv("COLUMNS", "160")

    def command(*words: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return command


def models_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The models in order."""
    return [row["model"] for row in rows]
