import json

import pytest
from asking import FILE, Desk, RefusedError, answer, open_desk
from hubfixture import add_dataset
from huggingface_hub import HfApi

REPO = "alice/requests"


@pytest.fixture(scope="module")
def desk(hub):
    for name in ("asked/birds", "asked/leaves", "asked/stones", "asked/shells"):
        add_dataset(hub.root, name, {"data.csv": "a\n1\n"})
    HfApi(endpoint=hub.url, token="hf_alice").create_repo(REPO, repo_type="dataset")
    HfApi(endpoint=hub.url, token="hf_alice").create_repo("alice/secret", repo_type="dataset", private=True)
    return Desk(REPO, "hf_alice", hub.url)


def test_a_request_becomes_a_line_with_a_status(desk):
    assert desk.rows() == []
    assert answer(desk, " asked/birds ", "resnet", "bob") == "Thank you: asked/birds is in the queue, number 1."
    (row,) = desk.rows()
    assert (
        row["dataset"] == "asked/birds"
        and row["user"] == "bob"
        and row["status"] == "pending"
        and row["date"].endswith("Z")
    )
    assert "already" in answer(desk, "asked/birds", "resnet", "carl")


def test_three_open_requests_a_visitor(desk):
    for name in ("asked/leaves", "asked/stones", "asked/shells"):
        assert "Thank you" in answer(desk, name, "", "dora")
    assert "3 open requests" in answer(desk, "asked/birds", "vit", "dora")


@pytest.mark.parametrize(
    ("dataset", "candidates", "told"),
    [
        ("no id", "", "not a data set of the Hub"),
        ("../../etc", "", "not a data set of the Hub"),
        ("asked/birds", "<script>", "Candidates are ids"),
        ("asked/nothing", "", "does not exist or is private"),
        ("alice/secret", "", "does not exist or is private"),
    ],
)
def test_what_cannot_be_taken_says_why(desk, dataset, candidates, told):
    before = desk.rows()
    assert told in answer(desk, dataset, candidates, "erin")
    assert desk.rows() == before


def test_who_is_not_logged_in_is_asked_to(desk):
    assert "Log in first" in answer(desk, "asked/birds", "", None)


def test_somebody_faster_loses_nothing(desk, hub):
    hub.faults.add(method="POST", path=f"datasets/{REPO}/commit", status=412, times=2)
    before = len(desk.rows())
    assert "Thank you" in answer(desk, "asked/leaves", "convnext", "fred") and len(desk.rows()) == before + 1


def test_a_queue_that_cannot_be_written_is_said(desk, hub):
    assert "cannot be written" in answer(Desk(REPO, "hf_bob", hub.url), "asked/stones", "swin", "gina")
    hub.faults.add(method="POST", path=f"datasets/{REPO}/commit", status=412, times=4)
    with pytest.raises(RefusedError, match="Try again"):
        desk.ask("asked/stones", "swin", "gina")


def test_damaged_lines_are_left_out(desk, hub):
    api = HfApi(endpoint=hub.url, token="hf_alice")
    content = json.dumps({"dataset": "a/b", "status": "done"}) + "\nnot json\n[1]\n"
    api.upload_file(path_or_fileobj=content.encode(), path_in_repo=FILE, repo_id=REPO, repo_type="dataset")
    assert desk.rows() == [{"dataset": "a/b", "status": "done"}]


def test_requests_are_taken_only_where_visitors_can_log_in():
    assert open_desk({"REQUESTS_REPO": "a/b"}) is None and open_desk({"OAUTH_CLIENT_ID": "x"}) is None
    assert open_desk({"REQUESTS_REPO": "a/b", "OAUTH_CLIENT_ID": "x", "HF_TOKEN": "t"}) == Desk("a/b", "t")
