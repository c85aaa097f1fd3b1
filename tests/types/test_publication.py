from hubscore.types import Publication


def test_a_publication_is_planned_until_it_is_made():
    planned = Publication("a/b", "card", "+ line")
    assert (planned.outcome, planned.pull_request, planned.reason) == ("planned", None, "")
    assert Publication.from_json(planned.to_json()) == planned
