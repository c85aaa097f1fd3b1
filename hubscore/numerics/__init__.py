"""Arithmetic that knows no score, no network and no Hub."""
