"""What to change where a search finds nothing: the near word for a misspelt one, then the filter in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from hubscore.candidates.query import Query
from hubscore.errors import alternatives
from hubscore.hub.near_names import near_names, near_owners, near_words, other_kind

if TYPE_CHECKING:
    from huggingface_hub import HfApi

LICENSES = tuple(
    """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
    afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
    cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
    cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0
    lgpl lgpl-2.1 lgpl-3.0 isc lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openrail++ osl-3.0
    postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license fair-noncommercial-research-license llama2
    llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other
    """.split()
)
"""Licence tags that the Hub knows; a repo may have another one."""
TASKS = tuple(
    """
    image-classification image-feature-extraction image-segmentation object-detection depth-estimation
    zero-shot-image-classification zero-shot-object-detection mask-generation image-to-image image-to-text
    image-text-to-text image-to-video image-to-3d text-to-image text-to-video text-to-3d unconditional-image-generation
    video-classification video-text-to-text visual-question-answering document-question-answering keypoint-detection
    visual-document-retrieval text-classification token-classification table-question-answering question-answering
    zero-shot-classification translation summarization feature-extraction text-generation fill-mask sentence-similarity
    text-ranking text-to-speech text-to-audio automatic-speech-recognition audio-to-audio audio-classification
    audio-text-to-text voice-activity-detection tabular-classification tabular-regression time-series-forecasting
    reinforcement-learning robotics graph-ml any-to-any other
    """.split()
)
"""Pipeline tags that the Hub knows."""
_STEPS = tuple(step * 10**power for power in range(8, 12) for step in (1, 3))[1:]


def advice(
    query: Query,
    api: HfApi,
    lists: Callable[[Query], bool],
    *,
    larger: Iterable[int],
    smaller: Iterable[int],
    listed: bool,
) -> str:
    """Return what to type in place of a search that found nothing.

    Args:
        query: the search.
        api: the Hub client, asked for near names of an owner or base model.
        lists: whether the Hub lists anything for another search.
        larger: numbers of parameters of repos that were only too large.
        smaller: of those that were only too small.
        listed: whether the Hub listed anything at all.
    """
    corrected = _corrected(query, api, listed)
    if corrected:
        return ", and ".join(corrected)
    ways = []
    if least := min(larger, default=0):
        ways.append(f"--max-params {_written(next((step for step in _STEPS if step >= least), None))}")
    if any(True for _ in smaller):
        ways.append("drop --min-params")
    without = {
        "--search": replace(query, search=""),
        "--task": replace(query, task=None),
        "--library": replace(query, libraries=()),
        "--license": replace(query, licenses=()),
        "--author": replace(query, author=None),
        "--tag": replace(query, tags=()),
        "--base-model": replace(query, base_model=None),
    }
    named = [option for option, changed in without.items() if changed != query]
    if named and not ways:
        helpful = [option for option in named if len(named) > 1 and lists(without[option])]
        ways.append(f"drop {' or '.join(helpful) or ' and '.join(named)}")
    return alternatives(*ways) or "name the candidates: --models ID"


def _corrected(query: Query, api: HfApi, listed: bool) -> list[str]:
    """Return the options that were misspelt, with the word that was meant."""
    near = {"--task": [] if query.task in (None, *TASKS) else near_words(str(query.task), TASKS)}
    unknown = [name for name in query.licenses if name.lower() not in LICENSES]
    near["--license"] = [one for name in unknown for one in near_words(name, LICENSES, 1)]
    if not listed and query.author:
        owners = near_owners(query.author, api)
        near["--author"] = [] if query.author in owners else owners
    if not listed and query.base_model and other_kind(query.base_model, api, kind="space") != "model":
        near["--base-model"] = near_names(query.base_model, api)
    return [f"{option} {words[0]}" for option, words in near.items() if words]


def _written(count: int | None) -> str:
    """Write a number of parameters as the option takes it."""
    if count is None:
        return "none"
    return f"{count // 10**9}B" if count >= 10**9 else f"{count // 10**6}M"
