"""What may leave this machine: whether a data set is public, and a ranking without what names or shows a private
one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hubscore.calibration.shipped import is_shipped
from hubscore.errors import DatasetError
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.results.names import HUB_ID, last_name, public_name
from hubscore.types import Json, Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

PRIVATE = "private"
"""Stands for the name of a data set that is not told."""
HIDDEN = "[hidden]"

_PATH = re.compile(r"(?<![\w:/.])(?:~|\.{1,2})?(?:/|[A-Za-z]:\\|\\\\)[^\s'\"`,;:()<>]+")
_QUOTED = re.compile(
    r"(?<!\w)(['\"])(?:~|\.{1,2})?(?:/|[A-Za-z]:\\|\\\\)[^'\"\n]*\1"
)  # a path between quotes may hold spaces
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{8,}")
_PROBE = ("target", "modality", "fingerprint", "seed", "samples", "labelled")
_RECORD = (
    "ordered_by",
    "order_text",
    "versions",
    "hardware",
    "date",
    "seeds",
    "options",
    "recipe",
    "uncertainty",
    "warnings",
    "extractions",
    "milliseconds",
    "left_out",
    "forward_images",
    "input_size",
    "input_sizes",
    "finetuning",
    "samples",
)
_CALIBRATION = ("schema", "modality", "features", "layers", "ranges")
"""What stays of a calibration of one's own: its provenance names tables and data sets."""
_OWN_TRUTH = "by a calibration of the publisher's own"
"""In place of the words about its truth, which name a table where nobody chose others."""
_NAMING = ("--base-model", "--search", "--tag")
"""Options whose value is text for the Hub, whatever it looks like."""
_HOME = "https://huggingface.co"


def is_public(ranking: Ranking | Mapping[str, Any], api: HfApi) -> bool:
    """Say whether anybody can read the data set that a ranking was made on: on the Hub, neither private nor gated nor
    disabled.

    A local folder is never public, whatever it is called. The Hub is asked without a token.

    Args:
        ranking: the ranking or its JSON.
        api: the Hub client; only its address is used.

    Raises:
        HubError: the Hub could not be asked, so that nobody knows.
    """
    from huggingface_hub.utils import httpx

    probe = ranking.probe.to_json() if isinstance(ranking, Ranking) else ranking.get("probe") or {}
    name = probe.get("dataset")
    if not isinstance(name, str) or not probe.get("revision") or not HUB_ID.fullmatch(name):
        return False
    try:
        info = retry(lambda: api.dataset_info(name, token=False))
    except (OSError, ValueError, httpx.HTTPError) as error:
        told = explain_error(error, name, kind="dataset")
        if isinstance(told, DatasetError):  # unknown to strangers
            return False
        raise told from error
    return not (info.private or info.gated or info.disabled)


def redacted(ranking: Mapping[str, Any]) -> Json:
    """Return a ranking's JSON without the data set's name, configuration, columns, classes and row numbers, and without
    the command line.

    What stays is listed here, so that a key that is added later stays at home until somebody lists it. Folders of local
    checkpoints are cut down to their last name; reasons and warnings lose names and paths, and nothing ever carries a
    token.

    Args:
        ranking: as :meth:`Ranking.to_json` gives it.

    Returns:
        A new mapping of the same shape; ``probe["redacted"]`` is true.
    """
    probe, record = ranking.get("probe") or {}, ranking.get("record") or {}
    names = {str(row["model"]): public_name(row) for row in ranking.get("rows") or ()}
    hide = _hider((*_words(probe), *_folders(ranking)))
    return {
        **{key: ranking[key] for key in ("schema", "agreement", "scores") if key in ranking},
        "rows": [_row(row, names, hide) for row in ranking.get("rows") or ()],
        "skipped": _skipped(ranking, hide),
        "probe": _probe(probe),
        "record": _record(record, names, hide),
    }


