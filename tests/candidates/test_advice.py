import pytest
from candidates.conftest import client
from candidates.repos import timm_repo

from hubscore.candidates.query import Query
from hubscore.candidates.search import search_candidates
from hubscore.errors import CandidateError


@pytest.fixture
def advised(shelf):
    hub = shelf({"org/net": timm_repo("resnet18", count=2_000_000, license="apache-2.0", base_model="org/origin")})

    def search(**wanted):
        with pytest.raises(CandidateError) as error:
            search_candidates(Query(**{"search": "", **wanted}), api=client(hub))
        return error.value.fix

    return search


@pytest.mark.parametrize(
    ("wanted", "fix"),
    [
        ({"licenses": ("apache",)}, "--license apache-2.0"),
        ({"licenses": ("APACHE2",)}, "--license apache-2.0"),
        ({"licenses": ("mit",)}, "drop --license"),
        ({"task": "image-clasification"}, "--task image-classification"),
        ({"task": "image-clasification", "licenses": ("apache",)}, "--task image-classification, and --license"),
        ({"task": "object-detection"}, "drop --task"),
        ({"author": "orgg"}, "--author org"),
        ({"author": "xyz"}, "drop --author"),
        ({"search": "zzz"}, "drop --search"),
        ({"max_params": 10}, "--max-params 300M"),
        ({"min_params": 3_000_000}, "drop --min-params"),
        ({"libraries": ("transformers",)}, "drop --library"),
        ({"search": "net", "licenses": ("mit",)}, "drop --license"),
        ({"search": "zzz", "licenses": ("apache-2.0",)}, "drop --search"),
        ({"search": "zzz", "licenses": ("mit",)}, "drop --search and --license"),
    ],
)
def test_what_to_change_where_nothing_is_found(advised, wanted, fix):
    told = advised(**wanted)
    assert told == fix if fix.startswith("drop ") else told.startswith(fix)
