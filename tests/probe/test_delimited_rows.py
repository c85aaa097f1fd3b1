import csv

import pytest

from hubscore.probe.delimited_rows import first_rows, quoting_of, separator_of


def test_quotes_in_sentences_with_tabs_are_letters():
    text = 'sentence\tlabel\n"so it goes\t1\nhe said "no"\t0\nfine\t1\n'
    assert quoting_of(text, "\t") == csv.QUOTE_NONE
    assert first_rows(text, "\t")[1:3] == [['"so it goes', "1"], ['he said "no"', "0"]]


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"1,2",3\n',
        'a,b\n"two\nlines",3\n',
        'a,b\n"1","2"\n',
        'a\n"x\ny"\n',
        "a,b\n1,2\n",
        'a,b\n1,"c d"\n2,12" vinyl\n',
        'a,b\n1,"two\nlines, a comma"\n2,c\n',
    ],
)
def test_quotes_enclose_fields(text):
    assert quoting_of(text, ",") == csv.QUOTE_MINIMAL


def test_lines_of_text_are_no_table():
    assert separator_of("a b\nc d\n", " ") == " " and separator_of("word\n", " ") == " "
    with pytest.raises(ValueError, match="it is no table"):
        separator_of("one two\nthree four five\nsix\n", " ")


def test_a_header_with_a_name_for_each_field_decides():
    text = "text\tlabel\n" + "".join(f"well, number {at}\t{at % 2}\n" for at in range(6))
    assert separator_of(text, ",") == "\t" and separator_of("a,b\n1,2\n", "\t") == ","


def test_a_long_file_is_looked_at_up_to_the_end_of_a_line():
    text = ('"so it goes ' + "on " * 1000 + "\t1\n") * 3400
    rows = first_rows(text, "\t")
    assert len(rows) > 100 and all(row[1:] == ["1"] for row in rows)