def without_folders(ranking: Mapping[str, Any]) -> Json:
    """Return a ranking's JSON with the folders of this machine cut down to their last name, for a data set that may be
    named.

    The command line and every text lose paths and tokens too; everything else stays.
    """
    names = {str(row["model"]): public_name(row) for row in ranking.get("rows") or ()}
    hide = _hider(_folders(ranking))
    told = ranking.get("record") or {}
    record = {key: hide(_renamed(value, names)) for key, value in told.items()}
    known = told.get("expected")
    if isinstance(known, Mapping) and not is_shipped(known.get("calibration")):
        record["expected"] |= {"calibration": _unnamed(record["expected"].get("calibration"))}
    if isinstance(told.get("command"), str):
        record["command"] = hide(_command(told["command"], ranking))
    if isinstance(told.get("extractions"), Mapping):
        record["extractions"] = {
            names.get(model, last_name(model)): facts for model, facts in told["extractions"].items()
        }
    if isinstance(told.get("maps_skipped"), Mapping):
        record["maps_skipped"] = {
            kind: {names.get(model, last_name(model)): hide(reason) for model, reason in skipped.items()}
            for kind, skipped in told["maps_skipped"].items()
        }
    if isinstance(told.get("reference"), Mapping):
        record["reference"] |= {"model": public_name(told["reference"])}
    probe = dict(ranking.get("probe") or {})
    if probe.get("dataset") and not probe.get("revision"):
        probe = hide(probe) | {"dataset": last_name(str(probe["dataset"]), local=True)}
    rows = [_row(row, names, hide) for row in ranking.get("rows") or ()]
    return {**ranking, "rows": rows, "skipped": _skipped(ranking, hide), "probe": probe, "record": record}


def _skipped(ranking: Mapping[str, Any], hide: Callable[[Any], Any]) -> list[Json]:
    return [
        {"model": last_name(str(it.get("model"))), "reason": hide(it.get("reason"))}
        for it in ranking.get("skipped") or ()
    ]


def _probe(probe: Mapping[str, Any]) -> Json:
    kept = {key: probe[key] for key in _PROBE if key in probe}
    empty: Json = {"dataset": PRIVATE, "config": None, "split": None, "revision": None, "indices": [], "classes": []}
    fresh = [{key: other[key] for key in ("seed", "fingerprint") if key in other} for other in probe.get("fresh") or ()]
    return (
        empty
        | kept
        | {"n_classes": len(probe.get("classes") or ()), "redacted": True}
        | ({"fresh": fresh} if fresh else {})
    )


def _record(record: Mapping[str, Any], names: Mapping[str, str], hide: Callable[[Any], Any]) -> Json:
    kept = {key: record[key] for key in _RECORD if key in record}
    if isinstance(record.get("expected"), Mapping):
        known = record["expected"]
        truth = str(known.get("truth") or "")
        said = truth if is_shipped(known.get("calibration")) else _OWN_TRUTH
        kept["expected"] = {**hide({**known, "truth": said}), "calibration": _unnamed(known.get("calibration"))}
        if truth and "order_text" in kept:
            kept["order_text"] = str(kept["order_text"]).replace(truth, said)
    for key in ("order_text", "warnings", "left_out", "options", "finetuning", "input_sizes"):
        if key in kept:
            kept[key] = hide(_renamed(kept[key], names))
    if isinstance(kept.get("extractions"), Mapping):
        kept["extractions"] = {
            names.get(model, last_name(model)): facts for model, facts in kept["extractions"].items()
        }
    if record.get("endpoint") == _HOME:
        kept["endpoint"] = _HOME
    return kept


def _unnamed(calibration: Any) -> Json:
    """Return a calibration without what it was made from."""
    made = calibration if isinstance(calibration, Mapping) else {}
    return {key: made[key] for key in _CALIBRATION if key in made}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value in which models are called as they may be published, also where they are keys."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {names.get(key) or _key(str(key)): _renamed(item, names) for key, item in value.items()}
    return [_renamed(item, names) for item in value] if isinstance(value, (list, tuple)) else value


