import pytest
from probe.pictures import class_files, png, write

from hubscore.errors import ErrorCode, UsageError
from hubscore.probe.draw import draw_probe
from hubscore.probe.load import load_probe, preview_probe
from hubscore.run.options import DataOptions


def listed(root, header, rows):
    files = {f"{place}.png": png(place) for place in range(len(rows))}
    lines = [f"{place}.png,{row}" for place, row in enumerate(rows)]
    return write(root, {**files, "list.csv": "\n".join([f"file,{header}", *lines])}) / "list.csv"


def test_what_is_drawn_and_what_is_said(tmp_path):
    drawn = draw_probe(write(tmp_path, class_files({"ant": 60, "bee": 4, "cat": 9})), DataOptions(samples=12))
    assert drawn.label_column == "label" and len(drawn.sampled.rows) == 12
    assert drawn.notes(["more"]) == (
        "label: label (the names of the class folders, 3 classes)",
        "classes with fewer than 5 images: bee (4)",
        "the classes are unbalanced: ant has 60 images, bee 4; as many of each are drawn as there are",
        "more",
    )


def test_a_preview_draws_the_same_rows_and_keeps_no_items(tmp_path):
    root = write(tmp_path, class_files({"ant": 6, "bee": 6}))
    whole = load_probe(root, samples=8)
    found = preview_probe(root, DataOptions(samples=8))
    assert found.indices == whole.indices and found.classes == whole.classes and found.notes == whole.notes
    assert found.bytes_read == 0 and len(found.items) == 0


def test_a_guess_is_refused_or_left_out(tmp_path):
    table = listed(tmp_path, "license", ["cc0", "by"] * 4)
    with pytest.raises(UsageError) as error:
        preview_probe(table, DataOptions())
    assert error.value.code == ErrorCode.LABEL_UNSURE
    drawn = draw_probe(table, DataOptions(), labels_required=False)
    assert drawn.labels is None and drawn.notes()[0].startswith("no labels were read: nothing says")
    assert load_probe(table, label_column="license").classes == ("by", "cc0")


def test_broken_files_are_counted(tmp_path):
    root = write(tmp_path, class_files({"ant": 6, "bee": 6}))
    (root / "ant/002.png").write_bytes(b"<html>")
    assert any(
        note.startswith("1 of the 12 images read is broken and not used: 002.png (") for note in load_probe(root).notes
    )


def test_class_folders_stay_where_a_table_names_no_label(tmp_path):
    files = class_files({"ant": 6, "bee": 6})
    rows = "".join(f"{name},p{place % 3},{place % 2}\n" for place, name in enumerate(files))
    root = write(tmp_path, {**files, "metadata.csv": "file_name,photographer,is_sharp\n" + rows})
    probe = preview_probe(root, DataOptions())
    assert probe.classes == ("ant", "bee") and probe.notes[0].startswith("label: label (the names of the class folders")
    named = load_probe(root, label_column="photographer")
    assert named.label_column == "photographer" and named.classes == ("p0", "p1", "p2")
    write(root, {"metadata.csv": "file_name,species\n" + rows.replace(",0\n", "\n").replace(",1\n", "\n")})
    assert preview_probe(root, DataOptions()).label_column == "species"


def test_a_metadata_file_may_name_splits(tmp_path):
    lines = [f"{at}.png,{'ab'[at % 2]},{('train', 'test')[at // 2 % 2]}\n" for at in range(12)]
    pictures = {f"{at}.png": png(at) for at in range(12)}
    write(tmp_path, {**pictures, "metadata.csv": f"file_name,label,split\n{''.join(lines)}"})
    probe = load_probe(tmp_path)
    assert len(probe) == 6 and any("split train, by column 'split'" in note for note in probe.notes)
    assert load_probe(tmp_path, split="test").indices != () and load_probe(tmp_path, split="test").split == "test"
    with pytest.raises(UsageError, match="no rows of split 'dev'"):
        load_probe(tmp_path, split="dev")


def test_a_pair_of_which_one_holds_single_words_is_none(tmp_path):
    text = "v1,v2\n" + "".join(f"{('ham', 'spam')[at % 2]},see you at {at} then\n" for at in range(8))
    write(tmp_path, {"spam.csv": text})
    probe = load_probe(tmp_path / "spam.csv", label_column="v1")
    assert probe.input_column == "v2" and probe.classes == ("ham", "spam")


def test_the_column_with_most_words_is_advised(tmp_path):
    write(tmp_path, {"a.csv": "".join(f"{at},user{at},what a fine day number {at}\n" for at in range(8))})
    with pytest.raises(UsageError) as error:
        load_probe(tmp_path / "a.csv")
    assert error.value.fix == "--text-column column_3"
