"""Shared by every test; the import of hubfixture must stay first, because it sets what the Hugging Face libraries
read at import.
"""

from hubfixture import hub, tiny_repos

__all__ = ["hub", "tiny_repos"]