def _key(name: str) -> str:
    """Return a key of a record; a folder that is one, of which nothing is known, by its last name."""
    rooted = re.match(r"[~.]{0,2}[/\\]|[A-Za-z]:[/\\]", name)
    return last_name(name, local=True) if rooted or re.fullmatch(r"[^\s/\\]+([/\\][^\s/\\]+){2,}", name) else name


def _row(row: Mapping[str, Any], names: Mapping[str, str], hide: Callable[[Any], Any]) -> Json:
    told = {"notes": hide(row["notes"])} if row.get("notes") else {}
    return {**row, **told, "model": names[str(row["model"])], "undefined": hide(row.get("undefined") or {})}


def _folders(ranking: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of this machine's folders that a text may repeat; a name without a folder in it tells nothing
    of where it lies.
    """
    record, probe = ranking.get("record") or {}, ranking.get("probe") or {}
    reference = record.get("reference")
    rows = [*(ranking.get("rows") or ()), *([reference] if isinstance(reference, Mapping) else ())]
    names = [str(row["model"]) for row in rows if str(row.get("revision") or "").startswith("local-")]
    others = [str(item.get("model")) for item in ranking.get("skipped") or ()]
    names += [
        name for name in (*others, *(record.get("extractions") or ())) if not HUB_ID.fullmatch(name.partition("@")[0])
    ]
    names += [] if probe.get("revision") else [str(probe.get("dataset") or "")]
    yield from (name for name in names if re.search(r"[/\\]", name))


def _command(command: str, ranking: Mapping[str, Any]) -> str:
    """Return a command line of which every word that looks like a path is hidden, unless it is known to name a repo."""
    record, probe = ranking.get("record") or {}, ranking.get("probe") or {}
    rows = [*(ranking.get("rows") or ()), record.get("reference") or {}]
    known = [row.get("model") for row in rows if not str(row.get("revision") or "").startswith("local-")]
    known += [
        *(item.get("model") for item in ranking.get("skipped") or ()),
        probe.get("dataset") if probe.get("revision") else None,
    ]
    repos = {name for model in known if HUB_ID.fullmatch(name := str(model).partition("@")[0])}
    try:
        words = shlex.split(command)
    except ValueError:
        return HIDDEN

    def redact(word: str, before: str) -> str:
        value = word.partition("=")[2] if word.startswith("-") else word
        named = re.match(r"(?:https?|hf)://", value) or value.partition("@")[0] in repos or before in _NAMING
        return shlex.quote(word) if named or not re.search(r"[/\\]", value) else HIDDEN

    return " ".join(redact(word, before) for word, before in zip(words, ["", *words], strict=False))


def _words(probe: Mapping[str, Any]) -> Iterator[str]:
    """Yield what names a data set or shows what is in it."""
    told = [probe.get(key) for key in ("dataset", "config", "split", "revision", "image_column", "label_column")]
    told += [*(probe.get("classes") or ()), *(str(probe.get("dataset") or "").replace("\\", "/").split("/"))]
    yield from (str(word) for word in told if word)


def _hider(told: Iterable[str]) -> Callable[[Any], Any]:
    """Return what takes words, paths and tokens out of every text of a JSON value; keys stay."""
    words = sorted({word for word in told if word.strip(" .~0123456789")}, key=len, reverse=True)
    secret = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", re.IGNORECASE) if words else None

    def hide(value: Any) -> Any:
        if isinstance(value, str):
            plain = secret.sub(HIDDEN, value) if secret else value
            return _TOKEN.sub(HIDDEN, _PATH.sub(HIDDEN, _QUOTED.sub(HIDDEN, plain)))
        if isinstance(value, Mapping):
            return {key: hide(item) for key, item in value.items()}
        return [hide(item) for item in value] if isinstance(value, (list, tuple)) else value

    return hide
