import importlib.resources
import subprocess
import sys
from pathlib import Path

import pytest
from evilranking import EVIL
from jinja2 import UndefinedError

from hubscore.report.templating import block, breakable, render, render_part


def test_what_comes_from_outside_is_text():
    for told in (render("notes.html", notes=[EVIL]), render("notes.html", notes=[Path(EVIL)])):
        assert "\x1b" not in told and "\u202e" not in told and "<script>" not in told
    told = render("notes.html", notes=[EVIL])
    assert "<script>" not in told and "&lt;script&gt;alert(&#34;x&#34;)" in told
    assert "|`&amp;" in told


def test_what_a_template_made_is_markup_in_another():
    assert render("notes.html", notes=[render_part("notes.html", notes=["a"])]).count("<li>") == 2


def test_a_name_that_nobody_gave_is_an_error():
    with pytest.raises(UndefinedError):
        render("notes.html")


def test_filters_escape_before_they_add_markup():
    assert breakable("<b>/a_b") == "&lt;b&gt;/<wbr>a_<wbr>b"
    assert block("a\n  <b>\x1b") == "a\n  &lt;b&gt;"


def test_every_template_is_read():
    names = {one.name for one in importlib.resources.files("hubscore.report").joinpath("templates").iterdir()}
    assert {name.rpartition(".")[2] for name in names} == {"html", "css", "svg"}
    code = "".join(one.read_text() for one in importlib.resources.files("hubscore.report").iterdir() if one.is_file())
    texts = importlib.resources.files("hubscore.report").joinpath("templates").iterdir()
    code += "".join(one.read_text(encoding="utf-8") for one in texts)
    assert not [name for name in names if f'"{name}"' not in code]


def test_jinja_is_not_loaded_before_a_page_is_made():
    code = "import sys, hubscore.report.html, hubscore.report.files; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
