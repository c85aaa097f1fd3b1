import io
import json

import pytest
from candidates.repos import timm_repo
from e2e.conftest import photo_folder
from hubfixture import write_files
from rich.console import Console

from hubscore.candidates.race_work import RaceWork
from hubscore.cli.output import Output
from hubscore.cli.plan_view import plan_table, show_plan
from hubscore.errors import CandidateError, HubscoreError
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.extract.machine_speed.measure", lambda device: 1e-3)
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path / "photos", photo_folder(2))
    write_files(tmp_path / "nets/a", timm_repo(seed=1))
    run = RunOptions(device="cpu", cache_dir=tmp_path / "cache", budget_gb=2)
    return Session(DataOptions(samples=30), CandidateOptions(models=["./nets"]), run)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_name_and_no_size_is_cut_on_a_narrow_terminal(width):
    name = "timm/eva02_base_patch14_448.mim_in22k_ft_in1k"
    columns = {"MODEL": [name, "lab/b"], "FAMILY": ["efficientnet", "vit"], "LICENCE": ["apache-2.0", "-"]}
    columns |= {"PARAMS": ["86.5M", "1.03M"], "SIZE": ["346 MB", "4.16 MB"], "TO DOWNLOAD": ["346 MB", "0 B"]}
    console = Console(file=io.StringIO(), width=width)
    console.print(plan_table(columns, width))
    head, first, _ = console.file.getvalue().splitlines()
    assert name in first and head.endswith("TO DOWNLOAD") and "\N{HORIZONTAL ELLIPSIS}" not in head + first
    assert ("PARAMS" in head) == (width >= 80) and ("FAMILY" in head) == (width == 160)


def test_every_probe_counts(session):
    out, err = io.StringIO(), io.StringIO()
    assert show_plan(Output("json", stdout=out, stderr=err), session, "photos", probes=3) == 0
    totals = json.loads(out.getvalue())["totals"]
    assert totals["samples"] == 3 * 6 and totals["budget_bytes"] == 2 * 10**9
    assert "18 rows each" in err.getvalue()


def test_fine_tuning_the_first_is_in_the_plan(session):
    out, err = io.StringIO(), io.StringIO()
    assert show_plan(Output("json", stdout=out, stderr=err), session, "photos", finetune_top=3) == 0
    totals = json.loads(out.getvalue())["totals"]
    assert totals["finetune_top"] == 1 and totals["finetune_minutes"] > 0
    assert "Training the first afterwards: about" in err.getvalue()


def test_a_reference_is_looked_up_and_counted(session, tmp_path):
    quiet = Output("json", stdout=io.StringIO(), stderr=io.StringIO())
    with pytest.raises(CandidateError, match=r"nets/b"):
        show_plan(quiet, session, "photos", reference="./nets/b")
    write_files(tmp_path / "nets/b", timm_repo(seed=2))
    out = io.StringIO()
    only_a = Session(session.data, CandidateOptions(models=["./nets/a"]), session.run)
    assert show_plan(Output("json", stdout=out, stderr=io.StringIO()), only_a, "photos", reference="./nets/b") == 0
    assert [row["model"] for row in json.loads(out.getvalue())["rows"]] == ["./nets/a", "./nets/b"]


def test_the_data_set_is_looked_for_first(session):
    with pytest.raises(HubscoreError):
        show_plan(Output("json", stdout=io.StringIO(), stderr=io.StringIO()), session, "./no-such-photos")


def test_the_list_is_saved(session, tmp_path):
    err = io.StringIO()
    output = Output("quiet", stdout=io.StringIO(), stderr=err)
    assert show_plan(output, session, "photos", save_models=tmp_path / "kept.txt") == 0
    assert "./nets/a" in (tmp_path / "kept.txt").read_text()


def test_a_race_is_named_with_its_rows(session):
    out, err = io.StringIO(), io.StringIO()
    race = RaceWork(60, 30, (12,), least=6)
    show = Output("json", stdout=out, stderr=err)
    assert show_plan(show, session, "photos", race=lambda probe, count: race if count == 1 else None) == 0
    assert json.loads(out.getvalue())["totals"]["race"] == {
        "stages": [12],
        "fewest_forward_rows": 828,
        "most_forward_rows": 1800,
    }
    assert "Race: 60 candidates run over 12 rows" in err.getvalue()
