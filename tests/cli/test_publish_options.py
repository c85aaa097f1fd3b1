import pytest

from hubscore.cli.publish_options import CardOptions, SendOptions, Sink, check_publish
from hubscore.errors import UsageError


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({"top": 3}, "--top"),
        ({"section": True}, "--section"),
        ({"section": False}, "--no-section"),
        ({"every": True}, "--all"),
        ({"replace_prs": True}, "--replace-prs"),
        ({"open_prs": True}, "--open-prs"),
    ],
)
@pytest.mark.parametrize("to", [Sink.results, Sink.space, Sink.eval_results])
def test_what_is_about_cards_goes_with_cards_alone(given, typed, to):
    with pytest.raises(UsageError, match=rf"^{typed} goes with --to cards"):
        check_publish(SendOptions(to=to), CardOptions(**given))
    assert check_publish(SendOptions(to=Sink.cards), CardOptions(**given)) is Sink.cards


def test_it_is_said_where_to():
    with pytest.raises(UsageError, match="Nothing says where to publish"):
        check_publish(SendOptions(), CardOptions())
