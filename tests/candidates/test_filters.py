from candidates.conftest import client

from hubscore.candidates.filters import CandidateFilter, format_millions
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo

FILES = {"config.json": None, "model.safetensors": None}


def reason(shelf, query=None, **known):
    facts = RepoInfo(
        name="org/net", revision="0" * 40, **{"files": FILES, "library_name": "timm", "parameters": 1000, **known}
    )
    return CandidateFilter(query or Query(), client(shelf({}))).reason_against(facts)


def test_a_good_repo_is_admitted(shelf):
    assert reason(shelf) is None


def test_a_disabled_repo_is_left_out(shelf):
    assert reason(shelf, disabled=True) == "disabled"


def test_an_adapter_counts_as_one_even_when_it_is_for_text(shelf):
    assert reason(shelf, library_name="peft", task="text-generation") == "adapter"


def test_a_listing_without_files_goes_by_the_parameter_counts(shelf):
    assert reason(shelf, files={}, dtypes={"F32": 1000}) is None
    assert reason(shelf, files={}) == "no safetensors weights"


def test_without_a_limit_unknown_sizes_pass(shelf):
    assert reason(shelf, Query(max_params=None), parameters=None) is None
    assert reason(shelf, Query(), parameters=None) == "number of parameters unknown"


def test_the_limits_themselves_are_admitted(shelf):
    assert reason(shelf, Query(max_params=1000, min_params=1000)) is None
    assert reason(shelf, Query(max_params=999)) == "more than 999 parameters"
    assert reason(shelf, Query(min_params=1001)) == "fewer than 1 k parameters"


def test_counts_are_written_short():
    assert [format_millions(count) for count in (12, 850_000, 100_000_000, 1_200_000_000)] == [
        "12",
        "850 k",
        "100 M",
        "1.2 B",
    ]
