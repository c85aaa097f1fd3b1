import json

import pytest

from hubscore.candidates.saved_lists import Listed, check_list_path, read_list, write_list
from hubscore.errors import UsageError
from hubscore.types import Candidate

SHA = "0123456789012345678901234567890123456789"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def names(path):
    return tuple(entry.name for entry in read_list(path))


def test_text_has_one_name_a_line_with_comments(tmp_path):
    assert names(write(tmp_path / "models.txt", "# mine\norg/a\n\n  org/b  # the second\n")) == ("org/a", "org/b")


def test_csv_needs_the_column_model_and_takes_revisions(tmp_path):
    table = f"library,model,revision\ntimm,org/a,{SHA}\ntimm,org/b,\ntimm,https://hf.co/org/c/tree/main,{SHA}\n"
    assert names(write(tmp_path / "models.csv", table)) == (f"org/a@{SHA}", "org/b", f"org/c@{SHA}")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_of_another_spreadsheet(tmp_path, mark):
    table = f"model,revision,note\norg/a,{SHA},x\norg/b,,y\n".replace(",", mark)
    assert names(write(tmp_path / "models.csv", table)) == (f"org/a@{SHA}", "org/b")


@pytest.mark.parametrize("name", ["models.txt", "models.json", "models.csv", "MODELS.CSV"])
def test_what_is_written_reads_back_at_the_same_revisions(tmp_path, name):
    candidates = [
        Candidate("org/a", SHA, "timm"),
        Candidate(f"org/a@{'1' * 7}", "1" * 40, "timm"),
        Candidate("./net, mine", "local-12", "timm", path="/x"),
    ]
    path = check_list_path(tmp_path / name)
    path.write_bytes(write_list(candidates, path))
    assert names(path) == (f"org/a@{SHA}", f"org/a@{'1' * 40}", "./net, mine")


@pytest.mark.parametrize("name", ["models.json", "models.csv"])
def test_input_sizes_are_written_and_read_back(tmp_path, name):
    candidates = [
        Candidate("org/a", SHA, "timm", input_size=96),
        Candidate("./net, mine", "local-12", "timm", path="/x"),
    ]
    path = tmp_path / name
    path.write_bytes(write_list(candidates, path))
    assert read_list(path) == (Listed(f"org/a@{SHA}", 96), Listed("./net, mine"))


def test_a_text_list_has_no_place_for_input_sizes(tmp_path):
    with pytest.raises(UsageError, match=r"(?s)'org/a' has an input size of its own.*models\.csv"):
        write_list([Candidate("org/a", SHA, "timm", input_size=96)], tmp_path / "models.txt")


def test_a_bad_input_size_is_named_by_its_line(tmp_path):
    with pytest.raises(UsageError, match="line 3, column 'input_size': '-3'"):
        read_list(write(tmp_path / "models.csv", "model,input_size\norg/a,96\norg/b,-3\n"))
    with pytest.raises(UsageError, match="entry 2, column 'input_size': 'abc'"):
        read_list(write(tmp_path / "models.json", '["org/a", {"model": "org/b", "input_size": "abc"}]'))


def test_the_sizes_of_a_saved_ranking_come_along(tmp_path):
    rows = [{"model": "org/a", "revision": SHA}, {"model": "org/b", "revision": SHA}]
    saved = {"schema": 1, "rows": rows, "record": {"input_sizes": {"org/b": 64}}}
    assert read_list(write(tmp_path / "a.json", json.dumps(saved))) == (
        Listed(f"org/a@{SHA}"),
        Listed(f"org/b@{SHA}", 64),
    )


def test_a_list_goes_only_where_it_can_be_read_again(tmp_path):
    with pytest.raises(UsageError, match=r"the ending must be \.txt, \.json, \.csv"):
        check_list_path(tmp_path / "models.yaml")
    with pytest.raises(UsageError, match="folder does not exist"):
        check_list_path(tmp_path / "none" / "models.txt")


def test_json_is_a_list_or_the_rows_of_a_saved_ranking(tmp_path):
    rows = [
        {"model": "org/a", "revision": SHA},
        {"model": "org/a@0123456", "revision": SHA},
        {"model": "./dir", "revision": "local-12"},
    ]
    assert names(write(tmp_path / "a.json", json.dumps({"schema": 1, "rows": rows}))) == (
        f"org/a@{SHA}",
        f"org/a@{SHA}",
        "./dir",
    )
    assert names(write(tmp_path / "b.json", '["org/a", "org/b"]')) == ("org/a", "org/b")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "# nothing\n", "is empty"),
        ("a.csv", "name\norg/a\n", "has no column 'model': there is name"),
        ("a.csv", "model,revision\n", "is empty: there is a header and no model below it"),
        ("a.csv", "model;revision\n\n", "is empty: there is a header"),
        ("a.csv", "model,revision\n,main\n", "is empty: it names no model"),
        ("a.json", "{", "is not valid JSON"),
        ("a.json", '{"models": []}', "holds no list"),
        ("a.json", "[3]", "has an entry without a model: 3"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(tmp_path, name, text, words):
    with pytest.raises(UsageError) as caught:
        read_list(write(tmp_path / name, text))
    assert words in str(caught.value) and caught.value.fix


def test_a_binary_file_is_no_list(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UsageError, match="Cannot read the candidate list"):
        read_list(tmp_path / "model.safetensors")
