import pytest

from hubscore.modalities.text.encoding import decode_text

TEXT = "Datei,Klasse\nimg/1.png,Bär\nimg/2.png,Möwe\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_nothing_to_speak_of(encoding):
    assert decode_text(TEXT.encode(encoding)) == (TEXT, "")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_other_encodings_are_read_and_said(encoding):
    text, note = decode_text(TEXT.encode(encoding))
    assert text == TEXT and note


@pytest.mark.parametrize(("text", "encoding"), [("路径,标签\n图片,猫\n", "gb18030"), ("кот,собака\n", "cp1251")])
def test_what_cannot_be_told_is_refused(text, encoding):
    with pytest.raises(ValueError, match="cannot be told"):
        decode_text(text.encode(encoding))


def test_a_few_bad_bytes_do_not_make_it_latin():
    text, note = decode_text("ä".encode() * 30 + b"\xff")
    assert text == "ä" * 30 + "\ufffd" and note == "1 byte is not UTF-8 and was replaced"


@pytest.mark.parametrize("data", [bytes(9), b"abc\0def", b"\xff\0\0\x81"])
def test_what_is_no_text(data):
    with pytest.raises(ValueError, match="zero bytes"):
        decode_text(data)
