"""The columns of the tables; a published Space has hubscore's own file in this place, and needs no hubscore."""

from hubscore.column_table import COLUMNS, TableColumn, columns_in, flat_kinds

__all__ = ["COLUMNS", "TableColumn", "columns_in", "flat_kinds"]
