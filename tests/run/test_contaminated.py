"""What was trained on the very data, over the local Hub with real cards and small networks."""

import json
from dataclasses import replace

import pytest
from fakes import fake_candidate, fake_probe
from hubfixture import add_dataset, add_model, write_files
from PIL import Image

from hubscore import rank
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.downloader import Downloader
from hubscore.cli.main import main
from hubscore.errors import CandidateError
from hubscore.report.notes import hints, marks
from hubscore.results.runs import as_run
from hubscore.run.contaminated import leave_out_declared, with_label_names
from hubscore.run.options import CandidateOptions
from hubscore.run.session import Session
from hubscore.types import Ranking

DATA = "taint/birds"
CLASSES = ("Barn Owl", "house-sparrow")
PLAIN, CARD, BASE, SAME = (f"taint/{name}" for name in ("plain", "by-card", "by-base", "same-classes"))
CANDIDATES = [PLAIN, CARD, BASE, SAME]


@pytest.fixture(scope="module")
def shelf(hub, tiny_repos, tmp_path_factory):
    """Four networks over the same weights: the data is named by a card, by the card of a base model, or only the
    classes are the same.
    """
    folder = tmp_path_factory.mktemp("birds")
    for number in range(12):
        place = folder / CLASSES[number % 2] / f"{number}.png"
        place.parent.mkdir(exist_ok=True)
        Image.effect_noise((32, 32), 20 + number).convert("RGB").save(place)
    add_dataset(hub.root, DATA, {"train": folder})
    network = hub.root / "models" / tiny_repos.timm
    config = json.loads((network / "config.json").read_text())
    facts = {PLAIN: {}, CARD: {"datasets": [DATA]}, BASE: {"base_model": "taint/origin"}, SAME: {}}
    add_model(hub.root, "taint/origin", {"README.md": f"---\ndatasets:\n- {DATA}\n---\n"})
    for name, card in facts.items():
        named = {"label_names": ["house sparrow", "barn_owl"]} if name == SAME else {}
        card = json.dumps({"library_name": "timm", "tags": ["image-classification"], **card})
        files = {"README.md": f"---\n{card}\n---\n", "config.json": json.dumps({**config, **named})}
        add_model(hub.root, name, {"model.safetensors": network / "model.safetensors", **files})
    return write_files(tmp_path_factory.mktemp("here"), {})


def ranked(shelf, **options):
    cache = shelf / "cache"
    return rank(DATA, models=CANDIDATES, scores=["logme", "knn"], samples=12, subsamples=0, cache_dir=cache, **options)


@pytest.fixture(scope="module")
def ranking(shelf):
    return ranked(shelf)


def test_both_grades_are_found_and_only_the_first_is_kept_back(ranking):
    assert {row.model for row in ranking if row.declares_this_data} == {CARD, BASE}
    assert {row.model for row in ranking if row.same_classes} == {SAME}
    assert ranking.best.model in (PLAIN, SAME) and not ranking.skipped
    (warning,) = (line for line in ranking.record.warnings if "training data" in line)
    assert CARD in warning and BASE in warning and SAME not in warning
    (hint,) = hints(ranking)
    assert hint.startswith(f"{SAME}: same classes") and not any(SAME in line for line in ranking.record.warnings)
    assert [marks(ranking[name], "terminal") for name in (PLAIN, CARD, SAME)] == [
        "",
        " (declares this data)",
        " (same classes)",
    ]


def test_a_hint_stays_with_who_ranked(ranking, shelf, tmp_path):
    path = str(tmp_path / "r.json")
    ranking.save(path)
    assert Ranking.load(path)[SAME].same_classes
    for sent in (as_run(ranking), as_run(path), as_run(ranked(shelf, exclude_contaminated="all"))):
        assert "same_classes" not in sent.to_bytes().decode() and "own classes" not in sent.to_bytes().decode()
    assert as_run(ranking).ranking[CARD].declares_this_data


def test_the_first_grade_is_left_out_before_it_is_downloaded(shelf, monkeypatch):
    fetched = []
    download = Downloader.download_config
    monkeypatch.setattr(
        Downloader, "download_config", lambda self, one: fetched.append(one.repo_id) or download(self, one)
    )
    made = ranked(shelf, exclude_contaminated=True)
    assert {row.model for row in made} == {PLAIN, SAME} == set(fetched)
    assert {one.model: one.reason for one in made.skipped} == dict.fromkeys(
        (CARD, BASE), f"its card, or its base model's, declares {DATA} as training data"
    )


def test_all_leaves_out_the_second_too(shelf):
    made = ranked(shelf, exclude_contaminated="all")
    assert [row.model for row in made] == [PLAIN] and {one.model for one in made.skipped} == {CARD, BASE, SAME}
    assert ["own classes are called" in one.reason for one in made.skipped if one.model == SAME] == [True]


def test_where_nobody_is_left_it_says_so(shelf):
    with pytest.raises(CandidateError, match="leaves no candidate") as caught:
        rank(DATA, models=[CARD, BASE], samples=12, cache_dir=shelf, exclude_contaminated=True)
    assert CARD in caught.value.why and "for 1 more" in caught.value.why


def test_a_folder_has_no_name_and_the_hub_is_not_asked(monkeypatch):
    monkeypatch.setattr("hubscore.run.contaminated.with_base_datasets", lambda *args: pytest.fail("asked"))
    found = CandidateSet((fake_candidate("lab/net", 0),))
    local = Session(candidates=CandidateOptions(exclude_contaminated=True))
    assert leave_out_declared(local, found, replace(fake_probe(), dataset="photos", revision=None)) is found


def test_names_of_classes_are_read_from_what_lies_on_the_disk(tmp_path):
    write_files(tmp_path, {"config.json": json.dumps({"id2label": {"0": "owl"}})})
    found = CandidateSet((replace(fake_candidate("./net", 0), path=str(tmp_path)), fake_candidate("lab/none", 1)))
    assert [one.label_names for one in with_label_names(Session(), found)] == [("owl",), ()]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ([], CANDIDATES),
        (["--exclude-contaminated"], [PLAIN, SAME]),
        (["--exclude-contaminated=all"], [PLAIN, SAME]),  # of the second grade the configuration is read by the run
    ],
)
def test_the_plan_leaves_them_out_too(shelf, typed, left, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["plan", *typed, DATA, "--models", *CANDIDATES, "--quiet"])
    told = capsys.readouterr()
    assert ended.value.code == 0, told.err
    assert told.out.split() == left
    assert (f"{CARD}: its card" in told.err) is bool(typed)


def test_another_value_is_refused_with_what_works(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["plan", DATA, "--exclude-contaminated=every"])
    assert ended.value.code == 2 and "Try: --exclude-contaminated=all" in capsys.readouterr().err
