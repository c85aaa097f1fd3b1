"""What a data set is about, so that people find it: in the run's record, and for all data sets in one file.

Only what everybody can read already: of a data set that is not public its card is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.results.domains import guess_domain
from hubscore.publish.results.task_vectors import read_task_vectors, task_vectors_of
from hubscore.results.contents import DATASET_ABOUT
from hubscore.results.runs import Run
from hubscore.text import amount, clean
from hubscore.types import Json

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TEXT, TAGS, TAG, CLASSES, CLASS = 300, 12, 40, 300, 60
"""Most letters of the text, tags, letters of one, names of classes, letters of one."""
_BOARD = ("dataset", "config", "split", "revision", "fingerprint")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_BLOCKS = re.compile(r"^(```|~~~).*?^\1[ \t]*$|<!--.*?-->", re.DOTALL | re.MULTILINE)
_MARKUP = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|<[^>]+>|(?<=\])\([^)]*\)|[*`]{1,3}|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w)|[\[\]]"
)
_NO_PROSE = re.compile(
    r"\s*(?:[#|>=+]|[-*+] |\d+\. |-{3,}|\[!\[|.*(?:More Information Needed|base template for new datasets))"
)
_HEAD, _BODY = 100_000, 50_000
"""Letters of a card that are read, above and below its second line of dashes."""


def read_dataset_card(name: str, revision: str, api: HfApi) -> str:
    """Return the card of a data set as a stranger reads it; empty where there is none.

    Args:
        name: of the data set.
        revision: its commit.
        api: the Hub client; only its address is used.

    Raises:
        HubError: the Hub refused, failed or cannot be reached.
    """
    from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError
    from huggingface_hub.utils import httpx

    try:
        path = retry(
            lambda: api.hf_hub_download(name, "README.md", repo_type="dataset", revision=revision, token=False)
        )
        return Path(path).read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
    except (EntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError):
        return ""
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, name, kind="dataset") from error


def about_dataset(data: Mapping[str, Any], card: str = "") -> Json:
    """Return what is told of a ranking's data set: domain, tags, class names, numbers of rows and classes, a text.

    Args:
        data: the ranking's JSON, as it is sent.
        card: of the data set, empty where it is not told.
    """
    probe = data.get("probe") or {}
    classes = [clean(name)[:CLASS] for name in probe.get("classes") or ()]
    tags, text = card_tags(card), card_text(card)
    guessed = guess_domain(
        tags=tags,
        name=str(probe.get("dataset") or ""),
        text=text,
        classes=classes,
        modality=str(probe.get("modality") or "image"),
    )
    told = {
        "domain": guessed.name if guessed else None,
        "domain_from": f"guessed: {guessed.source} say{'' if guessed.source.endswith('s') else 's'} '{guessed.word}'"
        if guessed
        else None,
        "tags": tags,
        "classes": classes[:CLASSES],
        "n_classes": probe.get("n_classes") or len(classes) or None,
        "rows": probe.get("population"),
        "modality": probe.get("modality"),
        "text": text,
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def card_tags(card: str) -> list[str]:
    """Return the free tags of a card; those that the Hub reads itself (``task:...``) are none."""
    import yaml

    head = _FRONT.match(card)
    try:
        fields = yaml.safe_load(head[1]) if head and len(head[1]) <= _HEAD else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    told = fields.get("tags") if isinstance(fields, dict) else None
    tags = [clean(tag) for tag in told if isinstance(tag, str)] if isinstance(told, list) else []
    return [tag for tag in dict.fromkeys(tags) if tag and len(tag) <= TAG and ":" not in tag][:TAGS]


def card_text(card: str) -> str:
    r"""Return the first words of a card that are neither heading, picture, table, list nor code.

    Example:
        >>> card_text("# Birds\n\n![logo](x.png)\n\nPhotographs of **200** kinds of birds.\n")
        'Photographs of 200 kinds of birds.'
    """
    head = _FRONT.match(card)
    body = _BLOCKS.sub("", (card[head.end() :] if head else card)[:_BODY])
    for part in _paragraphs(body.split("\n")):
        text = clean(_MARKUP.sub("", part))
        if len(_letters(text)) >= 12:
            return shortened(text)
    return ""


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


def _paragraphs(lines: Iterable[str]) -> Iterable[str]:
    part: list[str] = []
    for line in [*lines, ""]:
        if line.strip() and not _NO_PROSE.match(line):
            part.append(line.strip())
            continue
        if part:
            yield " ".join(part)
        part = []


def shortened(text: str, most: int = TEXT) -> str:
    """Cut a text at the end of a sentence where one ends in its second half, else at a word."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: end + 1] if end > most // 2 else f"{cut.rpartition(' ')[0] or cut}…"


def with_about(data: Mapping[str, Any], about: Mapping[str, Any]) -> Json:
    """Return a ranking's JSON with what its data set is about."""
    return {**data, "record": {**(data.get("record") or {}), DATASET_ABOUT: dict(about)}}


def words(data: Mapping[str, Any]) -> str:
    """Say in the preview, field by field, what is told of the data set; empty where it is nothing."""
    about = (data.get("record") or {}).get(DATASET_ABOUT)
    if not isinstance(about, Mapping):
        return ""
    told = [f"domain '{about['domain']}' ({about['domain_from']})" if about.get("domain") else "no domain guessed"]
    told += [amount(int(about["rows"]), "row", "rows")] if about.get("rows") else []
    told += [amount(int(about["n_classes"]), "class", "classes")] if about.get("n_classes") else []
    told += [f"tags {', '.join(about['tags'])}"] if about.get("tags") else []
    told += [f'its card\'s first words "{about["text"]}"'] if about.get("text") else []
    return f"# so that the data set can be found, the record says: {'; '.join(told)}"


def about_json(old: bytes | None, runs: Sequence[Run]) -> bytes | None:
    """Return ``dataset_about.json``, one line a run, the oldest first, with these runs in it; none without any.

    Args:
        old: the file as it is; one that is damaged is begun anew.
        runs: their records say what their data sets are about.
    """
    kept = [one for one in read_task_vectors(old) if one.get("run") not in {run.id for run in runs}]
    for run in runs:
        about, probe = (run.data.get("record") or {}).get(DATASET_ABOUT), run.data.get("probe") or {}
        if isinstance(about, Mapping):
            kept.append({"run": run.id, **{name: probe.get(name) for name in _BOARD}, **about})
    if not kept and old is None:
        return None
    return task_vectors_of(sorted(kept, key=lambda one: str(one.get("run"))))
