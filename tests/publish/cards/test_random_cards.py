"""Random front matter: after every splice the card parses, every earlier result is there, and nothing but our lines
differs.
"""

import random

import pytest
import yaml
from huggingface_hub import ModelCard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubscore.publish.cards import frontmatter
from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.ours import own, results_of
from hubscore.publish.cards.splice import splice_result

LOGME = "LogME (transferability estimate, not accuracy)"
RESULT = {
    "task": {"type": "image-classification", "name": "Transferability estimate (hubscore)"},
    "dataset": {
        "type": "user/birds",
        "name": "user/birds: 3 #1",
        "config": "default",
        "split": "train",
        "revision": "12e4",
    },
    "metrics": [{"type": "logme", "name": LOGME, "value": 0.8123, "args": {"rank": 1, "candidates": 12}}],
    "source": {"name": "hubscore", "url": "https://hub/x"},
}
NEWER = {**RESULT, "metrics": [{"type": "logme", "name": LOGME, "value": 0.5}]}


def spliced(card: str, result: dict = RESULT) -> str:
    return splice_result(card, result, model="org/net")


COMMENTS = ("", "# note", "   # deep", "# - a: b", "")
WORDS = st.sampled_from(
    (
        "",
        "yes",
        "80.10",
        "1e5",
        "# no",
        "a: b",
        "é漢🙂",
        "'q'",
        '"',
        "- x",
        "---",
        "\u2028",
        "[",
        "{",
        "|",
        "&a",
        "*a",
        "~",
        "0x1F",
    )
)
VALUES = st.recursive(
    WORDS | st.integers(-5, 5) | st.floats(allow_nan=False, width=16) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.dictionaries(st.sampled_from(("license", "tags", "widget", "x-own", "é", "datasets")), VALUES, max_size=3)
METRICS = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("accuracy"), "value": st.floats(0, 1) | WORDS}, optional={"name": WORDS, "args": VALUES}
    ),
    min_size=1,
    max_size=2,
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "task": st.just({"type": "t"}),
            "dataset": st.fixed_dictionaries({"type": WORDS.filter(bool), "name": WORDS}),
            "metrics": METRICS,
        },
        optional={"source": st.just({"name": "hubscore", "url": "https://other"}), "more": VALUES},
    ),
    max_size=3,
)
INDEX = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(("net", "org/net", "z")), "results": ENTRIES}), max_size=2
)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A valid card with foreign metadata, in a random style, with comments between its lines."""
    data = draw(KEYS)
    if draw(st.booleans()):
        items = [*data.items(), ("model-index", draw(INDEX))]
        data = dict(items if draw(st.booleans()) else items[::-1])
    told = (
        yaml.safe_dump(
            data,
            sort_keys=False,
            allow_unicode=draw(st.booleans()),
            indent=draw(st.sampled_from((2, 4))),
            width=draw(st.sampled_from((20, 200))),
            default_style=draw(st.sampled_from((None, None, "'", '"'))),
            default_flow_style=draw(st.sampled_from((False, False, None))),
        )
        if data
        else ""
    )
    rng = random.Random(draw(st.integers(0, 99)))
    lines = [
        line for text in told.splitlines() for line in ((text, rng.choice(COMMENTS)) if rng.random() < 0.2 else (text,))
    ]
    newline = draw(st.sampled_from(("\n", "\n", "\r\n")))
    body = draw(st.sampled_from(("", "# A\n", "text\n---\nmodel-index: x\n---\n", "no end", "---\n")))
    mark = draw(st.sampled_from(("", "", "\ufeff")))
    return mark + newline.join(("---", *lines, "---", body.replace("\n", newline)))


@pytest.fixture(params=[frontmatter.LONG, 0], ids=["python", "libyaml"])
def loader(request):
    """Every card is read by the parser in Python, and by libyaml as if it were long."""
    before = frontmatter.LONG
    frontmatter.LONG = request.param
    frontmatter.read_front_matter.cache_clear()
    yield
    frontmatter.LONG = before
    frontmatter.read_front_matter.cache_clear()


QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def holds(card: str, after: str) -> None:
    """What must be true after every splice."""
    before = ModelCard(card.removeprefix("\ufeff")).data
    told = ModelCard(after.removeprefix("\ufeff"))
    mine = [
        result
        for result in told.data.eval_results
        if result.dataset_type == "user/birds" and result.dataset_revision == "12e4"
    ]
    assert [(result.metric_name, result.metric_value) for result in mine] == [(LOGME, 0.8123)]
    known = [repr(result) for result in before.eval_results or ()]
    assert known == [repr(result) for result in told.data.eval_results if repr(result) in known]
    assert spliced(after) == after and spliced(spliced(after, NEWER)) == after


@QUICK
@given(cards())
def test_after_every_splice_the_card_parses_and_every_earlier_result_is_there(loader, card):
    try:
        after = spliced(card)
    except CardRefused:
        return
    holds(card, after)
    common = next(
        (n for n, (old, new) in enumerate(zip(card, after, strict=False)) if old != new), min(len(card), len(after))
    )
    inserted = len(after) - len(card)
    if "[]" not in card and "null" not in card:
        assert any(after[:n] + after[n + inserted :] == card for n in range(max(common - 400, 0), common + 1))


def test_most_of_those_cards_are_not_refused():
    refused, total = [], 0

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(cards())
    def count(card):
        nonlocal total
        total += 1
        try:
            spliced(card)
        except CardRefused as error:
            refused.append(str(error))

    count()
    assert len(refused) < 0.4 * total, refused


PIECES = (
    "---",
    "model-index:",
    "- name: net",
    "  results:",
    "  - task:",
    "    type: x",
    "license: mit",
    "&a",
    "*a",
    "a: &b",
    "c: *b",
    "\t",
    "[",
    "]",
    "{}",
    "|",
    ">-",
    "# c",
    "'",
    '"',
    "<<: *b",
    "? k",
    ": v",
    "...",
    "%YAML 1.1",
    "é\u2028",
    "\ufeff",
    "\x00",
    "  ",
    "",
    "!!int x",
    "---",
)


@settings(QUICK, max_examples=120)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(("\n", "\r\n", "\r")))
def test_whatever_stands_there_is_refused_or_comes_out_whole(loader, lines, newline):
    card = newline.join(("---", *lines))
    try:
        after = spliced(card)
    except CardRefused as error:
        assert str(error)
        return
    data = yaml.safe_load(ModelCard(after)._content.split("---", 1)[1].split(f"{newline}---", 1)[0])
    assert [entry for entry in results_of(data) if own(RESULT)(entry)] == [RESULT]
    assert spliced(after) == after
