from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from hubscore.types.open_record import OpenRecord, each, optional, reads, tuples


@dataclass(frozen=True)
class Leg(OpenRecord):
    length: float = 0.0
    knee: str | None = field(default=None, metadata=optional())


@dataclass(frozen=True)
class Animal(OpenRecord):
    name: str
    tags: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    legs: Mapping[str, Leg] = field(default_factory=dict, metadata=reads(each(Leg.from_json)))
    age: int | None = None


def test_json_goes_both_ways():
    cat = Animal("cat", ("soft",), {"left": Leg(1.5, "bent")}, 3)
    data = {"name": "cat", "tags": ["soft"], "legs": {"left": {"length": 1.5, "knee": "bent"}}, "age": 3}
    assert cat.to_json() == data and Animal.from_json(data) == cat


def test_a_field_that_is_optional_is_written_when_it_has_a_value():
    assert Leg(2.0).to_json() == {"length": 2.0} and Leg(2.0, "bent").to_json()["knee"] == "bent"
    assert Leg.from_json({"length": 2.0, "knee": None}).to_json() == {"length": 2.0, "knee": None}


def test_keys_of_newer_versions_stay_and_are_not_compared():
    newer = Animal.from_json({"name": "cat", "wings": [1, {"x": 2}]})
    assert newer.extra == {"wings": [1, {"x": 2}]} and newer.to_json() == {"name": "cat", "wings": [1, {"x": 2}]}
    assert newer == Animal("cat") and replace(newer, age=4).to_json()["wings"] == [1, {"x": 2}]


def test_keys_that_a_file_lacked_are_written_once_they_have_a_value():
    older = Animal.from_json({"name": "cat"})
    assert older.to_json() == {"name": "cat"} and not older.has("age") and Animal("cat").has("age")
    assert replace(older, age=5).to_json() == {"name": "cat", "age": 5}
    assert Animal("cat").to_json() == {"name": "cat", "tags": [], "legs": {}, "age": None}


def test_null_stands_for_the_default():
    assert Animal.from_json({"name": "cat", "tags": None, "legs": None}) == Animal("cat")


@pytest.mark.parametrize("data", [[], "cat", 5, {}, {"name": "cat", "legs": {"left": 5}}])
def test_what_is_not_such_an_object_is_refused(data):
    with pytest.raises(TypeError):
        Animal.from_json(data)
