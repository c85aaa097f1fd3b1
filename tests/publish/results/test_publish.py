import re
import threading
from collections import Counter
from dataclasses import replace

import pyarrow.compute as pc
import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from publishscene import made_up
from resultscene import by_the_old_rule, first_models, made

from hubscore.errors import HubError, HubscoreError, PublishError, StorageError, UsageError
from hubscore.localhub import serve
from hubscore.publish.results import publish_results
from hubscore.publish.results.changes import to_parquet
from hubscore.publish.results.private_models import without_names
from hubscore.publish.retract import retract_results
from hubscore.results import find_record, read_results, run_id

STAMP = "2030-01-01T00:00:00Z"


@pytest.fixture
def repo(request):
    return "alice/" + re.sub(r"\W|_", "-", request.node.name)[:60].strip("-")


@pytest.fixture(autouse=True)
def no_faults(hub):
    yield
    hub.faults.clear()


def send(ranking, repo, api, **options):
    return publish_results(ranking, repo=repo, api=api, yes=True, wait=0.02, allow_private_dataset_name=True, **options)


def test_a_ranking_without_models_is_not_published(ranking, repo, alice):
    with pytest.raises(UsageError, match="no model is in it"):
        publish_results(replace(ranking, rows=()), repo=repo, api=alice, yes=True)
    assert not alice.repo_exists(repo, repo_type="dataset")


def test_without_yes_nothing_is_made(ranking, repo, alice):
    planned = publish_results(ranking, repo=repo, api=alice)
    assert planned.outcome == "planned" and planned.kind == "results" and planned.repo_id == repo
    assert f"a new public data set {repo}" in planned.diff and f"runs/{run_id(ranking)}.json" in planned.diff
    assert not alice.repo_exists(repo, repo_type="dataset")


def test_the_users_own_results_by_default(ranking, alice):
    assert publish_results(ranking, api=alice).repo_id == "alice/hubscore-results"


def test_make_then_update_then_nothing(ranking, repo, alice):
    assert send(ranking, repo, alice).outcome == "published"
    later = made(ranking, STAMP, dataset="user/second")
    assert "6 rows added, 0 dropped, 12 in all" in send(later, repo, alice).diff
    head = alice.dataset_info(repo).sha
    assert send(later, repo, alice).outcome == "unchanged"
    assert alice.dataset_info(repo).sha == head
    results = read_results(repo, alice)
    assert results.run_ids == (run_id(ranking), run_id(later)) and len(results.table) == 12 and results.public
    assert results.run(run_id(later)).data["probe"]["dataset"] == "user/second"


def test_a_small_run_takes_nothing_out_of_a_large_one_on_the_same_rows(repo, alice):
    large = made_up([f"lab/net-{number}" for number in range(14)])
    small = made(replace(large, rows=made_up([row.model for row in large.rows[:3]]).rows), STAMP)
    send(large, repo, alice)
    told = send(small, repo, alice).diff
    assert "3 rows added, 0 dropped, 17 in all" in told
    assert "3 earlier rows of yours give way to newer values there; each run stays whole" in told
    results = read_results(repo, alice)
    assert Counter(results.table["run"].to_pylist()) == {run_id(large): 14, run_id(small): 3}
    together = results.together.to_pylist()
    assert [line["model"] for line in together] == [row.model for row in large.rows]
    assert {line["run"] for line in together[:3]} == {run_id(small)} and {line["candidates"] for line in together} == {
        14
    }
    assert send(small, repo, alice).outcome == send(large, repo, alice).outcome == "unchanged"


