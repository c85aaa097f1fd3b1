import pytest

from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.delimited import read_delimited

ROWS = [("path", "label"), *((f"img/{number}.png", ("cat", "dog")[number % 2]) for number in range(6))]


def read(text, ending=".csv", separator=None):
    data = text if isinstance(text, bytes) else text.encode()
    return read_delimited(data, ending=ending, separator=separator, modalities=[IMAGE])


def lines(separator, rows=ROWS):
    return "".join(f"{separator.join(map(str, row))}\n" for row in rows)


@pytest.mark.parametrize(
    ("separator", "ending"), [(";", ".csv"), ("\t", ".csv"), ("|", ".csv"), (",", ".tsv"), (" ", ".txt"), (",", ".txt")]
)
def test_other_separators_are_read_and_said(separator, ending):
    found = read(lines(separator), ending)
    assert found.table.column_names == ["path", "label"] and len(found.table) == 6
    assert (found.notes == []) == (separator == " ")


@pytest.mark.parametrize(
    "text",
    [
        lines(","),
        lines(", "),
        "path,label\nimg/1.png,cat;dog\nimg/2.png,dog;owl\n",
        'path,text,label\na.png,"one; two, three",cat\nb.png,"four\nlines; five",dog\n',
        "path,label\n",
    ],
)
def test_commas_stay_commas(text):
    found = read(text)
    assert found.table.column_names[0] == "path" and found.notes == []


@pytest.mark.parametrize("above", ["# exported 2024", "My birds,", "\n# a\n\n# b"])
def test_lines_above_the_header_are_left_out(above):
    found = read(f"{above}\n{lines(',')}")
    assert found.table.column_names == ["path", "label"] and len(found.table) == 6
    assert found.notes[0].startswith("left out, above the table: ")


@pytest.mark.parametrize("text", ["x\n1,cat\n2,dog\n", "breed\na.png,cat\nb.png,dog\n", "review,\ngood,pos\nbad,pos\n"])
def test_a_short_header_is_no_title(text):
    assert not any("above" in note for note in read(text).notes)


@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_marks_between_words_further_down_make_no_title_of_the_header(mark):
    text = "kind,title,body\n" + "".join(f"{at % 4},news{mark} number {at},a text of {at}\n" for at in range(30))
    found = read(text)
    assert found.table.column_names == ["kind", "title", "body"] and len(found.table) == 30 and not found.notes


def test_names_that_occur_twice_are_a_header_all_the_same():
    found = read("path,label,label\n" + "".join(f"{path},{label},x\n" for path, label in ROWS[1:]))
    assert found.table.column_names == ["path", "label", "label.1"] and len(found.table) == 6
    assert found.notes == ["columns of the same name were numbered: label.1"]


def test_commas_without_quotes_are_refused():
    with pytest.raises(ValueError, match="its lines have 3 fields, and its header 2; fields that hold ',' need quotes"):
        read("label,text\n" + "".join(f"{'ab'[at % 2]},well, number {at}\n" for at in range(6)))


def test_quotes_that_are_letters_are_said():
    found = read('text\tlabel\n"so\t1\nno"\t0\nyes\t0\n', ".tsv")
    assert found.table["text"].to_pylist() == ['"so', 'no"', "yes"]
    assert found.notes == ["quotes were read as letters, since every line has 2 fields so"]


def test_excel_says_its_separator():
    assert read("sep=;\r\n" + lines(";")).table.column("label").to_pylist()[:2] == ["cat", "dog"]


def test_a_separator_that_is_given_is_taken():
    assert read("a;b,c\n1;2,3\n", separator=",").table.column_names == ["a;b", "c"]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (ROWS[1:], ["file", "label"]),
        ([(label, path) for path, label in ROWS[1:]], ["label", "file"]),
        ([(path, label, 3) for path, label in ROWS[1:]], ["file", "column_2", "column_3"]),
        ([(5, 0, 255), (3, 128, 7)], ["column_1", "column_2", "column_3"]),
        ([("https://host/1", "cat"), ("https://host/2", "dog")], ["file", "label"]),
        ([("a.png", "cat")], ["file", "label"]),
        ([("a.png", "1"), ("b.png", "2")], ["file", "label"]),
        ([("cat", "cat"), ("dog", "dog")], ["column_1", "column_2"]),
    ],
)
def test_a_file_without_header_keeps_its_first_row(rows, names):
    found = read(lines(",", rows))
    assert found.table.column_names == names and len(found.table) == len(rows)
    assert "no header" in found.notes[0]


@pytest.mark.parametrize(
    "rows",
    [
        [("id", "breed"), ("a", "cat"), ("b", "dog")],
        [("path", "0", "1"), ("a.png", 0, 1), ("b.png", 1, 0)],
        [("0", "1"), ("a.png", "cat"), ("b.png", "dog")],
        [("", "path", "label"), (0, "a.png", "cat"), (1, "b.png", "dog")],
        [("path", "count"), ("a.png", 3), ("b.png", "")],
    ],
)
def test_a_header_is_a_header(rows):
    found = read(lines(",", rows))
    assert len(found.table) == len(rows) - 1 and found.notes == []


def test_row_names_and_separators_at_the_end_of_lines():
    named = read("label,path\n1,cat,a.png\n2,dog,b.png\n")
    assert named.table.column_names == ["row", "label", "path"]
    assert named.table.column("path").to_pylist() == ["a.png", "b.png"]
    trailing = read("path,label\na.png,cat,\nb.png,dog,\n")
    assert trailing.table.column("label").to_pylist() == ["cat", "dog"]


def test_numbers_with_zeros_in_front_are_names():
    found = read("id,count,label\n0001,1,cat\n0020,20,dog\n").table
    assert found.column("id").to_pylist() == ["0001", "0020"] and found.column("count").to_pylist() == [1, 20]


def test_decimal_commas():
    found = read("path;weight;tags\na.png;1,5;x,y\nb.png;2;z\n")
    assert found.table.column("weight").to_pylist() == [1.5, 2.0]
    assert found.table.column("tags").to_pylist() == ["x,y", "z"]
    assert "decimal points" in found.notes[1]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings(encoding):
    text = "path,label\na.png,Bär\nb.png,Möwe\nc.png,Bär\n"
    found = read(text.encode(encoding))
    assert found.table.column("label").to_pylist() == ["Bär", "Möwe", "Bär"]
    assert (found.notes == []) == (encoding == "utf-8-sig")


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends(ends):
    assert read(lines(",").replace("\n", ends)).table.column("label").to_pylist()[:2] == ["cat", "dog"]


def test_more_fields_than_names_in_one_line():
    text = lines(",") + "img/a,b.png,cat\n"
    with pytest.raises(ValueError, match="need quotes"):
        read(text)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file(text):
    with pytest.raises(ValueError, match="it is empty"):
        read(text)
