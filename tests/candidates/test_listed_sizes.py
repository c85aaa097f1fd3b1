from pathlib import Path

import pytest

from hubscore.candidates.listed_sizes import check_columns, parse_size
from hubscore.errors import UsageError

LIST = Path("models.csv")


@pytest.mark.parametrize(("cell", "size"), [("96", 96), (" 224 ", 224), ("96.0", 96), (8, 8), ("", None), (None, None)])
def test_a_cell_is_pixels_or_empty(cell, size):
    assert parse_size(cell, LIST, "line 2") == size


@pytest.mark.parametrize("cell", ["0", "-3", "abc", "1e9", "96.5", "7", "4097", "nan", "inf", True])
def test_a_cell_that_is_no_size_is_refused_with_row_and_column(cell):
    with pytest.raises(UsageError) as caught:
        parse_size(cell, LIST, "line 3")
    assert "line 3, column 'input_size'" in str(caught.value) and str(cell) in str(caught.value)


@pytest.mark.parametrize("name", ["inputsize", "Input Size", "input-size", "input_sizes"])
def test_a_column_of_nearly_that_name_is_not_passed_over(name):
    with pytest.raises(UsageError, match="which is nearly that"):
        check_columns(["model", name], LIST)


def test_other_columns_are_nobodys_business():
    check_columns(["model", "size", "image", "input_size", "inputsize", None], LIST)
    check_columns(["model", "revision", "library"], LIST)
