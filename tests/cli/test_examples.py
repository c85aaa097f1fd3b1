import shlex

import pytest

from hubscore.cli import main as program
from hubscore.cli.argv import spread
from hubscore.cli.examples import with_examples


def examples():
    for command in program.app.registered_commands:
        for line in (command.epilog or "").split("\n\n")[1:]:
            yield line.partition("[dim]")[0].strip()


def test_examples_stand_below_a_heading():
    @with_examples("hubscore a", "hubscore b")
    def verb():
        """Do."""

    assert verb.epilog == "[bold]Examples[/bold]\n\nhubscore a\n\nhubscore b"


@pytest.mark.parametrize("line", list(examples()))
def test_every_example_names_a_verb_and_options_that_there_are(line):
    import typer

    words = shlex.split(line)
    words = words[words.index("hubscore") + 1 :]
    verb = typer.main.get_command(program.app).commands[words[0]]
    context = verb.make_context(words[0], spread(words)[1:], resilient_parsing=True)
    assert context.args == []
