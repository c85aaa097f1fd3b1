import json

import pytest

from hubscore.probe.json_lines import read_json_lines
from hubscore.probe.json_shapes import rows_of

ROWS = [{"image": "1.png", "label": "cat"}, {"image": "2.png", "label": "dog"}, {"image": "3.png", "label": "cat"}]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"data": ROWS, "version": 1}, "its list 'data' was read"),
        ({"test": ROWS[:1], "train": ROWS}, "its list 'train' was read; test beside it was not"),
        ({name: {str(at): row[name] for at, row in enumerate(ROWS)} for name in ROWS[0]}, "were read as columns"),
        ({name: [row[name] for row in ROWS] for name in ROWS[0]}, "its lists were read as columns"),
    ],
)
def test_tables_in_other_shapes(document, said):
    rows, note = rows_of(document)
    assert rows == ROWS and said in note
    table, notes = read_json_lines(json.dumps(document, indent=1).encode())
    assert table.to_pylist() == ROWS and notes == [note]


def test_rows_by_name():
    rows, _ = rows_of({"a": ROWS[0], "b": ROWS[1]})
    assert rows[1] == {"name": "b", **ROWS[1]}
    files = {row["image"]: row["label"] for row in (*ROWS, {"image": "4.png", "label": "dog"})}
    assert rows_of(files)[0][0] == {"name": "1.png", "label": "cat"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"text": "one row", "label": "good"},
        {"images": [{"id": 1}], "annotations": [{"image_id": 1, "category_id": 2}]},
        [["a"], ["b", "c"]],
        [1, 2],
    ],
)
def test_other_documents_are_no_table(document):
    assert rows_of(document) is None


def test_json_lines_stay_lines():
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()
    table, notes = read_json_lines(lines)
    assert table.to_pylist() == ROWS and notes == []
    assert len(read_json_lines(lines.splitlines()[0])[0]) == 1
