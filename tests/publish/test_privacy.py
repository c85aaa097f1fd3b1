import json
from dataclasses import replace

import pytest
from hubfixture import add_dataset, add_model

from hubscore.calibration.calibration import Calibration
from hubscore.errors import HubError
from hubscore.publish.privacy import is_public, redacted, without_folders
from hubscore.types import ExpectedAccuracies, ProbeDescription, Ranking, RunRecord, Skipped

WORDS = Calibration.default().provenance
SECRETS = (
    "secret-ward",
    "patients",
    "tumour",
    "healthy",
    "4711",
    "scan_column",
    "diagnosis",
    "--plan-b",
    "carol",
    "hf_abcdefgh12345",
)


def secret(ranking: Ranking) -> Ranking:
    """A ranking of a private data set that tells on it wherever a text can stand."""
    probe = {
        **ranking.probe.to_json(),
        "dataset": "carol/secret-ward",
        "config": "patients",
        "classes": ["tumour", "healthy"],
        "indices": [4711, 4712],
        "image_column": "scan_column",
        "label_column": "diagnosis",
        "dropped": [{"row": "patients/4711.png"}],
        "notes": ["only tumour rows"],
        "fresh": [{"seed": 1, "fingerprint": "e" * 64, "indices": [4711]}],
        "a_key_of_tomorrow": "secret-ward",
    }
    record = {
        **ranking.record.to_json(),
        "command": "hubscore rank carol/secret-ward --plan-b",
        "warnings": ["class 'tumour' has one row (in secret-ward)"],
        "left_out": {"gated": ["a/b"]},
        "endpoint": "http://carol.internal:80",
        "a_key_of_tomorrow": "secret-ward",
        "extractions": {"/home/carol/secret-ward/vit": {"dtype": "float32"}},
    }
    reason = "cannot read /home/carol/secret-ward/x.bin with hf_abcdefgh12345"
    local = replace(
        ranking.rows[0],
        model="/home/carol/secret-ward/vit",
        revision="local-0123456789",
        undefined={"leep": "class healthy is empty"},
    )
    skipped = (Skipped("/home/carol/secret-ward/bad", reason), Skipped("timm/resnet", "diagnosis column"))
    return replace(
        ranking,
        rows=(local, *ranking.rows[1:]),
        skipped=skipped,
        probe=ProbeDescription.from_json(probe),
        record=RunRecord.from_json(record),
    )


def test_nothing_that_names_or_shows_a_private_data_set_is_left(ranking):
    told = json.dumps(redacted(secret(ranking).to_json()))
    assert not [word for word in SECRETS if word in told]
    assert all(word in json.dumps(secret(ranking).to_json()) for word in SECRETS)


def test_what_readers_need_is_left(ranking):
    before = secret(ranking).to_json()
    after = redacted(before)
    assert after["probe"] == {
        "dataset": "private",
        "config": None,
        "split": None,
        "revision": None,
        "indices": [],
        "classes": [],
        "target": "classification",
        "fingerprint": "f" * 64,
        "seed": 0,
        "samples": 120,
        "n_classes": 2,
        "redacted": True,
        "fresh": [{"seed": 1, "fingerprint": "e" * 64}],
    }
    assert after["rows"][0]["model"] == "vit@local-01234567" and after["rows"][1:] == before["rows"][1:]
    assert after["scores"] == before["scores"] and after["record"]["date"] == before["record"]["date"]
    assert [item["model"] for item in after["skipped"]] == ["bad", "timm/resnet"]
    assert list(after["record"]["extractions"]) == ["vit@local-01234567"]
    assert len(Ranking.from_json(after)) == 12
    assert before == secret(ranking).to_json()


def test_a_class_called_like_a_number_does_not_eat_the_numbers(ranking):
    told = replace(
        ranking,
        probe=replace(ranking.probe, classes=["0", "8"]),
        record=replace(ranking.record, warnings=["tau is 0.8"]),
    )
    assert redacted(told.to_json())["record"]["warnings"] == ["tau is 0.8"]


def test_of_local_checkpoints_only_the_last_name_is_told(ranking):
    told = secret(replace(ranking, record=replace(ranking.record, date="2026-11-20T12:00:00+00:00"))).to_json()
    told["record"]["command"] = (
        "hubscore rank carol/secret-ward --models /home/carol/secret-ward/vit timm/resnet ../x/y --token"
        " hf_abcdefgh12345"
    )
    after = without_folders(told)
    assert (
        after["record"]["command"]
        == "hubscore rank carol/secret-ward --models [hidden] timm/resnet [hidden] --token [hidden]"
    )
    assert after["rows"][0]["model"] == "vit@local-01234567" and after["rows"][1:] == told["rows"][1:]
    assert after["probe"] == told["probe"] and "/home/carol" not in json.dumps(after)
    public = ranking.to_json()
    assert without_folders(public) == public


def test_no_text_tells_where_on_this_machine_something_lies(ranking):
    before = ranking.to_json()
    before["rows"][0] |= {"model": "clients/acme/big net", "revision": "local-0123456789"}
    before["skipped"] = [
        {"model": "clients/acme/bad", "reason": "Cannot read 'clients/acme/bad' or '/mnt/acme disk/bad': no config"}
    ]
    before["record"] |= {
        "command": (
            "hubscore rank user/shapes --models zoo/net-1@main 'clients/acme/big net' clients/acme clients/acme.txt "
            "--reference '/mnt/acme disk/teacher' --base-model google/vit --out=runs/acme.json"
        ),
        "reference": {"model": "/mnt/acme disk/teacher", "revision": "local-abcdef0123", "head": False},
        "warnings": ["clients/acme/big net is slow"],
        "a_key_of_tomorrow": ["/mnt/acme/x"],
    }
    after = without_folders(before)
    assert "acme" not in json.dumps(after)
    assert (
        after["record"]["command"]
        == "hubscore rank user/shapes --models zoo/net-1@main [hidden] [hidden] [hidden] --reference [hidden]"
        " --base-model google/vit [hidden]"
    )
    assert after["record"]["reference"] == {
        "model": "teacher@local-abcdef01",
        "revision": "local-abcdef0123",
        "head": False,
    }
    assert after["skipped"] == [{"model": "bad", "reason": "Cannot read '[hidden]' or [hidden]: no config"}]
    assert "acme" not in json.dumps(redacted(before))


