import pytest

from hubscore.cli.main import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("rank x --samples many", "--samples takes a whole number: it is 'many' Try: --samples 500"),
        ("rank x --samples 1", "--samples must be at least 2: it is 1 Try: --samples 500"),
        ("rank x --limit 0.5", "--limit takes a whole number: it is '0.5' Try: hubscore rank --help"),
        ("rank x --explore much", "--explore takes a number: it is 'much' Try: --explore 0.2"),
        ("rank x --format jsonn", "There is no --format 'jsonn': it is auto, human, agent, json, quiet, table Try:"),
        ("publish x --to card", "There is no --to 'card': it is cards, results, space, eval-results Try: --to cards"),
        ("rank x --models", "Option '--models' requires an argument. Try: hubscore rank --help"),
        ("history build --mixd", "--mixd (Possible options: --mixed) Try: hubscore history build --help"),
    ],
)
def test_what_an_option_takes_is_said_in_our_words(words, told, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    err = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 2 and told in err and "Input should" not in err and "Value error" not in err
