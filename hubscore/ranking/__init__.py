"""Columns, scoring, order, intervals and consensus: pure functions of what was extracted."""
