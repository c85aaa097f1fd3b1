import shlex

import pytest

from hubscore.cli import main as program
from hubscore.cli.argv import spread
from hubscore.cli.examples import WIDTH, examples, with_examples


def commands():
    for command in program.app.registered_commands:
        for part in (command.epilog or "").split("\n\n")[1:]:
            plain = part.replace("[dim]", "").replace("[/dim]", "")
            assert max(map(len, plain.splitlines())) <= WIDTH
            lines = [line.partition("[dim]")[0].strip() for line in part.replace("\\\n", "").splitlines()]
            yield " ".join(filter(None, lines))


def test_examples_stand_below_a_heading():
    @with_examples("hubscore a", "hubscore b")
    def verb():
        """Do."""

    assert verb.epilog == "[bold]Examples[/bold]\n\nhubscore a\n\nhubscore b"


def test_what_does_not_fit_is_broken_before_an_option_and_its_note_stands_above():
    words = "hubscore rank user/birds --search resnet --license apache-2.0 --scores logme,h_score,knn"
    _, made, more, where = examples(f"{words}   [dim]# by three[/dim]", more="there").split("\n\n")
    assert made.splitlines() == [
        "[dim]# by three[/dim]",
        "hubscore rank user/birds --search resnet --license apache-2.0 \\",
        "    --scores logme,h_score,knn",
    ]
    assert (more, where) == ("[bold]Learn more[/bold]", "there")
    assert shlex.split(made.partition("\n")[2].replace("\\\n", "")) == words.split()
    assert examples("hubscore a   [dim]# b[/dim]").endswith("hubscore a  [dim]# b[/dim]")


@pytest.mark.parametrize("line", list(commands()))
def test_every_example_names_a_verb_and_options_that_there_are(line):
    import typer

    words = shlex.split(line)
    words = words[words.index("hubscore") + 1 :]
    verb = typer.main.get_command(program.app).commands[words[0]]
    context = verb.make_context(words[0], spread(words)[1:], resilient_parsing=True)
    assert context.args == []