def test_two_publishers_on_the_same_rows_a_retraction_and_a_table_of_an_older_version(ranking, tmp_path):
    both = {name: {"token": f"hf_{name}", "orgs": {"lab": "write"}} for name in ("alice", "bob")}
    few, other, repo = first_models(ranking, 3, STAMP), made(ranking, STAMP, split="test"), "lab/results"
    with serve(tmp_path, users={"users": both}) as hub:
        alice, bob = (HfApi(endpoint=hub.url, token=f"hf_{name}") for name in both)
        send(ranking, repo, alice)
        before = read_results(repo, alice).table
        told = send(few, repo, bob).diff
        assert "1 run with 6 rows (@alice): 0 of these dropped or replaced" in told
        assert "every row says who published it: @bob" in told
        assert send(few, repo, alice).outcome == "unchanged"  # it stays bob's
        with pytest.raises(PublishError, match="is not yours: the Hub says that @bob put its record into") as caught:
            send(made(few, STAMP, dataset="user/edited"), repo, alice)  # which has the same id
        assert caught.value.fix == "--results-repo alice/hubscore-results"
        whole = read_results(repo, bob)
        assert Counter(whole.table["publisher"].to_pylist()) == {"alice": 6, "bob": 3} and len(whole.together) == 9
        retract_results(run_id(few), repo=repo, yes=True, api=bob)
        assert read_results(repo, alice).table.equals(before)

        send(few, repo, bob)
        older = to_parquet(by_the_old_rule(whole.table))
        alice.upload_file(path_or_fileobj=older, path_in_repo="leaderboard.parquet", repo_id=repo, repo_type="dataset")
        assert len(read_results(repo, alice).table) == len(read_results(repo, alice).together) == 6
        assert "3 rows that an older hubscore had taken out of earlier runs come back" in send(other, repo, bob).diff
        mended = read_results(repo, alice).table
        kept = mended.filter(pc.equal(mended["split"], "train"))
        assert kept.drop_columns("expected_sd").equals(whole.table.drop_columns("expected_sd"))


def test_load_dataset_reads_the_leaderboard_and_nothing_else(ranking, repo, alice, tmp_path):
    from datasets import load_dataset

    send(ranking, repo, alice)
    rows = load_dataset(repo, split="train", cache_dir=str(tmp_path))
    assert (
        len(rows) == 6
        and rows[0]["model"] == ranking.best.model
        and rows[0]["score_logme"] == ranking.best.scores["logme"]
    )


def test_two_publishers_at_once_lose_nothing(ranking, repo, hub):
    rankings = [made(ranking, f"2030-01-0{day}T00:00:00Z", dataset=f"user/{day}") for day in range(1, 7)]
    failed = []

    def publish(mine):
        try:
            for one in mine:
                send(one, repo, HfApi(endpoint=hub.url, token="hf_alice"), tries=30)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(rankings[start::2],)) for start in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    results = read_results(repo, HfApi(endpoint=hub.url))
    assert len(results.table) == 36 and len(results.run_ids) == 6


def test_a_commit_that_came_first_is_merged(ranking, repo, alice, hub, monkeypatch):
    send(ranking, repo, alice)
    real, between = HfApi.create_commit, [made(ranking, STAMP, dataset="user/between", fingerprint="b" * 64)]

    def late(self, *args, **options):
        if between:
            send(between.pop(), repo, HfApi(endpoint=hub.url, token="hf_alice"))
        return real(self, *args, **options)

    monkeypatch.setattr(HfApi, "create_commit", late)
    send(made(ranking, STAMP, dataset="user/mine"), repo, alice)
    assert set(read_results(repo, alice).table["dataset"].to_pylist()) == {"user/shapes", "user/between", "user/mine"}


def test_a_race_lost_for_ever_ends(ranking, repo, alice, hub):
    send(ranking, repo, alice)
    hub.faults.add(method="POST", path=f"{repo}/commit/", status=412, times=None)
    with pytest.raises(HubError, match=r"others published to it at the same moment, 3 times in a row"):
        send(made(ranking, STAMP), repo, alice, tries=3)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_hub_is_asked_again(ranking, repo, alice, hub, status):
    send(ranking, repo, alice)
    hub.faults.add(method="POST", path=f"{repo}/commit/", status=status, headers={"RateLimit": '"api";r=0;t=0'})
    assert send(made(ranking, STAMP, split="test"), repo, alice).outcome == "published"
    assert len(read_results(repo, alice).table) == 12


def test_a_long_rate_limit_is_told(ranking, repo, alice, hub):
    send(ranking, repo, alice)
    hub.faults.add(method="POST", path=f"{repo}/commit/", status=429, headers={"RateLimit": '"api";r=0;t=290'})
    with pytest.raises(HubError, match=r"rate limit.*\n.*in 290 seconds"):
        send(made(ranking, STAMP), repo, alice)


