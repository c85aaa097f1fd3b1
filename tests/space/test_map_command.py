import io
import shlex
from dataclasses import replace

import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from data import Folder, Results
from hubfixture import add_dataset
from map_command import MOST, commands, left_out
from page import Pages
from PIL import Image
from spacedata import evil_ranking, example_ranking
from state import State

from hubscore.probe.load import load_probe
from hubscore.publish.results import write_results
from hubscore.ranking.record import describe_probe


def picture(number):
    """A small picture of one colour as a file."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (10 * number, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def words(folder, ranking):
    """The words of the first command for a ranking, and the second command."""
    write_results(folder, [ranking])
    first, _, second = commands(Pages(Results(Folder(folder))).open(State())).rpartition("\n")
    return shlex.split(first.replace("\\\n", " ")), second


def test_the_command_draws_the_very_rows_of_the_ranking(tmp_path, hub):
    files = {f"{('cat', 'dog', 'hen')[number % 3]}/{number}.png": picture(number) for number in range(24)}
    add_dataset(hub.root, "alice/pets", files)
    probe = load_probe("alice/pets", samples=12, seed=3)
    told = replace(example_ranking(models=3), probe=describe_probe(probe))
    (_, verb, dataset, *rest), _ = words(tmp_path / "results", told)
    rows = rest[: rest.index("--models")]
    asked = {name[2:].replace("-", "_"): value for name, value in zip(rows[::2], rows[1::2], strict=True)}
    again = load_probe(dataset, **{name: int(one) if one.isdecimal() else one for name, one in asked.items()})
    assert verb == "map" and again.fingerprint == probe.fingerprint


@pytest.mark.parametrize(("models", "named"), [(3, 3), (80, MOST)])
def test_the_command_names_the_models_of_the_ranking(tmp_path, models, named):
    ranking = example_ranking(models=models)
    first = [row.model for row in sorted(ranking.rows, key=lambda row: (row.rank, row.model.casefold()))]
    told, add = words(tmp_path, ranking)
    at = told.index("--models") + 1
    assert told[at : told.index("--save")] == first[:named]
    assert add == "hubscore space --add-map my-map --results RESULTS_FOLDER"
    said = left_out(Pages(Results(Folder(tmp_path))).open(State()))
    assert said.startswith("20 of the 80 models are left out") if models > MOST else said == ""


def test_nothing_hostile_gets_into_the_command(tmp_path):
    evil = evil_ranking()
    told, _ = words(tmp_path, replace(evil, probe=replace(evil.probe, config="a; rm -rf ~", label_column="$(x)")))
    assert told[:3] == ["hubscore", "map", "DATASET"] and not {"$(x)", "a; rm -rf ~"} & set(told)
    assert "<" not in commands(Pages(Results(Folder(tmp_path))).open(State()))
