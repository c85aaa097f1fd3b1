"""The documentation site builds without a warning, and its pages read the same on GitHub."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import markdown
import pytest
import yaml
from markdown_it import MarkdownIt
from mkdocs.config import load_config

import hubscore

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
COUNTED = (
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "pre",
    "code",
    "a",
    "img",
    "strong",
    "em",
)
"""What both must make of a page in the same number."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    # mkdocs keeps all that it makes until it ends: looking for garbage finds nothing and takes a quarter of the time.
    code = "import gc, runpy; gc.disable(); runpy.run_module('mkdocs', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-c", code, "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def config():
    return load_config(str(ROOT / "mkdocs.yml"))


def read(site, name):
    return (site / f"{name}.html").read_text(encoding="utf-8")


def test_the_site_has_every_page_and_loads_nothing_from_elsewhere(site):
    for page in PAGES:
        text = read(site, "index" if page.stem == "README" else page.stem)
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]+)"', text)
        loaded += re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
        assert loaded and not [address for address in loaded if "//" in address]


def test_the_page_on_python_has_what_the_package_exports(site):
    text = read(site, "reference/python")
    for name in hubscore.__all__:
        if not name.startswith("_"):
            assert re.search(rf'<h3 id="hubscore\.[\w.]*\b{name}"', text), name
    assert "finetune_top" in text  # a keyword that only the decorator knows of
    assert not re.search(r":(?:class|func|meth|attr|data|mod):", text)


def test_the_page_on_verbs_has_every_verb_with_its_options_and_examples(site):
    text = read(site, "reference/verbs")
    told = subprocess.run([sys.executable, "-m", "hubscore", "--help"], capture_output=True, text=True).stdout
    verbs = re.findall(r"^│ ([a-z][a-z-]+) +\w", told, re.MULTILINE)
    assert len(verbs) > 15
    for verb in verbs:
        assert f"<code>hubscore {verb}</code>" in text, verb
    assert "--finetune-top K" in text and "[bold]" not in text and "[dim]" not in text


def test_the_page_on_scores_has_every_score(site):
    from hubscore.scores.info import SCORES

    text = read(site, "reference/scores")
    for info in SCORES:
        assert f'id="{info.name}"' in text


def counts(html):
    return {tag: len(re.findall(rf"<{tag}[ >/]", html)) for tag in COUNTED}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_reads_the_same_on_github(page, config):
    """Python-Markdown wants four spaces and blank lines where GitHub does not."""
    text = page.read_text(encoding="utf-8")
    on_github = MarkdownIt("commonmark").enable("table").render(text)
    extensions = [name for name in config.markdown_extensions if name not in ("toc", "pymdownx.highlight")]
    on_site = markdown.markdown(text, extensions=extensions)
    assert counts(on_site) == counts(on_github)


def anchors(text):
    """Headings' anchors by GitHub's rule."""
    found = []
    for title in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.MULTILINE):
        plain = unicodedata.normalize("NFC", re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", title).lower())
        found.append(re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_anchors_are_those_of_github_and_of_the_site(page, site):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
        other = page if not target else page.parent / target
        assert anchor in anchors(other.read_text(encoding="utf-8")), f"{target}#{anchor}"
        assert f'id="{anchor}"' in read(site, "index" if other.stem == "README" else other.stem)


def test_every_page_stands_in_the_contents():
    nav = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2], yaml.BaseLoader)
    named = re.findall(r"[\w-]+\.md", str(nav))
    assert {page.name for page in PAGES} <= set(named)
