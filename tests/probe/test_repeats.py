from probe.pictures import png, write

from hubscore.probe.load import load_probe
from hubscore.probe.repeats import repeat_notes


def test_copies_are_counted(tmp_path):
    assert repeat_notes("abc", "images") == repeat_notes("", "images") == []
    assert repeat_notes("aab", "texts") == ["1 of the 3 texts is a copy of another"]
    write(tmp_path, {"a/1.png": png(1), "a/2.png": png(1), "b/1.png": png(2), "b/2.png": png(1)})
    assert "2 of the 4 images are copies of others" in load_probe(tmp_path).notes
