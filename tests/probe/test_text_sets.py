"""Texts from every kind of data set, up to the probe."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Features, Image, Value
from hubfixture import add_dataset
from probe.pictures import png, write

from hubscore.errors import DatasetError, UsageError
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


def test_texts_of_every_kind_are_read_and_named(tmp_path):
    texts = [
        "",
        "  ",
        None,
        "<b>x</b> &amp;",
        "👩‍👩‍👧",
        "שלום",
        "a\x07b",
        "x" * 1_000_000,
        "plain",
        3.5,
        True,
        "\ud83d half",
    ]
    lines = (json.dumps({"text": text, "label": row % 2}) + "\n" for row, text in enumerate(texts * 3))
    (tmp_path / "a.jsonl").write_text("".join(lines))
    probe = load_probe(tmp_path / "a.jsonl")
    kept = {item[:20] for item in probe.items}
    assert kept == {texts[3], texts[4], texts[5], texts[6], "x" * 20, "plain", "3.5", "True", "\ufffd half"}
    assert max(map(len, probe.items)) == 200_000
    assert {row["reason"] for row in probe.dropped} == {"the text is empty", "no text in this row"}
    assert len(probe.dropped) == 9
    for words in (
        "a.jsonl: values of several kinds in text were read as strings",
        "a.jsonl: halves of characters in text were replaced by \ufffd",
        "3 of 27 texts hold HTML, which stays in them",
        "3 of 27 texts hold control characters, which stay in them",
        "3 of 27 texts are longer than 200,000 characters; the rest is not read",
    ):
        assert words in probe.notes


def test_regression_and_several_labels(tmp_path):
    pairs = "".join(f"a man {row},a dog {row},{row / 7:.2f}\n" for row in range(20))
    (tmp_path / "sts.csv").write_text(f"sentence1,sentence2,similarity\n{pairs}")
    probe = load_probe(tmp_path / "sts.csv")
    assert (probe.target, probe.label_column) == ("regression", "similarity") and isinstance(probe.items[0], tuple)
    news = [{"text": f"news {row}", "labels": [["a"], ["a", "b"], []][row % 3]} for row in range(18)]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in news))
    probe = load_probe(tmp_path / "news.jsonl")
    assert (probe.target, probe.classes, probe.input_column) == ("multilabel", ("a", "b"), "text")


def test_which_column_holds_the_texts_is_said_or_asked(tmp_path):
    lines = "".join(f"word {row},other {row},{row % 2}\n" for row in range(8))
    (tmp_path / "two.csv").write_text(f"left,right,label\n{lines}")
    with pytest.raises(
        UsageError, match=r"Several columns hold texts: left \(8\), right \(8\)\nTry: --text-column left"
    ):
        load_probe(tmp_path / "two.csv")
    assert "texts: right (as asked for)" in load_probe(tmp_path / "two.csv", text_column="right").notes
    (tmp_path / "titled.csv").write_text(f"title,body,label\n{lines}")
    said = "texts: body (named like texts; title holds strings too: --text-column title)"
    assert said in load_probe(tmp_path / "titled.csv").notes
    (tmp_path / "plain.csv").write_text("thing,label\n" + "".join(f"word {row},{row % 2}\n" for row in range(8)))
    assert "texts: thing (the only column of texts)" in load_probe(tmp_path / "plain.csv").notes


def test_a_table_without_a_header(tmp_path):
    (tmp_path / "sms.tsv").write_text("".join(f"{('ham', 'spam')[row % 2]}\thello there {row}\n" for row in range(20)))
    probe = load_probe(tmp_path / "sms.tsv")
    assert len(probe) == 20 and probe.classes == ("ham", "spam") and probe.items[0].startswith("hello there")
    assert probe.label_source == "the column beside the texts in a table without a header, 2 classes"


def test_a_table_that_names_text_files(tmp_path):
    write(tmp_path, {f"texts/{row}.txt": f"content {row}".encode() for row in range(6)} | {"texts/6.txt": b""})
    lines = "".join(f"texts/{row}.txt,{row % 2}\n" for row in range(7))
    (tmp_path / "list.csv").write_text(f"file,label\n{lines}")
    probe = load_probe(tmp_path / "list.csv")
    assert sorted(probe.items) == [f"content {row}" for row in range(6)]
    assert probe.dropped[0]["reason"] == "the text is empty"


def test_addresses_beside_texts_do_not_matter_and_alone_are_refused(tmp_path):
    lines = "".join(f"https://host/{row}.png,word {row},{row % 2}\n" for row in range(8))
    (tmp_path / "a.csv").write_text(f"url,text,label\n{lines}")
    assert load_probe(tmp_path / "a.csv").modality == "text"
    with pytest.raises(DatasetError, match="URLs are not fetched"):
        load_probe(tmp_path / "a.csv", modality="image")
    (tmp_path / "b.csv").write_text("url,label\n" + "".join(f"https://host/{row}.png,{row % 2}\n" for row in range(8)))
    with pytest.raises(DatasetError, match="URLs are not fetched"):
        load_probe(tmp_path / "b.csv")


def test_notes_beside_images_are_no_data_set_of_texts(tmp_path):
    pictures = {f"{name}/{row}.png": png(row) for row, name in enumerate("aabb")}
    notes = {f"{name}/{row}.txt": b"0 0.5 0.5 1 1" for row, name in enumerate("aaabbb")}
    assert load_probe(write(tmp_path / "set", pictures | notes)).modality == "image"
    with pytest.raises(DatasetError, match="holds no images or texts"):
        load_probe(write(tmp_path / "flat", {"1.txt": b"a", "2.txt": b"b"}))


def test_files_in_an_old_encoding_are_read_and_counted(tmp_path):
    files = {f"{name}/{row}.txt": f"caf\xe9 {row}".encode("latin-1") for name in "ab" for row in range(3)}
    probe = load_probe(write(tmp_path / "set", files))
    assert set(probe.items) == {f"caf\xe9 {row}" for row in range(3)}
    assert any(note.startswith("6 files: it is not UTF-8, and was read as Windows-1252") for note in probe.notes)


def test_a_parquet_file_with_broken_strings_is_read(tmp_path):
    raw = pa.array([b"fine words", b"bad \xff word"] * 6)
    column = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    pq.write_table(pa.table({"text": column, "label": [0, 1] * 6}), tmp_path / "a.parquet")
    probe = load_probe(tmp_path / "a.parquet")
    assert set(probe.items) == {"fine words", "bad \ufffd word"}
    assert "6 of 12 texts hold characters that could not be read, shown as \ufffd" in probe.notes


def test_names_of_things_are_no_texts_unless_asked_for(tmp_path):
    (tmp_path / "a.csv").write_text("name,label\n" + "".join(f"bird_{row},{row % 2}\n" for row in range(8)))
    with pytest.raises(UsageError, match=r"(?s)Nothing says that column 'name' holds texts.*Try: --text-column name"):
        load_probe(tmp_path / "a.csv")
    assert load_probe(tmp_path / "a.csv", text_column="name").items[0].startswith("bird_")


def test_a_list_of_objects_in_a_folder(tmp_path):
    write(tmp_path / "set", {"train.json": json.dumps(ROWS).encode()})
    checked(load_probe(tmp_path / "set"))


def test_a_recorded_column_of_texts_that_end_like_files_is_read_again(tmp_path):
    lines = "".join(
        f"see picture{row}.png,{row % 2}\nsome words {row},{row % 2}\nmore words {row},1\n" for row in range(8)
    )
    (tmp_path / "a.csv").write_text(f"text,label\n{lines}")
    probe = load_probe(tmp_path / "a.csv")
    assert probe.modality == "text"
    assert load_probe(tmp_path / "a.csv", input_column=probe.input_column).fingerprint == probe.fingerprint
