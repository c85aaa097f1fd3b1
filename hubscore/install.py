"""Where hubscore itself comes from, in the words of pip: the one place that says so, for advice, pages and jobs.

A package index does not have it yet, and whoever has its name there tomorrow may be anybody. This file is copied into
every published Space.
"""

HOME = "https://github.com/hubscore/hubscore"
SOURCE = f"git+{HOME}"
"""What pip installs."""
INSTALL = f"pip install {SOURCE}"
UPGRADE = f"pip install --upgrade {SOURCE}"
REPAIR = f"pip install --force-reinstall {SOURCE}"
WITH_SPACE = f"pip install 'hubscore[space] @ {SOURCE}'"
REQUIREMENT = f"hubscore @ {SOURCE}"
"""A line of a requirements file."""
