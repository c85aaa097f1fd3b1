"""Tiny checkpoints, each written once a session."""

from models.checkpoints import saved

__all__ = ["saved"]
