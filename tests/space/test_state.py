import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from state import _KEYS, VIEWS, State, beyond, parse, query, renamed


@pytest.mark.parametrize(
    "state",
    [
        State(),
        State(view="compare", data="user/birds~0a1b2c3d", models=("a/b", "c/d&e=f", "ü/ß")),
        State(search="a b", licenses=("mit", "apache-2.0"), largest="25M", sort="logme", reverse=True, page=3),
        State(
            view="size",
            x="bytes",
            y="knn",
            run="2026-11-18T09-30-00Z-7f6c2ca3",
            map="maps/x.json",
            families=("vit",),
            libraries=("timm",),
            smallest="1M",
        ),
    ],
)
def test_an_address_reads_back(state):
    assert parse("?" + query(state)) == state


def test_defaults_leave_the_address_empty():
    assert query(State()) == ""


@pytest.mark.parametrize(
    "told",
    [
        "page=-1",
        "page=99999999999",
        "page=x",
        "view=nowhere",
        "a=" + "b" * 100_000,
        "&" * 500,
        "model=" * 300,
        "%ff%00",
        "q=" + "x" * 999,
    ],
)
def test_nonsense_is_left_out(told):
    state = parse(told)
    assert state.view in VIEWS and 1 <= state.page < 10**7 and len(state.search) <= 300 and len(state.models) <= 4


def test_names_of_older_addresses_become_todays_and_those_of_others_stay():
    older = "&".join(f"{name}=1" for name in _KEYS.values() if name != "view")
    told = renamed(f"view=size&{older}&__theme=dark&deep_link=x")
    assert told == "&".join(f"hs_{part}" for part in f"view=size&{older}".split("&")) + "&__theme=dark&deep_link=x"
    assert renamed(told) is None and parse(told) == parse(f"view=size&{older}")
    assert renamed("view=api") is None and renamed("") is None and renamed("page=1&" * 300) is None
    assert parse("hs_page=3&page=2").page == 3


def test_sizes_that_are_none_are_told():
    assert State(smallest="1M", largest="25 apples").unread == ("25 apples",) and State(largest="1.5b").unread == ()


def test_models_beyond_four_are_known():
    assert beyond("model=a&model=b&model=a&model=c&model=d&model=e") == ("e",) and beyond("hs_model=a") == ()


def test_four_models_at_most_and_each_once():
    assert parse("model=a&model=b&model=a&model=c&model=d&model=e").models == ("a", "b", "c", "d")
