import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from boards import boards_of, choose
from data import Folder, Results
from licences import ALLOWING, COMMERCIAL
from state import State

from hubscore.candidates.advice import LICENSES


@pytest.mark.parametrize("asked", [(COMMERCIAL,), (COMMERCIAL, "cc-by-nc-4.0"), (COMMERCIAL, "unknown")])
def test_the_filter_lets_through_what_allows_commercial_use_and_what_is_named(example, asked):
    snapshot = Results(Folder(example)).snapshot()
    shown = choose(snapshot, boards_of(snapshot), State(licenses=asked)).shown
    named = {"" if name == "unknown" else name for name in asked} - {COMMERCIAL}
    assert set(shown["license"]) == {"apache-2.0", "mit"} | named


def test_every_licence_of_the_list_is_one_that_the_hub_knows_and_none_forbids_it():
    assert set(LICENSES) >= ALLOWING
    assert not [name for name in ALLOWING if "-nc" in name or "-nd" in name or "noncommercial" in name]
