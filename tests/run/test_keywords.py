import inspect
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pytest

from hubscore.errors import UsageError
from hubscore.run.keywords import Options, declared, option, takes_options


@dataclass(frozen=True, kw_only=True)
class Walk(Options):
    parameter: ClassVar[str] = "walk"
    former: ClassVar[Mapping[str, str]] = {"direction": "way"}

    steps: int = option(10, "How many.", "--steps -s", int, "Feet", "N", min=2)
    way: str | None = option(None, "Where to.", "--way", str | None, "Feet", python="Where to, as a word.")
    secret: bool = option(False, "Python's alone.")


@takes_options(Walk, defaults={"steps": 20}, omit=("secret",))
def go(place: str, *, loud: bool = False, walk: Walk) -> tuple[str, bool, Walk]:
    """Go somewhere.

    Args:
        place: to start at.
        loud: with noise.
        walk: as one object.

    Returns:
        All of it.
    """
    return place, loud, walk


def test_keywords_become_an_object_with_the_functions_own_defaults():
    assert go("home", way="north") == ("home", False, Walk(steps=20, way="north"))
    assert go("home", loud=True, steps=3)[1:] == (True, Walk(steps=3))


def test_a_former_name_still_works_and_warns():
    with pytest.warns(DeprecationWarning, match="'direction' is now called 'way'; the old name will go") as told:
        assert go("home", direction="north") == go("home", way="north")
    assert told[0].filename == __file__ and "direction" not in inspect.signature(go).parameters
    with pytest.raises(TypeError, match=r"go\(\) got both 'way' and 'direction', its former name"):
        go("home", direction="north", way="south")


def test_an_object_is_taken_whole():
    made = Walk(steps=5)
    assert go("home", walk=made)[2] is made


def test_an_object_and_a_part_of_it_exclude_each_other():
    with pytest.raises(TypeError, match=r"go\(\) got both 'walk' and 'steps', which is a part of it"):
        go("home", walk=Walk(), steps=3)


@pytest.mark.parametrize(
    ("wrong", "told"), [("step", "did you mean 'steps'"), ("zzz", "keyword 'zzz'$"), ("secret", "keyword 'secret'")]
)
def test_a_wrong_keyword_is_a_type_error_with_a_near_name(wrong, told):
    with pytest.raises(TypeError, match=told):
        go("home", **{wrong: 1})


def test_the_signature_lists_every_keyword_with_its_default():
    listed = inspect.signature(go).parameters
    assert list(listed) == ["place", "loud", "steps", "way", "walk"]
    assert listed["steps"].default == 20 and listed["way"].default is None and listed["walk"].default is None
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for name, one in listed.items() if name != "place")


def test_the_docstring_lists_every_keyword_among_the_arguments():
    arguments = go.__doc__.partition("Args:")[2].partition("Returns:")[0]
    assert "    steps: How many.\n" in arguments and "    way: Where to, as a word.\n" in arguments
    assert "secret" not in arguments and arguments.index("walk:") < arguments.index("steps:")


def test_bounds_are_checked_when_an_object_is_made():
    with pytest.raises(UsageError, match=r"--steps must be at least 2: it is 1\nTry: --steps 10"):
        Walk(steps=1)
    assert Walk(steps=2).steps == 2


@dataclass(frozen=True, kw_only=True)
class Ride(Options):
    parameter: ClassVar[str] = "ride"

    horse: str | None = option(None, "Which.", "--horse")
    reins: int = option(2, "How many.", "--reins", needs="horse")
    saddle: bool | None = option(None, "Whether.", "--saddle/--no-saddle", needs="horse")


@pytest.mark.parametrize(
    ("given", "typed"), [({"reins": 3}, "--reins"), ({"saddle": True}, "--saddle"), ({"saddle": False}, "--no-saddle")]
)
def test_what_would_be_ignored_is_refused(given, typed):
    with pytest.raises(
        UsageError, match=f"^{typed} would change nothing: it goes with --horse\nTry: leave out {typed}"
    ):
        Ride(**given)
    assert Ride(horse="a", **given) and Ride(reins=2, saddle=None)


def test_options_are_frozen_and_named():
    with pytest.raises(FrozenInstanceError):
        Walk().steps = 3
    with pytest.raises(TypeError):
        Walk(3)


def test_fields_say_what_they_are():
    about = {one.name: about for one, about in declared(Walk)}
    assert about["steps"].flags == ("--steps", "-s") and about["secret"].flags == ()
    assert (about["steps"].panel, about["steps"].metavar, about["steps"].min) == ("Feet", "N", 2)
