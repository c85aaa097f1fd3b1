"""The union of runs over the same rows; a published Space has hubscore's own files in this place, and needs no
hubscore.
"""

from hubscore.results.union import ALL, union_of

__all__ = ["ALL", "union_of"]
