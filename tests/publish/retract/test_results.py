import re

import pytest
from huggingface_hub import CommitOperationDelete, HfApi
from resultscene import by_the_old_rule, made

from hubscore.errors import ErrorCode, HubError, PublishError, StorageError
from hubscore.localhub import serve
from hubscore.publish.results import publish_results
from hubscore.publish.results.changes import to_parquet
from hubscore.publish.retract import retract_results
from hubscore.results import read_results, run_id
from hubscore.results.contents import PARQUET

STAMP = "2030-01-01T00:00:00Z"


@pytest.fixture
def repo(request):
    return "lab/" + re.sub(r"\W|_", "-", request.node.name)[:60].strip("-")


@pytest.fixture(autouse=True)
def no_faults(hub):
    yield
    hub.faults.clear()


def send(ranking, repo, api):
    return publish_results(ranking, repo=repo, api=api, yes=True, allow_private_dataset_name=True)


def test_a_run_goes_with_its_rows_and_no_others(ranking, repo, alice, hub):
    later = made(ranking, STAMP)
    send(ranking, repo, alice)
    before = read_results(repo, alice)
    send(later, repo, alice)
    assert set(read_results(repo, alice).table["run"].to_pylist()) == {run_id(ranking), run_id(later)}
    head = alice.dataset_info(repo).sha
    hub.log.clear()
    assert "12 rows of retracted runs dropped" in retract_results(None, repo=repo, api=alice).diff
    asked = [path for _, path, *_ in hub.log]
    assert not [path for path in asked if "/tree/" in path or "paths-info" in path]  # all is by one
    planned = retract_results(run_id(later), repo=repo, api=alice)
    assert planned.outcome == "planned" and alice.dataset_info(repo).sha == head
    assert f"- runs/{run_id(later)}.json (user/shapes)" in planned.diff and "--from cards" in planned.diff
    assert "6 rows of retracted runs dropped, 0 of runs that are gone, 0 of earlier runs come back, 6 in all" in (
        planned.diff
    )
    assert retract_results(run_id(later), repo=repo, yes=True, api=alice).outcome == "retracted"
    after = read_results(f"https://huggingface.co/datasets/{repo}", alice)
    assert after.run_ids == (run_id(ranking),) and after.table.equals(before.table)
    assert run_id(later).encode() not in b"".join(after.fetch(name) for name in after.contents.names)
    with pytest.raises(StorageError, match="There is no run") as caught:
        retract_results(run_id(later), repo=repo, yes=True, api=alice)
    assert run_id(ranking) not in str(caught.value) + caught.value.fix  # nobody retracts one that is called alike


def test_rows_that_an_older_hubscore_gave_to_the_run_come_back(ranking, repo, alice):
    later = made(ranking, STAMP)
    send(ranking, repo, alice)
    before = read_results(repo, alice)
    send(later, repo, alice)
    old = to_parquet(by_the_old_rule(read_results(repo, alice).table))
    alice.upload_file(path_or_fileobj=old, path_in_repo=PARQUET, repo_id=repo, repo_type="dataset")
    assert set(read_results(repo, alice).table["run"].to_pylist()) == {run_id(later)}
    done = retract_results(run_id(later), repo=repo, yes=True, api=alice)
    assert (
        "6 rows of retracted runs dropped, 0 of runs that are gone, 6 of earlier runs come back, 6 in all" in done.diff
    )
    after = read_results(repo, alice).table
    assert after.drop_columns("publisher").equals(before.table.drop_columns("publisher"))


def test_whose_a_run_is_the_commits_say_and_later_ones_do_not_count(ranking, tmp_path):
    both = {name: {"token": f"hf_{name}", "orgs": {"lab": "write"}} for name in ("alice", "bob")}
    theirs, repo = made(ranking, STAMP, dataset="user/theirs"), "lab/results"
    with serve(tmp_path, users={"users": both}) as hub:
        alice, bob = (HfApi(endpoint=hub.url, token=f"hf_{name}") for name in both)
        send(theirs, repo, alice)
        send(ranking, repo, bob)
        path = f"runs/{run_id(theirs)}.json"
        for year in range(2031, 2034):
            send(made(ranking, f"{year}-01-01T00:00:00Z", dataset="user/theirs"), repo, alice)
        edited = read_results(repo, bob).fetch(path).replace(b"user/theirs", b"bob/owns-it")
        bob.upload_file(path_or_fileobj=edited, path_in_repo=path, repo_id=repo, repo_type="dataset")
        with pytest.raises(PublishError, match=r"is not yours: the Hub says that @alice put its record there"):
            retract_results(run_id(theirs), repo=repo, yes=True, api=bob)
        hub.log.clear()
        planned = retract_results(None, repo=repo, api=bob)  # bob, alice, bob, alice: three changes of hands, five runs
        assert sum("/tree/" in path or "paths-info" in path for _, path, *_ in hub.log) == 3
        assert f"- runs/{run_id(ranking)}.json" in planned.diff and planned.diff.count("- runs/") == 1
        everything = retract_results(None, repo=repo, yes=True, api=bob)
        assert everything.outcome == "retracted" and "4 runs of others stay" in everything.diff
        assert len(read_results(repo, alice).run_ids) == 4 and run_id(theirs) in read_results(repo, alice).run_ids
        assert retract_results(None, repo=repo, yes=True, api=bob).outcome == "unchanged"
        assert retract_results(run_id(theirs), repo=repo, yes=True, api=alice).outcome == "retracted"
        assert retract_results(None, repo=repo, yes=True, api=alice).outcome == "retracted"
        results = read_results(repo, alice)
        assert results.run_ids == () and len(results.table) == 0


def test_rows_of_which_the_run_is_gone_are_pruned(ranking, repo, alice):
    gone = made(ranking, STAMP, dataset="user/gone")
    stays = made(ranking, "2031-01-01T00:00:00Z", dataset="user/stays")
    for one in (ranking, gone, stays):
        send(one, repo, alice)
    path = f"runs/{run_id(gone)}.json"
    alice.create_commit(repo, [CommitOperationDelete(path)], commit_message="Delete", repo_type="dataset")
    done = retract_results(run_id(ranking), repo=repo, yes=True, api=alice)
    assert "6 rows of retracted runs dropped, 6 of runs that are gone" in done.diff
    assert set(read_results(repo, alice).table["dataset"].to_pylist()) == {"user/stays"}


def test_commits_meet_and_an_answer_is_lost(ranking, repo, alice, hub):
    send(ranking, repo, alice)
    hub.faults.add(method="POST", path=f"{repo}/commit/", status=412)
    hub.faults.cut(method="POST", path=f"{repo}/commit/", after=3)
    assert retract_results(run_id(ranking), repo=repo, yes=True, api=alice, wait=0.01).outcome == "retracted"
    assert read_results(repo, alice).run_ids == ()
    titles = [commit.title for commit in alice.list_repo_commits(repo, repo_type="dataset")]
    assert titles.count(f"Retract hubscore run {run_id(ranking)}") == 1


def test_who_may_not_write_is_told(ranking, repo, hub):
    reader, bob = (HfApi(endpoint=hub.url, token=f"hf_{name}") for name in ("reader", "bob"))
    mine = f"bob/{repo.partition('/')[2]}"
    send(ranking, mine, bob)
    hub.faults.add(method="POST", path=f"{mine}/commit/", status=403, times=None)
    with pytest.raises(HubError) as caught:
        retract_results(None, repo=mine, yes=True, api=bob)
    assert caught.value.code == ErrorCode.FORBIDDEN
    with pytest.raises(PublishError):
        retract_results(run_id(ranking), repo=mine, yes=True, api=reader)
