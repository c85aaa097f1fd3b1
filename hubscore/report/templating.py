"""The reports' Jinja2 templates, in which every string that comes from outside is text and never markup."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hubscore.text import clean

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def render(template: str, **values: Any) -> str:
    r"""Fill in a template of ``hubscore/report/templates``.

    Strings lose control, direction and invisible characters and are escaped; a name that the template uses and nobody
    gave is an error.

    Args:
        template: its file's name.
        values: what it shows, by name.

    Example:
        >>> print(render("notes.html", notes=["<b> & \x1b[2J"]))
        <ul class="notes">
        <li>&lt;b&gt; &amp; [2J</li>
        </ul>
    """
    return _environment().get_template(template).render(values)


def render_part(template: str, **values: Any) -> Markup:
    """Fill in a template as :func:`render` does, for another template, which shows it as it is."""
    from markupsafe import Markup

    return Markup(render(template, **values))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("hubscore.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"block": block, "breakable": breakable, "hard_percent": hard_percent}
    return environment


def _harmless(value: object) -> object:
    """Clean what a template is about to escape; markup was made by a template and stays."""
    return value if hasattr(value, "__html__") else clean(value)


def block(text: str) -> Markup:
    r"""Return several lines as HTML with their indentation; the strings in them are clean already.

    Example:
        >>> print(block("{\n  <b>\n}"))
        {
          &lt;b&gt;
        }
    """
    from markupsafe import Markup

    lines = text.splitlines()
    return Markup("\n").join(" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in lines)


def breakable(name: str) -> Markup:
    """Return a model's name that a browser may break behind slashes and underscores.

    Example:
        >>> print(breakable("org/my_net"))
        org/<wbr>my_<wbr>net
    """
    from markupsafe import Markup, escape

    return Markup(str(escape(clean(name))).replace("/", "/<wbr>").replace("_", "_<wbr>"))


def hard_percent(text: str) -> Markup:
    """Return a sentence whose numbers are not parted from their % at the end of a line.

    Example:
        >>> print(hard_percent("90 % of <10 %"))
        90&nbsp;% of &lt;10&nbsp;%
    """
    from markupsafe import Markup, escape

    return Markup(str(escape(clean(text))).replace(" %", "&nbsp;%"))
