import pytest

from hubscore.cli.output import MOST_ROWS
from hubscore.cli.table_view import table_view
from hubscore.errors import UsageError
from hubscore.report.terminal_columns import TableView


def test_what_is_asked_for():
    assert table_view(None, wide=False, all_rows=False) == TableView(MOST_ROWS)
    assert table_view(None, wide=True, all_rows=True) == TableView(None, wide=True)
    assert table_view(" params, logme,", wide=False, all_rows=False).columns == ("params", "logme")


@pytest.mark.parametrize(
    ("columns", "wide", "words"),
    [
        ("logme", True, "--columns and --wide exclude each other"),
        (",", False, "--columns names no column"),
        ("nonsense", False, "There is no column 'nonsense'"),
    ],
)
def test_what_does_not_go_is_refused(columns, wide, words):
    with pytest.raises(UsageError, match=words):
        table_view(columns, wide=wide, all_rows=False)
