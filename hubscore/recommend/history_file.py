"""The saved history: a folder with the numbers as safetensors and the names and facts as Parquet."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError
from hubscore.recommend.archi2vec.packing import Counts, pack, unpack
from hubscore.recommend.cells import MOST_CELLS, MOST_MODELS, MOST_TASKS, harmless
from hubscore.recommend.history import (
    MEASURED,
    SCHEMA,
    History,
    Kind,
    ModelFacts,
    TaskFacts,
)
from hubscore.recommend.rankings import SUM
from hubscore.recommend.stored_facts import facts_of, vectors_of_tasks
from hubscore.recommend.transfer_space import TransferSpace
from hubscore.scores.info import SCORES
from hubscore.text import clean, parse_json

NUMBERS, MODELS, TASKS = "history.safetensors", "history-models.parquet", "history-tasks.parquet"
FILES = (NUMBERS, MODELS, TASKS)
LARGEST = 1_000_000_000
"""Most bytes that a file of a history may have."""
_AGAIN = "build it again: hubscore history build SOURCE --out DIR"


def save_history(history: History, folder: Path, space: TransferSpace | None = None) -> None:
    """Write a history, and its transfer space where there is one, so that recommending need not fit it.

    Raises:
        StorageError: the disk is full, or the place is not writable.
    """
    from safetensors.numpy import save

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"Cannot write '{clean(folder)}'", error.strerror or str(error), "choose another --out"
        ) from error
    arrays: dict[str, Any] = {"values": history.values, "kinds": history.kinds}
    arrays |= {
        f"task_vector/{place}": history.task_vectors[task].vector
        for place, task in _having(history.tasks, history.task_vectors)
    }
    with_vectors = _having(history.models, history.architecture_vectors)
    if with_vectors:
        arrays["architectures"] = np.array([history.architecture_vectors[model] for _, model in with_vectors])
        arrays["architecture_rows"] = np.array([place for place, _ in with_vectors], dtype=np.int64)
    arrays |= pack(history.architecture_counts, history.models)
    about: dict[str, Any] = {"schema": history.schema, "score": history.score, "notes": list(history.notes)}
    if space is not None:
        arrays |= {"space_models": space.models, "space_tasks": space.tasks}
        about["space"] = {name: getattr(space, name) for name in _SPACE}
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_atomically(folder / NUMBERS, save(arrays, metadata={"hubscore": json.dumps(about)}))
    write_atomically(folder / MODELS, _table("model", history.models, history.model_facts, ModelFacts()))
    proxies = {
        task: {"proxy": history.task_vectors[task].proxy, "proxy_revision": history.task_vectors[task].proxy_revision}
        for _, task in _having(history.tasks, history.task_vectors)
    }
    facts = {task: history.task_facts.get(task, TaskFacts(task)) for task in history.tasks}
    write_atomically(folder / TASKS, _table("task", history.tasks, facts, TaskFacts(""), proxies))


def is_history(folder: Path) -> bool:
    """Whether a folder holds a saved history."""
    return (folder / NUMBERS).is_file()


def load_history(folder: Path) -> tuple[History, TransferSpace | None]:
    """Read a saved history; nothing in it is executed, and nothing in it is believed.

    Returns:
        The history, and its transfer space where the file holds one.

    Raises:
        StorageError: a file is missing, damaged or beyond all bounds, of another schema, or holds a value out of range
            or a name that cannot be one; what is wrong is named.
    """
    about, arrays = _numbers(folder / NUMBERS)
    models, tasks = _rows(folder / MODELS, "model", MOST_MODELS), _rows(folder / TASKS, "task", MOST_TASKS)
    names, columns = tuple(row["model"] for row in models), tuple(row["task"] for row in tasks)
    values, kinds = arrays.get("values"), arrays.get("kinds")
    if values is None or kinds is None or values.shape != (len(names), len(columns)) or kinds.shape != values.shape:
        raise _damaged(folder, f"its numbers do not fit its {len(names):,} models and {len(columns):,} data sets")
    score, notes = about.get("score", MEASURED), about.get("notes", [])
    if not isinstance(score, str) or not harmless(score) or not isinstance(notes, list):
        raise _damaged(folder, "what it says of itself cannot be")
    _check_values(folder, values, kinds, score, names, columns)
    history = History(
        names,
        columns,
        values.astype(np.float64),
        kinds.astype(np.int8),
        {row["model"]: facts_of(ModelFacts, row) for row in models},
        {row["task"]: facts_of(TaskFacts, row) for row in tasks},
        vectors_of_tasks(tasks, arrays),
        _architectures(folder, names, arrays),
        _counts(folder, names, arrays),
        score,
        SCHEMA,
        tuple(clean(note)[:300] for note in notes[:50]),
    )
    return history, _space(folder, about, arrays, values.shape)


_LARGEST = 1e300
"""Of the penalties and the objective of a transfer space."""
_SPACE = ("model_penalty", "task_penalty", "objective", "converged")


def _having(names: tuple[str, ...], known: Any) -> list[tuple[int, str]]:
    return [(place, name) for place, name in enumerate(names) if name in known]


def _damaged(path: Path, why: str) -> StorageError:
    return StorageError(f"Cannot read the history '{clean(path)}'", why, _AGAIN)


def _table(key: str, names: tuple[str, ...], facts: Any, empty: Any, more: Any = None) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            key: name,
            **{one.name: _plain(getattr(facts.get(name, empty), one.name)) for one in fields(empty)},
            **((more or {}).get(name, {})),
        }
        for name in names
    ]
    whole = {"parameters", "layers", "classes", "samples"}
    columns = [key, *(one.name for one in fields(empty)), *(["proxy", "proxy_revision"] if more is not None else [])]
    table = {
        name: pa.array([row.get(name) for row in rows], pa.int64() if name in whole else pa.string())
        for name in columns
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(table), sink, compression="zstd")
    return bytes(sink.getvalue())


def _plain(value: Any) -> Any:
    """Return a fact as a Parquet column has it: several in one text."""
    return (" ".join(value) or None) if isinstance(value, tuple) else value


def _rows(path: Path, key: str, most: int) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_size(path)
    try:
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > most:
            raise _damaged(path, f"it has {file.metadata.num_rows:,} rows, and a history may have {most:,}")
        rows: list[dict[str, Any]] = file.read().to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(path, f"it is damaged ({clean(error)[:100]})") from error
    for row in rows:
        if not isinstance(row.get(key), str) or not harmless(row[key]):
            raise _damaged(
                path,
                f"{clean(row.get(key))[:40]!r} cannot be the name of a {'model' if key == 'model' else 'data set'}",
            )
    if len({row[key] for row in rows}) != len(rows):
        raise _damaged(path, "a name occurs twice")
    return rows


def _check_size(path: Path) -> None:
    if not path.is_file():
        raise _damaged(path, "there is no such file")
    if path.stat().st_size > LARGEST:
        raise _damaged(path, f"it has {path.stat().st_size:,} bytes, and a history may have {LARGEST:,}")


def _numbers(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from safetensors import SafetensorError, safe_open

    _check_size(path)
    try:
        with safe_open(path, framework="numpy") as opened:
            about = parse_json((opened.metadata() or {}).get("hubscore", "null"))
            schema = about.get("schema") if isinstance(about, dict) else None
            if schema != SCHEMA:
                why = (
                    f"it has schema {clean(schema)}, and this hubscore reads {SCHEMA}" if schema else "it is no history"
                )
                raise _damaged(path, why)
            names = list(opened.keys())
            for name in names:
                if int(np.prod(opened.get_slice(name).get_shape())) > MOST_CELLS:
                    raise _damaged(path, f"{clean(name)!r} has more than {MOST_CELLS:,} cells")
            return about, {name: opened.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise _damaged(path, f"it is damaged ({clean(error)[:100]})") from error


def _check_values(folder: Path, values: Any, kinds: Any, score: str, models: Any, tasks: Any) -> None:
    """Refuse cells that no honest run has."""
    known = ~np.isnan(values)
    if not np.isin(kinds, list(Kind)).all() or ((kinds > 0) != known).any():
        raise _damaged(folder, "which cells are known does not fit the values")
    low, high = _bounds(score)
    outside = known & np.where(
        kinds == Kind.MEASURED, (values < 0) | (values > 1), ~((values >= low) & (values <= high))
    )
    if outside.any():
        model, task = np.argwhere(outside)[0]
        why = f"{int(outside.sum()):,} values are out of range, the first of {models[model]} on {tasks[task]}: "
        raise _damaged(folder, f"{why}{values[model, task]:g}")


def _bounds(score: str) -> tuple[float, float]:
    """Return the range of estimated cells; a score that this installation does not know must only be finite."""
    most = float(np.finfo(np.float64).max)
    if score in (MEASURED, "expected", "measured"):
        return 0.0, 1.0
    if score == SUM or score not in {info.name for info in SCORES}:
        return -most, most
    info = SCORES.get(score)
    low, high = (
        float(end) if not isinstance(end, str) else {"-inf": -most, "inf": most}.get(end)
        for end in (info.low, info.high)
    )
    low, high = -most if low is None else low, most if high is None else high
    return (-high - 1e-6, -low + 1e-6) if info.direction == "lower" else (low - 1e-6, high + 1e-6)


def _architectures(folder: Path, names: tuple[str, ...], arrays: dict[str, Any]) -> dict[str, Any]:
    vectors, places = arrays.get("architectures"), arrays.get("architecture_rows")
    if vectors is None or places is None:
        return {}
    usable = vectors.ndim == 2 and places.shape == (len(vectors),) and np.isfinite(vectors).all()
    if not usable or ((places < 0) | (places >= len(names))).any():
        raise _damaged(folder, "its architecture vectors do not fit its models")
    return {names[place]: vector for place, vector in zip(places.tolist(), vectors.astype(np.float32), strict=True)}


def _counts(folder: Path, names: tuple[str, ...], arrays: dict[str, Any]) -> dict[str, Counts]:
    try:
        return unpack(arrays, names)
    except ValueError as error:
        raise _damaged(folder, clean(error)) from error


def _space(folder: Path, about: dict[str, Any], arrays: dict[str, Any], shape: tuple[int, int]) -> TransferSpace | None:
    models, tasks, words = arrays.get("space_models"), arrays.get("space_tasks"), about.get("space")
    if models is None or tasks is None or not isinstance(words, dict) or set(words) != set(_SPACE):
        return None
    fits = models.ndim == tasks.ndim == 2 and (len(models), len(tasks)) == shape and models.shape[1] == tasks.shape[1]
    if not fits or not all(np.isfinite(side).all() and (side >= 0).all() for side in (models, tasks)):
        raise _damaged(folder, "its transfer space does not fit its values")
    numbers = [words[name] for name in _SPACE[:3]]
    if not all(isinstance(number, (int, float)) and 0 <= number < _LARGEST for number in numbers):
        raise _damaged(folder, "its transfer space has penalties that are no numbers")
    model_penalty, task_penalty, reached = map(float, numbers)
    return TransferSpace(models, tasks, model_penalty, task_penalty, reached, bool(words["converged"]))
