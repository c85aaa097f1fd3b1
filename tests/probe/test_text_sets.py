"""Texts from every kind of data set, up to the probe."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Features, Image, Value
from hubfixture import add_dataset
from probe.pictures import png, write

from hubscore.errors import UsageError
from hubscore.probe.inputs import choose_input
from hubscore.probe.load import load_probe

ROWS = [{"text": f"number {number} of many", "label": ("no", "yes")[number % 2]} for number in range(12)]


def checked(probe):
    assert (probe.modality, probe.input_column, probe.label_column) == ("text", "text", "label")
    assert probe.classes == ("no", "yes") and len(probe) == 12
    for item, label in zip(probe.items, probe.labels, strict=True):
        number = int(item.split()[1])
        assert item == ROWS[number]["text"] and label == number % 2
    return probe.fingerprint


def delimited(separator):
    return separator.join(["text", "label"]) + "\n" + "".join(f"{separator.join(row.values())}\n" for row in ROWS)


def parquet(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


def test_every_format_gives_the_same_probe(tmp_path, hub):
    files = {
        "a.csv": delimited(","),
        "a.tsv": delimited("\t"),
        "a.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS),
    }
    files |= {f"folder/{row['label']}/{place}.txt": row["text"] for place, row in enumerate(ROWS)}
    write(tmp_path, {name: text.encode() for name, text in files.items()})
    add_dataset(hub.root, "org/texts", {"data/train.jsonl": files["a.jsonl"]})
    sources = [tmp_path / "a.csv", tmp_path / "a.tsv", tmp_path / "a.jsonl", parquet(tmp_path / "a.parquet")]
    found = {checked(load_probe(source)) for source in (*sources, "org/texts")}
    assert len(found) == 1
    checked(load_probe(tmp_path / "folder"))


def test_tables_of_images_stay_tables_of_images(tmp_path):
    write(tmp_path, {f"{number}.png": png(number) for number in range(6)})
    lines = "".join(f"{number}.png,{'ab'[number % 2]},made of words\n" for number in range(6))
    (tmp_path / "list.csv").write_text(f"file,label,caption\n{lines}")
    probe = load_probe(tmp_path / "list.csv")
    assert (probe.modality, probe.input_column) == ("image", "file")


def test_images_and_texts_in_one_data_set_ask_which():
    from hubscore.modalities.registry import MODALITIES

    both = Features({"photo": Image(), "text": Value("string"), "label": Value("int64")})
    with pytest.raises(UsageError) as error:
        choose_input(both, tuple(MODALITIES))
    assert error.value.why == "photo could be images; text could be texts" and error.value.fix == "--modality image"
    assert choose_input(both, [MODALITIES.get("text")])[1] == "text"
    captions = Features({"photo": Image(), "caption": Value("string"), "label": Value("string")})
    assert choose_input(captions, tuple(MODALITIES))[0].name == "image"
