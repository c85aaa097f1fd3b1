import io

import httpx
import pandas as pd
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from state import VIEWS, State, parse, query


@pytest.fixture(scope="module")
def client(url):
    return Client(url, verbose=False)


def test_the_endpoint_returns_the_rows_of_the_page(client):
    told = client.predict(
        data="user/birds", license=["mit", "apache-2.0"], max_parameters="100M", sort="logme", api_name="/leaderboard"
    )
    rows = told["rows"]
    assert told["total"] == len(rows) > 0 and told["data"].startswith("user/birds~")
    assert "not measured accuracies" in told["note"]
    assert {row["license"] for row in rows} <= {"mit", "apache-2.0"} and all(row["parameters"] <= 1e8 for row in rows)
    assert [row["score_logme"] for row in rows] == sorted((row["score_logme"] for row in rows), reverse=True)
    assert {"tie_group", "rank", "consensus_lo", "baseline_size", "tau_size", "run"} <= rows[0].keys()


def test_what_is_undefined_is_null_and_a_limit_limits(client):
    rows = client.predict(api_name="/leaderboard")["rows"]
    assert any(row["score_leep"] is None for row in rows) and len(rows) == 24
    assert len(client.predict(limit=3, api_name="/leaderboard")["rows"]) == 3


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"data": "user/brids"}, "no results for user/brids"),
        ({"max_parameters": "a lot"}, "is not a size"),
        ({"sort": "logmee"}, "is not a column"),
        ({"run": "gone"}, "not here any more"),
    ],
)
def test_a_program_that_errs_gets_no_other_rows(client, url, asked, told):
    with pytest.raises(AppError, match=told):
        client.predict(**asked, api_name="/leaderboard")
    answer = httpx.get(
        f"{url}leaderboard.csv",
        params={{"max_parameters": "max"}.get(name, name): value for name, value in asked.items()},
    )
    assert answer.status_code == 404 and told in answer.text


def test_only_the_leaderboard_is_public(client):
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/leaderboard"]


def test_the_csv_takes_the_query_of_the_page(url):
    answer = httpx.get(f"{url}leaderboard.csv?data=user/birds&license=mit&sort=knn")
    frame = pd.read_csv(io.StringIO(answer.text))
    assert answer.headers["content-disposition"] == 'attachment; filename="hubscore-estimates-user-birds.csv"'
    assert set(frame["license"]) == {"mit"} and frame["score_knn"].is_monotonic_decreasing and "place" not in frame


EVERY_CONTROL = State(
    view="compare",
    data="user/birds",
    run="gone",
    search="a b&c=d",
    licenses=("mit", "ü"),
    libraries=("timm",),
    families=("vit",),
    smallest="1M",
    largest="banana",
    sort="knn",
    reverse=True,
    page=2,
    columns=("all", "size"),
    pins=("a/b",),
    models=("a/b", "c/d"),
    x="bytes",
    y="knn",
    map="maps/birds.json",
    like=("user/leaves",),
    find="x-ray",
    domains=("plants", "not known"),
)


def test_the_state_of_every_control_differs_from_its_default():
    assert all(getattr(EVERY_CONTROL, name) != value for name, value in vars(State()).items())


@pytest.mark.parametrize("state", [EVERY_CONTROL, *(State(view=view) for view in VIEWS)])
def test_every_state_of_every_control_has_an_address_that_is_served(url, state):
    for part in [query(state), *query(state).split("&")]:
        answer = httpx.get(f"{url}?{part}")
        assert answer.status_code == 200 and not answer.history and "gradio_config" in answer.text, part


def test_an_older_address_leads_to_the_same_state(url):
    older = query(EVERY_CONTROL).replace("hs_", "")
    for part in [older, *older.split("&"), "page=banana"]:
        sent = httpx.get(f"{url}?{part}")
        assert sent.status_code == 307 and sent.headers["location"].startswith("?hs_"), part
        assert parse(sent.headers["location"]) == parse(part)
    for part in (older, "page=2"):
        answer = httpx.get(f"{url}?{part}", follow_redirects=True)
        assert answer.status_code == 200 and "gradio_config" in answer.text
    assert httpx.get(f"{url}?__theme=dark&view=api").status_code == 200  # the framework's own


def test_a_cell_of_the_csv_is_no_formula(tmp_path):
    from dataclasses import replace

    from api import csv
    from data import Folder, Results
    from page import Pages
    from spacedata import example_ranking
    from state import State

    from hubscore.publish.results import write_results

    plain = example_ranking(models=3)
    write_results(
        tmp_path,
        [
            replace(
                plain,
                rows=tuple(replace(row, model=f"=cmd{i}|calc", family="@SUM(A1)") for i, row in enumerate(plain.rows)),
            )
        ],
    )
    frame = pd.read_csv(io.StringIO(csv(Pages(Results(Folder(tmp_path))).open(State()))))
    assert frame["model"].str.startswith("'=").all() and frame["family"].str.startswith("'@").all()
