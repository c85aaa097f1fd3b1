"""What the preview lists is what leaves: a field that nobody has named in the list fails here."""

import re
from dataclasses import fields, replace

from spacedata import example_ranking, foreseen

from hubscore.publish.leaving import example, map_leaves, record_leaves, space_leaves
from hubscore.publish.privacy import redacted, without_folders
from hubscore.publish.results import write_results
from hubscore.publish.results.thumbnails import with_thumbnails
from hubscore.publish.sent_fields import NEVER, PROBE, RECORD, ROW, SKIPPED, WHOLE
from hubscore.results.runs import HINTS
from hubscore.types import ProbeDescription, Ranking, Row, RunRecord, Skipped

OWN = {"extra", "absent"}
"""Fields of a record that are no keys of its JSON."""


def names(kind):
    return {field.name for field in fields(kind)} - OWN


def listed(text):
    return {line[4:22].strip() for line in text.splitlines() if re.match("#   [a-z]", line) and line[22:23] == " "}


def test_every_field_that_may_be_sent_is_in_the_list():
    for kind, words in ((Row, ROW), (Skipped, SKIPPED), (ProbeDescription, PROBE), (RunRecord, RECORD)):
        assert names(kind) <= words.keys(), f"name what {names(kind) - words.keys()} tells in publish/sent_fields.py"
    assert names(Ranking) - {"rows", "skipped", "probe", "record"} <= WHOLE.keys()
    assert {name for name, words in ROW.items() if words == NEVER} == HINTS
    assert all(len(words) <= 30 for part in (ROW, SKIPPED, PROBE, RECORD, WHOLE) for words in part.values())


def test_a_public_ranking_is_listed_field_by_field_with_examples():
    ranking = foreseen(example_ranking(models=3))
    record = replace(ranking.record, command="hubscore rank user/birds --models " + "timm/net " * 30)
    data = replace(ranking, record=record).to_json() | {"a_key_of_tomorrow": 7}
    told = record_leaves(without_folders(data), data, run="2026-x", user="alice")
    assert "Folders of this machine" not in told and "in a commit by alice" in told and "Of each of 3 models" in told
    row = data["rows"][0]
    shown = {name for name, value in row.items() if value not in (None, {}, [])}
    assert shown <= listed(told) and f"id of the checkpoint\n#       {row['model']}\n" in told
    assert "a_key_of_tomorrow" in told and "unknown to this hubscore" in told
    assert "hubscore rank user/birds --models" in told and " ...\n" in told
    assert told.splitlines()[-1] == "# Not sent: any of the images, their features, access tokens."
    assert max(map(len, told.splitlines())) <= 80 and all(line.startswith("#") for line in told.splitlines())


def test_of_a_private_one_it_says_what_stays():
    ranking = example_ranking("acme/secret", 3)
    ranking = replace(ranking, record=replace(ranking.record, command="hubscore rank acme/secret", warnings=("/a/b",)))
    mine = replace(ranking.rows[1], model="/a/b/our-net", revision="local-0123456789abcdef")
    gone = Skipped("/a/b/other-net", "gone")
    ranking = replace(ranking, rows=(ranking.rows[0], mine, ranking.rows[2]), skipped=(gone,))
    data = ranking.to_json()
    told = record_leaves(redacted(data), data, run="x", user=None)
    assert "acme" not in told and "/a/b" not in told
    assert "Folders of this machine are named" in told and "our-net@local-01234567, other-net." in told
    stays = told[told.index("Stays on this machine") :].replace("\n# ", " ")
    assert all(name in stays for name in ("probe.dataset", "probe.classes", "probe.indices", "record.command"))
    assert "names and tokens in them: record.warnings" in stays


def test_what_is_not_sent_is_that_of_this_run():
    plain = example_ranking(models=3)
    record = replace(plain.record, map_images=8)
    maps, texts = replace(plain, record=record), replace(plain, probe=replace(plain.probe, modality="text"))
    pictures = with_thumbnails(plain.to_json(), ["runs/x/1.jpg", "runs/x/2.jpg"])
    told = [
        record_leaves(sent, own.to_json(), run="x", user=None).replace("\n# ", " ").rpartition(" Not sent: ")[2]
        for sent, own in ((maps.to_json(), maps), (texts.to_json(), texts), (pictures, plain))
    ]
    assert told[0] == "any of the images, their features, attribution maps, access tokens."
    assert told[1] == "any of the texts, their features, access tokens."
    assert told[2] == "the images but for the 2 thumbnails, their features, access tokens."


def test_a_page_without_a_server_holds_every_column(tmp_path):
    results = write_results(tmp_path, [foreseen(example_ranking(models=3))])
    told = space_leaves(results, static=True, new=False)
    table = results.table
    assert {name[:18] for name in table.column_names if table[name].null_count < 3} <= {
        name[:18] for name in listed(told) | {line.split()[1] for line in told.splitlines() if len(line.split()) > 1}
    }
    code = space_leaves(results, static=False, new=False, proxy="openai/clip")
    assert "no row, no ranking and no token" in code and "openai/clip" in code and "score_logme" not in code
    assert "score_logme" in space_leaves(results, static=False, new=True)


def test_examples_say_how_many_there_are():
    assert (
        example([]) == "[]"
        and example([0.25, 0.5]) == "[0.25, 0.5]"
        and example(["a"]) == "1: a"
        and example([3, 4, 5]) == "3: 3, ..."
    )
    many = {f"org/net-{i}": {"dtype": "float32", "seconds": i} for i in range(40)}
    assert example(many) == "40: org/net-0 {dtype float32, seconds 0}, ..."
    assert example({name: 0.25 for name in "abcdefg"}) == "7: a 0.25, ..." and example("a" * 40) == "a" * 18 + "..."
    assert "\x1b" not in example("\x1b[2Jx")


def test_a_map_is_listed_too():
    told = map_leaves(
        {"title": "cka on a/b", "models": ["a/net"], "attributions": {"a/net": ["data:image/png;base64,AAA"]}}
    )
    assert "what it shows" in told and "where networks look in images" in told
