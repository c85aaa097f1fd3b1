import typer
from typer.testing import CliRunner

from hubscore.cli import main as program
from hubscore.cli.help_pages import Command, Group
from hubscore.cli.main import VERBS


def test_flags_have_no_type_and_help_stands_with_what_every_command_has():
    root = typer.main.get_command(program.app)
    context = root.make_context("hubscore", ["rank"], resilient_parsing=True)
    found = {one.name: one for one in root.commands["rank"].get_params(context)}
    assert found["evict"].metavar == "" and found["limit"].metavar == "N"
    assert found["help"].rich_help_panel == found["token"].rich_help_panel == "Every command"


def test_every_verb_stands_in_a_group_of_the_first_page(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page = CliRunner().invoke(program.app, ["--help"]).stdout
    places = [page.index(f" {group} ") for group in VERBS]
    assert places == sorted(places) and "<bool>" not in page and "Learn more" in page
    root = typer.main.get_command(program.app)
    assert isinstance(root, Group) and len(root.commands) == sum(map(len, VERBS.values()))
    assert all(isinstance(one, (Command, Group)) for one in root.commands.values())
