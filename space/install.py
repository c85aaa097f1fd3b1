"""How hubscore is installed; a published Space has hubscore's own file in this place, and needs no hubscore."""

from hubscore.install import HOME, INSTALL

__all__ = ["HOME", "INSTALL"]
