import pytest
from resultscene import made

from hubscore.errors import StorageError
from hubscore.publish.results import publish_results, write_results
from hubscore.results import read_rankings, read_results

LATER = "2030-01-01T00:00:00+00:00"


def test_past_rankings_are_read_however_they_were_kept(ranking, tmp_path):
    other = made(ranking, LATER, dataset="user/other")
    write_results(tmp_path / "results", [ranking, other])
    (tmp_path / "saved").mkdir()
    ranking.save(str(tmp_path / "saved" / "a.json"))
    other.save(str(tmp_path / "single.json"))
    found = list(read_rankings(tmp_path / "results", tmp_path / "saved", str(tmp_path / "single.json")))
    assert [one.probe.dataset for one in found] == ["user/shapes", "user/other", "user/shapes", "user/other"]
    assert found[0].rows == ranking.rows and found[0].agreement == ranking.agreement
    assert found[2] == ranking and found[3].record.date == LATER


def test_they_are_read_from_the_hub_too(ranking, alice, hub):
    repo = "alice/history"
    publish_results(ranking, repo=repo, yes=True, api=alice, allow_private_dataset_name=True)
    (found,) = read_rankings(repo, api=alice)
    assert found.best.scores == ranking.best.scores and found.probe.samples == ranking.probe.samples


def test_a_damaged_run_is_named_with_its_key(ranking, tmp_path):
    write_results(tmp_path, [ranking])
    (run,) = (tmp_path / "runs").glob("*.json")
    run.write_text(run.read_text().replace('"rank": 1,', '"rank": "first",'))
    with pytest.raises(StorageError, match=r"rows\[\d\].rank is 'first'"):
        list(read_results(tmp_path).rankings())
