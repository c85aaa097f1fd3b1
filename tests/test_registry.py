from dataclasses import dataclass

import pytest

from hubscore.errors import UsageError
from hubscore.registry import Registry, load_target


@dataclass(frozen=True)
class Entry:
    name: str
    meaning: str = ""


@pytest.fixture
def registry():
    return Registry("dish", group="hubscore.no-such-group", builtin=lambda: iter([Entry("soup"), Entry("salad")]))


def test_builtin_entries_are_found_by_name_and_in_order(registry):
    assert registry.get("salad") == Entry("salad")
    assert registry.names() == ("soup", "salad")


def test_an_unknown_name_has_near_names_and_a_command(registry):
    with pytest.raises(UsageError, match=r"Unknown dish 'sallad': did you mean salad\?\nTry: hubscore dishs"):
        registry.get("sallad")
    with pytest.raises(UsageError, match="there are salad, soup"):
        registry.get("xyz")
    alone = Registry("dish", group="hubscore.no-such-group", builtin=lambda: iter([Entry("soup")]))
    with pytest.raises(UsageError, match="Unknown dish 'xyz': there is soup"):
        alone.get("xyz")


def test_a_taken_name_is_refused_and_the_same_entry_again_is_not(registry):
    registry.add(Entry("stew"))
    registry.add(Entry("stew"))
    with pytest.raises(UsageError, match="Cannot register dish 'stew': the name is taken"):
        registry.add(Entry("stew", "another"))


def test_a_target_is_imported():
    assert load_target("math").tau == load_target("math:tau")
    assert load_target("math:tau") == pytest.approx(6.2831853)
