import io
import json

import pytest
from modelmap.maps import make, member

from hubscore.cli.map_options import ShowOptions
from hubscore.cli.map_view import show_map
from hubscore.cli.out_files import OutFiles
from hubscore.cli.output import Output
from hubscore.types import Skipped


@pytest.fixture
def shown(tmp_path):
    made = make(tmp_path / "s")

    def show(format="json", skipped=(), **options):
        out, err = io.StringIO(), io.StringIO()
        made.skipped = skipped
        given = {name: options.pop(name) for name in ("out", "strict", "saved") if name in options}
        files = OutFiles(tuple(given.pop("out", ())))
        code = show_map(Output(format, stdout=out, stderr=err), made, ShowOptions(**options), files, **given)
        return code, out.getvalue(), err.getvalue()

    show.map = made
    return show


def test_json_has_every_neighbour(shown):
    code, out, err = shown()
    rows = json.loads(out)
    assert code == 0 and len(rows) == len(shown.map) and len(rows[0]["neighbours"]) == len(rows) - 1
    assert "24 images of" in err


def test_the_neighbours_of_one(shown):
    _, out, _ = shown("quiet", nearest="lab/next")
    assert sorted([*out.split(), "lab/next"]) == sorted(shown.map.names)


def test_what_was_skipped_is_named_and_fails_a_strict_run(shown):
    skipped = (Skipped("lab/odd", "its weights are damaged"),)
    code, _, err = shown(skipped=skipped)
    assert code == 0 and "1 candidate skipped" in err and "lab/odd: its weights are damaged" in err
    assert shown(skipped=skipped, strict=True)[0] == 1


def test_where_it_was_saved_and_how_to_go_on(shown, tmp_path):
    _, _, err = shown(saved=tmp_path / "s", out=[tmp_path / "map.csv"])
    assert f"Saved {tmp_path / 'map.csv'}" in err and f"hubscore map --map {tmp_path / 's'} --add ID" in err


def test_pairs_without_a_similarity_are_warned_of(shown):
    shown.map.insert({"lab/dead": member("lab/dead", dead=True)})
    assert "5 of 15 pairs have no similarity" in shown()[2]
