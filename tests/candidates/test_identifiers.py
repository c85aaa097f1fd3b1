import pytest

from hubscore.candidates.identifiers import parse_name
from hubscore.errors import CandidateError

SHA = "0123456789012345678901234567890123456789"


@pytest.mark.parametrize(
    ("text", "repo_id", "revision"),
    [
        ("timm/resnet50.a1_in1k", "timm/resnet50.a1_in1k", None),
        (f"org/name@{SHA}", "org/name", SHA),
        ("org/name@refs/pr/3", "org/name", "refs/pr/3"),
        ("hf://org/name@v1", "org/name", "v1"),
        ("hf://models/org/name", "org/name", None),
        ("https://huggingface.co/org/name", "org/name", None),
        ("https://huggingface.co/org/name/tree/main", "org/name", "main"),
        ("huggingface.co/org/name", "org/name", None),
        ("https://www.huggingface.co/org/name?a#b", "org/name", None),
        ("https://huggingface.co/org/name/blob/main/config.json", "org/name", "main"),
        ("https://huggingface.co/org/name/discussions/3", "org/name", None),
        ("127.0.0.1:8090/org/name", "org/name", None),
        ("http://127.0.0.1:8090/org/name", "org/name", None),
    ],
)
def test_the_ways_to_name_a_repo(text, repo_id, revision):
    name = parse_name(text, endpoint="http://127.0.0.1:8090")
    assert (name.repo_id, name.revision, name.folder) == (repo_id, revision, None)


def test_an_existing_folder_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "org" / "name").mkdir(parents=True)
    assert parse_name("org/name").folder is not None
    assert parse_name("org/other").folder is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("./missing", "No file or folder './missing'"),
        ("models.txt", "No file or folder 'models.txt'"),
        ("a/b/c", "Cannot read the model 'a/b/c'"),
        ("hf://datasets/org/name", "is a dataset"),
        ("https://example.com/org/name", "Cannot read the model"),
        ("https://huggingface.co/datasets/org/name", "is a dataset"),
        ("https://huggingface.co/docs/hub", "is a page of no model"),
        ("", "Cannot read the model ''"),
        ("a" * 5000, "Cannot read the model"),
    ],
)
def test_what_names_no_model_says_so(text, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CandidateError) as caught:
        parse_name(text, endpoint="http://127.0.0.1:8090")
    assert words in str(caught.value) and "owner/name" in caught.value.fix


@pytest.mark.parametrize("page", ["tree/main/onnx", "blob/main/onnx/model.safetensors"])
def test_a_checkpoint_in_a_folder_of_its_repo_is_not_taken_for_the_one_at_the_top(page):
    with pytest.raises(CandidateError) as caught:
        parse_name(f"https://huggingface.co/org/name/{page}")
    assert "the folder onnx" in caught.value.why and "--models org/name," in caught.value.fix