def test_an_answer_cut_off_after_the_commit_makes_no_second_one(ranking, repo, alice, hub):
    send(ranking, repo, alice)
    hub.faults.cut(method="POST", path=f"{repo}/commit/", after=3)
    assert send(made(ranking, STAMP, split="test"), repo, alice).outcome == "published"
    assert [commit.title for commit in alice.list_repo_commits(repo, repo_type="dataset")].count(
        "Add hubscore run " + run_id(made(ranking, STAMP, split="test"))
    ) == 1
    assert len(read_results(repo, alice).table) == 12


@pytest.mark.parametrize("who", ["hf_bob", "hf_reader"])
def test_no_right_to_write(ranking, repo, alice, hub, who):
    send(ranking, repo, alice)
    for place in (repo, "alice/never-made"):
        planned = publish_results(made(ranking, STAMP), repo=place, api=HfApi(endpoint=hub.url, token=who))
        assert f"@{who[3:]} may not write there, so --yes would be refused" in planned.reason
    assert publish_results(made(ranking, STAMP), repo=repo, api=alice).reason == ""
    with pytest.raises(HubError, match=r"could not be sent to 'alice/.*403.*\n.*--results-repo"):
        send(made(ranking, STAMP), repo, HfApi(endpoint=hub.url, token=who))
    with pytest.raises(HubError, match="could not be sent"):
        send(ranking, "alice/never-made", HfApi(endpoint=hub.url, token=who))


def test_nobody_logged_in(ranking, hub):
    for token in (False, None):
        with pytest.raises(HubError, match=r"Nobody is logged in.*\n.*hf auth login"):
            publish_results(ranking, api=HfApi(endpoint=hub.url, token=token))


def test_a_leaderboard_of_a_newer_version_is_left_alone(ranking, repo, alice):
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    send(ranking, repo, alice)
    table = read_results(repo, alice).table
    buffer = io.BytesIO()
    pq.write_table(table.set_column(table.column_names.index("schema"), "schema", pa.array([7] * len(table))), buffer)
    alice.upload_file(
        path_or_fileobj=buffer.getvalue(), path_in_repo="leaderboard.parquet", repo_id=repo, repo_type="dataset"
    )
    with pytest.raises(StorageError, match="upgrade"):
        send(made(ranking, STAMP), repo, alice)


def test_a_record_is_found_where_it_is_public(ranking, repo, alice, hub):
    assert find_record(ranking, repo=repo, api=alice) is None
    send(ranking, repo, alice)
    found = find_record(ranking, repo=repo, api=alice)
    assert found.public and found.url == f"{hub.url}/datasets/{repo}/blob/main/runs/{run_id(ranking)}.json"
    assert find_record(made(ranking, STAMP), repo=repo, api=alice) is None
    alice.update_repo_settings(repo, repo_type="dataset", private=True)
    assert not find_record(ranking, repo=repo, api=alice).public
    assert find_record(ranking, repo=repo, api=HfApi(endpoint=hub.url, token=False)) is None


def test_a_private_repo_is_made_private(ranking, repo, alice):
    assert "a new private data set" in send(ranking, repo, alice, private=True).diff
    assert alice.dataset_info(repo).private


def test_a_data_set_that_is_not_public_stays_unnamed(ranking, repo, alice):
    secret = made(ranking, STAMP, dataset="./acme-secret", classes=["acme-a", "acme-b"], indices=[7, 9], revision=None)
    planned = publish_results(secret, repo=repo, api=alice, yes=True)
    assert "not public on the Hub" in planned.diff
    results = read_results(repo, alice)
    everything = b"".join(results.fetch(name) for name in results.contents.names)
    assert b"acme" not in everything
    assert results.run(run_id(secret)).data["probe"]["indices"] == []
    assert results.table["classes"].to_pylist() == [2] * 6
    send(secret, repo, alice)  # with --allow-private-dataset-name: the same run, now named
    named = read_results(repo, alice)
    assert named.run_ids == (run_id(secret),) and set(named.table["dataset"].to_pylist()) == {"acme-secret"}


def test_where_local_checkpoints_lie_is_not_told(ranking, repo, alice):
    rows = (replace(ranking.rows[0], model="/home/alice/acme/vit", revision="local-" + "a" * 64), *ranking.rows[1:])
    mine = replace(
        made(ranking, STAMP),
        rows=rows,
        record=replace(ranking.record, date=STAMP, command="hubscore rank x --models /home/alice/acme"),
    )
    send(mine, repo, alice)
    results = read_results(repo, alice)
    assert b"acme" not in b"".join(results.fetch(name) for name in results.contents.names)
    assert any(name.startswith("vit@local-aaaa") for name in results.table["model"].to_pylist())
    assert find_record(mine, repo=repo, api=alice).run == run_id(mine)
    assert send(mine, repo, alice).outcome == "unchanged"


