"""Ranking again when a new checkpoint appears on the Hub."""
