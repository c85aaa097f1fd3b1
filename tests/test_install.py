import re
from pathlib import Path

from hubscore.install import INSTALL, WITH_SPACE

ROOT = Path(__file__).parents[1]
BY_NAME = re.compile(r"pip install (?:-\S+ )*['\"]?hubscore(?![\w.-]*/)(?!\[space\] @)")


def test_nothing_advises_what_a_package_index_does_not_have():
    files = [
        ROOT / "README.md",
        *(path for room in ("hubscore", "space", "docs", "examples") for path in (ROOT / room).rglob("*")),
    ]
    told = [path for path in files if path.suffix in (".py", ".html", ".js", ".md", ".ipynb")]
    assert [path.name for path in told if BY_NAME.search(path.read_text(encoding="utf-8"))] == []
    assert BY_NAME.search("pip install hubscore") and BY_NAME.search("pip install 'hubscore[space]'")


def test_documents_install_as_pages_and_errors_do():
    told = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/space.md")}
    assert INSTALL in told["README.md"] and WITH_SPACE in told["docs/space.md"]
    assert INSTALL in (ROOT / "examples/rank_your_photos.ipynb").read_text(encoding="utf-8")