def test_a_folder_of_a_checkpoint_is_not_told_by_what_is_kept_for_each_model(ranking):
    folder, there = "/home/carol/acme/vit", "vit@local-01234567"
    before = ranking.to_json()
    before["rows"][0] |= {"model": folder, "revision": "local-0123456789"}
    tuned = {"models": [folder, "a/b"], "failed": {folder: f"{folder} has no images"}, "text": f"{folder} was tuned"}
    before["record"] |= {"finetuning": tuned, "input_sizes": {folder: 224, "a/b": 384, "/home/carol/my disk/bad": 96}}
    for after in (redacted(before), without_folders(before)):
        assert "carol" not in json.dumps(after)
        assert after["record"]["input_sizes"] == {there: 224, "a/b": 384, "bad": 96}
        assert after["record"]["finetuning"]["models"] == [there, "a/b"]
        assert after["record"]["finetuning"]["failed"] == {there: "[hidden] has no images"}


def test_of_a_folder_of_images_only_the_last_name_is_told_even_when_it_may_be_named(ranking_of):
    before = ranking_of(["a/b"], dataset="/home/carol/secret ward/birds", local=True).to_json()
    before["probe"]["dropped"] = [{"row": "/home/carol/secret ward/birds/1.png", "reason": "broken"}]
    after = without_folders(before)
    assert after["probe"]["dataset"] == "birds" and after["probe"]["classes"] == before["probe"]["classes"]
    assert "secret ward" not in json.dumps(after)


@pytest.mark.parametrize(("setting", "public"), [({}, True), ({"private": True}, False), ({"gated": "auto"}, False)])
def test_only_what_strangers_can_read_is_public(hub, as_user, ranking_of, request, setting, public):
    name = f"alice/data-{len(setting)}{'gated' in setting}"
    add_dataset(hub.root, name, {"train/a/1.png": b"x"})
    alice = as_user("alice")
    if setting:
        alice.update_repo_settings(name, repo_type="dataset", **setting)
    assert alice.dataset_info(name).id == name
    assert is_public(ranking_of(["a/b"], dataset=name), alice) is public
    assert is_public(ranking_of(["a/b"], dataset=name).to_json(), alice) is public


def test_a_folder_is_private_even_if_a_public_data_set_has_its_name(hub, as_user, ranking_of):
    add_dataset(hub.root, "alice/birds", {"train/a/1.png": b"x"})
    assert is_public(ranking_of(["a/b"], dataset="alice/birds"), as_user("bob"))
    assert not is_public(ranking_of(["a/b"], dataset="alice/birds", local=True), as_user("bob"))
    assert not is_public(ranking_of(["a/b"], dataset="/data/birds"), as_user("bob"))
    assert not is_public(ranking_of(["a/b"], dataset="alice/unknown"), as_user("bob"))


def test_when_the_hub_cannot_be_asked_nobody_claims_anything(hub, as_user, ranking_of):
    add_model(hub.root, "alice/unused", {"config.json": "{}"})
    hub.faults.add(path="/api/datasets/alice/silent", status=429, times=None, headers={"RateLimit": '"api";r=0;t=290'})
    try:
        with pytest.raises(HubError, match="429"):
            is_public(ranking_of(["a/b"], dataset="alice/silent"), as_user("bob"))
    finally:
        hub.faults.clear()


def test_estimates_stay_and_what_they_were_calibrated_on_goes(ranking):
    made = {
        "schema": 1,
        "provenance": {"command": "hubscore calibrate /home/me/secret.csv", "datasets": ["acme/tumours"]},
    }
    truth = "if fine-tuned as in secret.csv"
    known = ExpectedAccuracies(truth, 0.9, 0.9, 4000, calibration=made)
    first = replace(ranking.rows[0], expected=0.8, shortlist=True, notes=("see /home/me/x",))
    record = replace(ranking.record, expected=known, ordered_by="expected accuracy", order_text=f"By it: {truth}.")
    data = replace(ranking, rows=(first, *ranking.rows[1:]), record=record).to_json()
    told = redacted(data)
    assert told["record"]["order_text"] == f"By it: {told['record']['expected']['truth']}."
    assert told["record"]["ordered_by"] == "expected accuracy"
    assert told["rows"][0]["expected"] == 0.8 and told["rows"][0]["shortlist"] is True
    assert not any(word in json.dumps(told) for word in ("secret.csv", "tumours", "/home/me"))
    named = json.dumps(without_folders(data)["record"]["expected"])  # of a public data set, by a private calibration
    assert truth in named and "tumours" not in named and "calibrate" not in named
    ours = replace(known, truth=WORDS.truth, calibration={**made, "provenance": WORDS.to_json()})
    data = replace(ranking, record=replace(record, expected=ours)).to_json()
    assert redacted(data)["record"]["expected"]["truth"] == WORDS.truth
    assert without_folders(data)["record"]["expected"]["calibration"]["provenance"]["datasets"]
