import errno

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import HfUriError, OfflineModeIsEnabled
from huggingface_hub.utils import httpx

from hubscore.errors import CandidateError, DatasetError, ErrorCode, HubError, StorageError, reason_of
from hubscore.hub.errors import explain_error, recognise
from hubscore.results.record import record_url

REPO = "errors/rows"


@pytest.fixture
def repo(hub):
    add_dataset(hub.root, REPO, {"data.csv": "a,b\n" * 5_000})
    yield hub
    hub.faults.clear()


@pytest.fixture
def sleeps(monkeypatch):
    waited = []
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", waited.append)
    return waited


def caught(call):
    """What the real client raises, which an `except` would have to name by versions."""
    with pytest.raises(Exception) as info:
        call()
    return info.value


def info(repo_id=REPO, **options):
    return HfApi().dataset_info(repo_id, **options)


def failing(hub, status, **headers):
    hub.faults.add(
        path=REPO, status=status, times=None, headers={key.replace("_", "-"): value for key, value in headers.items()}
    )
    error = caught(info)
    hub.faults.clear()
    return explain_error(error, REPO, kind="dataset")


def test_an_unknown_repo_belongs_to_its_kind(hub):
    error = caught(lambda: info("errors/nobody"))
    as_dataset, as_model = explain_error(error, "errors/nobody", kind="dataset"), explain_error(error, "errors/nobody")
    assert isinstance(as_dataset, DatasetError) and isinstance(as_model, CandidateError)
    assert as_dataset.what.startswith("Data set 'errors/nobody' was not found at http://127.0.0.1")
    assert as_model.what.startswith("Model 'errors/nobody' was not found")
    assert "it is private and you are not logged in" in as_dataset.why and "hf auth login" in as_dataset.fix


def test_a_gated_repo_is_not_called_missing(repo):
    told = failing(repo, 403, X_Error_Code="GatedRepo")
    assert isinstance(told, DatasetError) and told.what == f"Data set '{REPO}' is gated"
    assert told.code == ErrorCode.GATED
    assert f"/datasets/{REPO}" in told.fix


def test_an_unknown_revision_and_an_unknown_file(repo):
    told = explain_error(caught(lambda: info(revision="nowhere")), REPO, kind="dataset")
    assert isinstance(told, DatasetError) and "has no such revision" in told.what
    assert told.code == ErrorCode.REVISION_NOT_FOUND
    told = explain_error(caught(lambda: hf_hub_download(REPO, "other.csv", repo_type="dataset")), REPO, kind="dataset")
    assert isinstance(told, DatasetError) and "other.csv does not exist in this revision" in told.why
    assert told.code == ErrorCode.FILE_NOT_FOUND


@pytest.mark.parametrize(
    ("status", "code", "why", "fix"),
    [
        (401, ErrorCode.UNAUTHORIZED, "refused the token (401)", "hf auth login"),
        (403, ErrorCode.FORBIDDEN, "the token may not do this (403)", "has the right"),
        (429, ErrorCode.RATE_LIMITED, "rate limit is reached (429)", "in a few minutes"),
        (500, ErrorCode.SERVER_ERROR, "the Hub failed (error 500)", "try again"),
        (503, ErrorCode.SERVER_ERROR, "the Hub failed (error 503)", "try again"),
        (418, ErrorCode.HTTP_ERROR, "the Hub answered 418", ""),
    ],
)
def test_what_the_status_means(repo, status, code, why, fix):
    told = failing(repo, status)
    assert told.code == code and told.details["status"] == status and told.subject == REPO
    assert isinstance(told, HubError) and why in told.why and fix in told.fix
    assert told.what == f"Data set '{REPO}' could not be read"


def test_a_plain_404_is_missing_as_well(repo):
    told = failing(repo, 404)
    assert isinstance(told, DatasetError) and "was not found" in told.what
    assert told.code == ErrorCode.REPO_NOT_FOUND


def test_the_rate_limit_says_when(repo):
    told = failing(repo, 429, RateLimit='"api";r=0;t=55')
    assert "in 55 seconds" in told.fix


def test_nobody_answers():
    told = explain_error(caught(lambda: HfApi(endpoint="http://127.0.0.1:1").dataset_info(REPO)), REPO, kind="dataset")
    assert isinstance(told, HubError) and "cannot be reached" in told.why and "HF_ENDPOINT" in told.fix
    assert told.code == ErrorCode.UNREACHABLE


def test_a_password_in_the_address_of_the_hub_is_in_no_error(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://me:s3cret@127.0.0.1:1")
    told = explain_error(caught(lambda: HfApi(endpoint="http://127.0.0.1:1").dataset_info(REPO)), REPO, kind="dataset")
    assert "http://127.0.0.1:1 cannot be reached" in told.why and "s3cret" not in str(told)
    assert record_url(REPO, "run") == f"http://127.0.0.1:1/datasets/{REPO}/blob/main/runs/run.json"


def test_a_cut_download_is_seen_through_the_wrapping(repo, sleeps, monkeypatch):
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", sleeps.append)
    repo.faults.cut(path="data.csv", after=100, times=None)
    told = explain_error(
        caught(lambda: hf_hub_download(REPO, "data.csv", repo_type="dataset", etag_timeout=1)), REPO, kind="dataset"
    )
    assert isinstance(told, HubError) and "was cut off while downloading" in told.what and "again" in told.fix
    assert told.code == ErrorCode.CONNECTION_LOST


@pytest.mark.parametrize(
    ("error", "kind", "code", "words"),
    [
        (OfflineModeIsEnabled("offline"), HubError, ErrorCode.OFFLINE, "HF_HUB_OFFLINE"),
        (OSError(errno.ENOSPC, "No space left on device"), StorageError, ErrorCode.DISK_FULL, "The disk is full"),
        (httpx.ReadTimeout("slow"), HubError, ErrorCode.TIMEOUT, "did not answer in time"),
        (
            httpx.UnsupportedProtocol("no http"),
            HubError,
            ErrorCode.INVALID_ENDPOINT,
            "which is not an address\nTry: unset HF_ENDPOINT",
        ),
        (HfUriError("hf://x", "too short"), CandidateError, ErrorCode.INVALID_ID, "is not a Hub id"),
        (KeyError("odd"), HubError, ErrorCode.HUB, "KeyError: 'odd'"),
    ],
)
def test_errors_without_an_answer(error, kind, code, words):
    told = explain_error(error, "a/b")
    assert isinstance(told, kind) and words in str(told)
    assert told.code == code and "status" not in told.details


def test_the_name_of_a_model_can_be_left_out_and_the_name_of_a_data_set_cannot():
    error = httpx.ReadTimeout("slow")
    assert reason_of(explain_error(error, "a/b")).startswith("could not be read: ")
    assert reason_of(explain_error(error, "a/b", kind="dataset")).startswith("Data set 'a/b' could not be read: ")


def test_an_error_of_ours_stays_as_it_is():
    inner = DatasetError("said already")
    outer = OSError("wrapped")
    outer.__cause__ = inner
    assert explain_error(outer, "a/b") is inner


def test_recognise_leaves_other_errors_alone():
    assert recognise(ValueError("columns differ"), "a/b") is None


def test_models_are_not_sent_to_the_data_set_page(hub):
    add_model(hub.root, "errors/model", {"config.json": "{}"})
    told = explain_error(caught(lambda: HfApi().model_info("errors/model", revision="nowhere")), "errors/model")
    assert "/datasets/" not in str(told) and "/errors/model" in told.fix