def test_a_public_data_set_is_named(ranking, repo, alice, hub):
    add_dataset(hub.root, "user/birds", {"data.csv": "a,b\n1,2\n"})
    publish_results(made(ranking, STAMP, dataset="user/birds"), repo=repo, api=alice, yes=True)
    assert set(read_results(repo, alice).table["dataset"].to_pylist()) == {"user/birds"}


def test_private_models_stay_nameless(ranking, repo, alice, hub):
    add_dataset(hub.root, "user/birds", {"data.csv": "a,b\n1,2\n"})
    public, hidden, unasked = "lab/seen-at-last", "alice/acme-net", "alice/acme-old"
    for name in (public, hidden, unasked):
        add_model(hub.root, name, {"config.json": "{}"})
    for name in (hidden, unasked):
        alice.update_repo_settings(name, private=True)
    alice.update_repo_settings(public, gated="auto")
    rows = (replace(ranking.rows[0], model=hidden), replace(ranking.rows[1], model=public), *ranking.rows[2:])
    record = replace(
        ranking.record,
        date=STAMP,
        command=f"hubscore rank user/birds --models {hidden} {public}",
        warnings=[f"{hidden} is slow."],
        left_out={"adapter": [unasked, "other/adapter"]},
        extractions={hidden: {}, public: {}},
        maps_skipped={"maps": {hidden: "no maps"}},
    )
    mine = replace(made(ranking, STAMP, dataset="user/birds"), rows=rows, record=record)
    assert f"their names are left out: {hidden} as private-1" in publish_results(mine, repo=repo, api=alice).diff
    assert publish_results(mine, repo=repo, api=alice, yes=True).outcome == "published"
    results = read_results(repo, alice)
    assert b"acme" not in b"".join(results.fetch(name) for name in results.contents.names)
    sent = results.run(run_id(mine)).data
    assert [row["model"] for row in sent["rows"]][:2] == ["private-1", public] and sent["record"]["warnings"] == [
        "private-1 is slow."
    ]
    assert sent["record"]["left_out"] == {
        "adapter": [f"private-{sum(row.model != public for row in rows) + 2}", "other/adapter"]
    }
    assert sent["record"]["maps_skipped"] == {"maps": {"private-1": "no maps"}}
    assert find_record(mine, repo=repo, api=alice).same
    assert publish_results(mine, repo=repo, api=alice, yes=True).outcome == "unchanged"
    send(mine, repo, alice)  # with --allow-private-dataset-name
    assert read_results(repo, alice).run(run_id(mine)).data["rows"][0]["model"] == hidden


def test_when_the_hub_does_not_say_whether_a_model_is_private_nothing_is_sent(ranking, repo, alice, hub):
    add_dataset(hub.root, "user/birds", {"data.csv": "a,b\n1,2\n"})
    hub.faults.add(path="/api/models/", status=403, times=None)
    with pytest.raises(HubscoreError, match="403"):
        publish_results(made(ranking, STAMP, dataset="user/birds"), repo=repo, api=alice, yes=True)
    assert not alice.repo_exists(repo, repo_type="dataset")


def test_a_private_model_does_not_hide_a_data_set_or_models_of_longer_names(ranking):
    rows = tuple(
        replace(row, model=name)
        for row, name in zip(ranking.rows, ("a/net", "a/net-2", "a/Net", "b.a/net"), strict=False)
    )
    told = without_names(replace(made(ranking, STAMP, dataset="a/net"), rows=rows).to_json(), ("a/net",))
    assert [row["model"] for row in told["rows"]] == ["private-1", "a/net-2", "private-1", "b.a/net"]
    assert told["probe"]["dataset"] == "a/net"


def test_a_record_that_was_edited_is_not_the_same(ranking, repo, alice):
    send(ranking, repo, alice)
    assert find_record(ranking, repo=repo, api=alice).same
    edited = replace(ranking, rows=(replace(ranking.rows[0], tie_group=9), *ranking.rows[1:]))
    found = find_record(edited, repo=repo, api=alice)
    assert found.run == run_id(ranking) and not found.same
