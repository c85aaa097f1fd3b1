"""A ranking whose every string is hostile."""

from dataclasses import replace

import pytest

from hubscore.types import Agreement, ProbeDescription, Ranking, Row, RunRecord, ScoreDescription, Skipped

EVIL = '<script>alert("x")</script>\x1b[2J\u202e|`&'
"""What a stranger may have put into a name, a licence or a class: markup, an escape sequence, a direction mark."""


@pytest.fixture(scope="session")
def evil_ranking() -> Ranking:
    """A ranking whose every string is hostile."""
    row = Row(
        rank=1,
        model=EVIL,
        revision=EVIL,
        library=EVIL,
        license=EVIL,
        family=EVIL,
        scores={EVIL: 1.0},
        undefined={f"u{EVIL}": EVIL},
        consensus=0.5,
        tie_group=1,
        baselines={EVIL: 1.0},
    )
    score = ScoreDescription(
        title=EVIL, direction=EVIL, range=EVIL, paper=EVIL, plain_words={"measures": EVIL}, family=EVIL
    )
    return Ranking(
        rows=(row,),
        skipped=(Skipped(EVIL, EVIL),),
        probe=ProbeDescription(
            dataset=EVIL, config=EVIL, split=EVIL, revision=EVIL, classes=(EVIL,), notes=(EVIL,), indices=(0,)
        ),
        agreement=Agreement({EVIL: {EVIL: 1.0}}, {EVIL: 0.9}),
        scores={EVIL: replace(score, options={EVIL: EVIL}), f"u{EVIL}": score},
        record=RunRecord(
            warnings=(EVIL,), command=EVIL, versions={EVIL: EVIL}, endpoint="javascript:alert(1)", date=EVIL
        ),
    )
