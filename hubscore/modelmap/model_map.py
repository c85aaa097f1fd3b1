"""A model map on disk: networks go in and out one by one, and only their own rows of the table are computed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from hubscore.errors import UsageError
from hubscore.hub.addresses import repo_named
from hubscore.modelmap import files
from hubscore.modelmap.method import Method
from hubscore.similarity.info import SIMILARITIES
from hubscore.similarity.pairwise import pairwise
from hubscore.types import Json, Skipped


@dataclass(frozen=True)
class MapMember:
    """What a map keeps of one network.

    Attributes:
        facts: revision, library, family, parameters and so on, as plain values.
        maps: shape (n, c, h, w), NaN where the network never saw the pixel, or none.
        features: shape (n, d), or none.
    """

    facts: Json
    maps: np.ndarray | None = None
    features: np.ndarray | None = None


@dataclass
class ModelMap:
    """Networks and how alike they are; every change is on disk when it returns.

    Attributes:
        folder: where it is kept.
        method: what networks are compared by.
        probe: the images that all of them saw: data set, revision, row numbers, fingerprint.
        models: facts of each network, by name, in the order in which they came.
        tables: similarities by comparison, shape (models, models), NaN where undefined.
        undefined: the reason by comparison and pair of names.
        notes: what to know of the values.
        skipped: candidates of the last call that could not be used; not kept.
        forward_images: images that went through networks in the last call; not kept.
    """

    folder: Path
    method: Method
    probe: Json
    models: dict[str, Json] = field(default_factory=dict)
    tables: dict[str, np.ndarray] = field(default_factory=dict)
    undefined: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: tuple[Skipped, ...] = ()
    forward_images: int = 0

    @classmethod
    def create(cls, folder: Path, method: Method, probe: Json, pictures: np.ndarray | None = None) -> ModelMap:
        """Make an empty map.

        Args:
            folder: new or empty.
            method: what networks are compared by.
            probe: as plain values.
            pictures: small copies of the probe's images, shape (n, h, w, 3), uint8, to show maps beside.

        Raises:
            UsageError: something is in the folder.
            StorageError: it cannot be written.
        """
        files.check_free(folder)
        if pictures is not None:
            files.write_arrays(folder / files.PICTURES, {"images": pictures})
        model_map = cls(folder, method, probe, tables={term: np.empty((0, 0)) for term in method.terms})
        model_map._save()
        return model_map

    @classmethod
    def open(cls, folder: str | Path) -> ModelMap:
        """Read a map.

        Raises:
            UsageError: the folder holds none, or one of a newer layout.
            StorageError: it is damaged.
        """
        folder = Path(folder).expanduser()
        data = files.read_manifest(folder)
        with files.reading_manifest(folder):
            method = Method.from_json(data["method"])
            return cls(
                folder,
                method,
                {**data["probe"], "dataset": data["probe"]["dataset"], "images": int(data["probe"]["images"])},
                {facts["model"]: {**facts, "file": facts["file"]} for facts in data["models"]},
                {term: files.table_from_json(data["tables"][term], len(data["models"])) for term in method.terms},
                {term: {(a, b): why for a, b, why in found} for term, found in data["undefined"].items()},
                list(data.get("notes", ())),
            )

    def __len__(self) -> int:
        return len(self.models)

    @property
    def names(self) -> tuple[str, ...]:
        """The networks, in the order in which they came."""
        return tuple(self.models)

    @property
    def similarities(self) -> np.ndarray:
        """Shape (models, models), NaN where undefined."""
        total = np.zeros((len(self), len(self)))
        for term, weight in self.method.terms.items():
            if weight:
                total += weight * self.tables[term]
        return total

    def reason(self, first: str, second: str) -> str | None:
        """Why two networks have no similarity, or none where they have one."""
        found = [
            self.undefined.get(term, {}).get((first, second)) for term, weight in self.method.terms.items() if weight
        ]
        return next((why for why in found if why), None)

    def with_lambda(self, lambda_: float) -> ModelMap:
        """Return the map seen with another weight of DEPARA's edges; what is on disk stays.

        Raises:
            UsageError: the map is not DEPARA's, or the weight makes no sense.
        """
        from hubscore.modelmap.method import choose_method

        choose_method(self.method.name, lambda_=lambda_)
        return replace(self, method=replace(self.method, lambda_=lambda_))

    def insert(self, members: Mapping[str, MapMember]) -> None:
        """Put networks in; those that are there are read, never run again.

        Args:
            members: by name, on the map's own images.

        Raises:
            UsageError: one of them is in the map, or saw other images.
            StorageError: the disk is full, or a file of the map is damaged; the map stays as it was.
        """
        for name in members:
            if name in self.models:
                raise UsageError(
                    f"Cannot add {name!r}", "it is in the map already", f"remove it first: --remove {name}"
                )
        try:
            self._insert(members)
        except Exception:  # what no manifest names would stay for good
            for name in members:
                with suppress(OSError):
                    (self.folder / files.file_name(name)).unlink()
            raise

    def _insert(self, members: Mapping[str, MapMember]) -> None:
        for name, member in members.items():
            arrays = {"maps": member.maps, "features": member.features}
            files.write_arrays(
                self.folder / files.file_name(name), {key: value for key, value in arrays.items() if value is not None}
            )
        facts = {
            name: {"model": name, **member.facts, "file": files.file_name(name)} for name, member in members.items()
        }
        extended = replace(self, models={**self.models, **facts}, tables={}, undefined={}, notes=list(self.notes))
        for term in self.method.terms:
            extended.tables[term], extended.undefined[term] = self._extend_table(extended, term, list(members))
        extended._save()
        self.models, self.tables = extended.models, extended.tables
        self.undefined, self.notes = extended.undefined, extended.notes

    def remove(self, name: str) -> None:
        """Take a network out.

        Raises:
            UsageError: there is none of that name.
            StorageError: the map cannot be written.
        """
        name = self.named(name)
        place = self.names.index(name)
        facts = self.models.pop(name)
        keep = np.arange(len(self) + 1) != place
        self.tables = {term: table[np.ix_(keep, keep)] for term, table in self.tables.items()}
        self.undefined = {
            term: {pair: why for pair, why in found.items() if name not in pair}
            for term, found in self.undefined.items()
        }
        self._save()
        with suppress(OSError):
            (self.folder / facts["file"]).unlink()

    def named(self, name: str) -> str:
        """Return the network of a name, or the only one whose name ends in it, as folders may be called by their last
        part.

        Raises:
            UsageError: there is none, or more than one, with near names.
        """
        from difflib import get_close_matches

        name = repo_named(name.rstrip("/"), "model")
        ending = [model for model in self.models if model.endswith(f"/{name}")]
        if name not in self.models and len(ending) != 1:
            near = get_close_matches(name, self.models, n=3, cutoff=0.4)
            near = ending or near
            hint = f"did you mean {' or '.join(near)}?" if near else f"{len(self)} models are in it"
            raise UsageError(
                f"There is no model {name!r} in the map", hint, f"hubscore map --map {self.folder} -q lists them"
            )
        return name if name in self.models else ending[0]

    def place(self, name: str) -> int:
        """Return a network's row; see :meth:`named`."""
        return self.names.index(self.named(name))

    def maps(self, name: str) -> files.SavedMaps:
        """Return a network's maps, read when they are sliced.

        Raises:
            UsageError: the map has none, or no such network.
            StorageError: the file is damaged.
        """
        name = self.named(name)
        if not self.method.needs_maps:
            why = f"it was made by {self.method.name}, which compares features"
            raise UsageError(
                "There are no attribution maps in this model map", why, "make one with --method attribution"
            )
        return files.SavedMaps(self.folder / self.models[name]["file"])

    def features(self, name: str) -> np.ndarray:
        """Return a network's features, shape (n, d).

        Raises:
            UsageError: there is no such network.
            StorageError: the file is damaged, or the map keeps no features.
        """
        name = self.named(name)
        return files.read_array(self.folder / self.models[name]["file"], "features")

    def pictures(self) -> np.ndarray:
        """Return small copies of the probe's images, shape (n, h, w, 3), uint8.

        Raises:
            StorageError: the file is damaged, or the map has none.
        """
        return files.read_array(self.folder / files.PICTURES, "images")

    def _extend_table(
        self, extended: ModelMap, term: str, new: list[str]
    ) -> tuple[np.ndarray, dict[tuple[str, str], str]]:
        """Return a table with the rows and columns of new networks; the others' values are carried over."""
        size, total = len(self), len(extended)
        table, undefined = np.full((total, total), np.nan), dict(self.undefined.get(term, {}))
        table[:size, :size] = self.tables[term]
        items, options = {name: extended._item(term, name) for name in extended.names}, dict(self.method.options)
        added = {name: items[name] for name in new}
        found = pairwise(term, added, items, **options)
        table[size:] = found.values
        undefined |= found.undefined
        if SIMILARITIES.get(term).symmetric:
            table[:size, size:] = found.values[:, :size].T
            undefined |= {(b, a): why for (a, b), why in found.undefined.items()}
        elif size:
            back = pairwise(term, {name: items[name] for name in self.names}, added, **options)
            table[:size, size:] = back.values
            undefined |= back.undefined
        extended.notes += [note for note in found.notes if note not in extended.notes]
        return table, undefined

    def _item(self, term: str, name: str) -> Any:
        return self.maps(name) if SIMILARITIES.get(term).inputs == "maps" else self.features(name)

    def _save(self) -> None:
        from hubscore import __version__

        files.write_manifest(
            self.folder,
            {
                "hubscore": __version__,
                "changed": datetime.now(UTC).isoformat(timespec="seconds"),
                "method": self.method.to_json(),
                "probe": self.probe,
                "models": list(self.models.values()),
                "tables": {term: files.table_to_json(table) for term, table in self.tables.items()},
                "undefined": {
                    term: [[a, b, why] for (a, b), why in found.items()] for term, found in self.undefined.items()
                },
                "notes": self.notes,
            },
        )
