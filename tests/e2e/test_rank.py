"""`hubscore rank` from the command line to the saved file, over HTTP against the local Hub."""

import json

import pandas as pd
import pytest
from e2e.conftest import models_of, photo
from hubfixture import add_dataset, save_tiny_timm

import hubscore
from hubscore.errors import UsageError
from hubscore.types import Ranking

FAST = ("--scores", "logme,knn,parc,leep", "--subsamples", "3", "--device", "cpu")


@pytest.fixture
def three(tiny_repos):
    return [tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless]


def test_ranks_named_models_and_saves_json(run, colours, three, tmp_path):
    out = tmp_path / "ranking.json"
    ran = run("rank", colours, "--models", *three, "--out", out, "--format", "json", *FAST)
    assert ran.code == 0, ran.err
    assert sorted(models_of(ran.rows)) == sorted(three)
    saved = json.loads(out.read_text())
    assert saved["schema"] == 1
    assert saved["rows"] == ran.rows
    assert saved["probe"]["classes"] == ["blue", "green", "red"]
    assert len(saved["probe"]["indices"]) == 36
    assert saved["record"]["versions"]["torch"]
    row = next(row for row in saved["rows"] if row["model"] == three[2])
    assert "no source head" in row["undefined"]["leep"]
    assert len(row["revision"]) == 40
    assert set(row["scores"]) == {"logme", "knn", "parc", "parc@32"}
    assert saved["rows"][0]["scores"]["knn"] > 0.9  # three plain colours


def test_second_run_needs_no_forward_pass_even_with_a_new_score(run, colours, three, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert run("rank", colours, "--models", *three, "--out", first, "-q", *FAST).code == 0
    assert (
        run("rank", colours, "--models", *three, "--out", second, "-q", "--scores", "h_score", "--subsamples", "0").code
        == 0
    )
    assert Ranking.load(str(first)).record.forward_images == 36 * 3
    assert Ranking.load(str(second)).record.forward_images == 0


def test_layers_run_once_more_and_once_only(run, colours, three, tmp_path):
    out, models = tmp_path / "ranking.json", three[:2]
    words = ("rank", colours, "--models", *models, "--out", out, "--format", "json", "--device", "cpu")
    scores = ("--scores", "kernel_probe,layer_kernel_probe,layer_kernel_probe_loss", "--subsamples", "0")
    ran = run(*words, *scores)
    assert ran.code == 0, ran.err
    first = Ranking.load(str(out))
    assert first.record.forward_images == 36 * 3 and "36 rows each, twice" in ran.err
    assert all(row.scores["layer_kernel_probe"] > 0.9 for row in first.rows)  # three plain colours
    notes = [first.record.extractions[model]["layer_kernel"] for model in models]
    assert {note["batch_norm"] for note in notes} == {True, False} and all(note["layers"] > 2 for note in notes)
    again = run(*words, *scores)
    assert again.code == 0 and Ranking.load(str(out)).record.forward_images == 0
    kept = "In the feature cache already: 2 of 2 candidates, which cost no extraction"
    assert kept in again.err and kept in run("plan", colours, "--models", *models, "--device", "cpu").err
    assert run(*words, "--scores", "kernel_probe", "--transform", "whole").code == 0
    whole = Ranking.load(str(out))  # the vit's own transform cuts nothing off
    assert whole.record.forward_images == 36 and (first.record.transform, whole.record.transform) == ("own", "whole")
    assert {about["transform"]["resize"]["mode"] for about in whole.record.extractions.values()} == {"exact"}
    declined = run(*words, "--no-layers")
    assert declined.code == 0 and not any("layer_kernel_probe" in row["scores"] for row in declined.rows)
    assert "36 rows each, download" in declined.err
    refused = run(*words, *scores, "--no-layers")
    assert refused.code == 2 and "--no-layers declines" in refused.err


def test_a_layer_pass_that_fails_leaves_the_model_ranked(run, colours, three, tmp_path, monkeypatch):
    from hubscore.extract import layer_pass

    def broken(*args, **options):
        raise RuntimeError("view size is not compatible")

    monkeypatch.setattr(layer_pass, "run_layers", broken)
    ran = run("rank", colours, "--models", *three[:2], "--format", "json", "--scores", "logme,layer_kernel_probe")
    assert ran.code == 0 and len(ran.rows) == 2
    undefined = {row["model"]: row["undefined"].get("layer_kernel_probe", "") for row in ran.rows}
    assert "view size is not compatible" in undefined[three[0]] and not undefined[three[1]]


def test_fresh_probes_run_each_row_once_and_cost_one_download(run, hub, colours, three, tmp_path):
    out, save = tmp_path / "ranking.json", tmp_path / "ranking.html"
    words = (
        "rank",
        colours,
        "--models",
        *three[:2],
        "--probes",
        "3",
        "--samples",
        "12",
        "--scores",
        "logme,knn",
        "--device",
        "cpu",
    )
    ran = run(*words, "--out", out, "--format", "human")
    assert ran.code == 0, ran.err
    ranking = Ranking.load(str(out))
    assert ranking.record.uncertainty.probes == 3
    draws = [tuple(ranking.probe.indices), *(tuple(other["indices"]) for other in ranking.probe.fresh)]
    assert len(draws) == len({*draws}) == 3 and all(len(set(draw)) == 12 for draw in draws)
    distinct = len({row for draw in draws for row in draw})
    assert 12 < distinct < 36 and ranking.record.forward_images == distinct * 2  # a row of two draws runs once
    assert ran.err.count("Probe: 12 images") == 3 and "means over 3 fresh probes" in ran.err
    assert run(*words, "--out", save, "-q").code == 0 and "3 fresh probes" in save.read_text()
    with pytest.raises(UsageError, match="--probes must be at least 1: it is 0"):
        hubscore.rank(colours, models=three, probes=0)


def test_a_larger_sample_and_fresh_probes_run_only_the_rows_that_are_new(run, hub, colours, three, tmp_path):
    def images(*options):
        out = tmp_path / "ranking.json"
        words = ("rank", colours, "--models", three[0], "--scores", "logme", "--device", "cpu", "--cache-dir", tmp_path)
        ran = run(*words, *options, "--out", out, "--format", "quiet")
        assert ran.code == 0, ran.err
        ranking = Ranking.load(str(out))
        drawn = [ranking.probe.indices, *(other["indices"] for other in ranking.probe.fresh or ())]
        return ranking.record.forward_images, {row for draw in drawn for row in draw}

    ran, known = images("--samples", "12")
    assert ran == 12
    for options in (
        ("--samples", "12", "--probes", "3"),
        ("--samples", "24"),
        ("--samples", "36"),
        ("--samples", "18"),
    ):
        ran, drawn = images(*options)
        assert ran == len(drawn - known) < len(drawn)
        known |= drawn
    assert len(known) == 36


def test_unlabeled_ranks_by_what_needs_no_labels_and_says_so(run, hub, three, tmp_path):
    add_dataset(hub.root, "tiny/plain", {f"{n}.png": photo(n % 3, n) for n in range(12)})
    ran = run(
        "rank",
        "tiny/plain",
        "--models",
        *three,
        "--unlabeled",
        "--subsamples",
        "3",
        "--device",
        "cpu",
        "--format",
        "json",
    )
    assert ran.code == 0, ran.err
    assert all(set(row["scores"]) == {"energy"} and set(row["undefined"]) <= set(row["baselines"]) for row in ran.rows)
    assert "this order rests on energy alone" in ran.err and "logme, h_score, knn" in ran.err


def test_unlabeled_takes_no_notice_of_labels_that_are_there(run, colours, three):
    words = ("rank", colours, "--models", *three, "--unlabeled", "--device", "cpu", "--format", "json")
    ran = run(*words, "--scores", "energy")
    assert ran.code == 0 and {name for row in ran.rows for name in row["scores"]} == {"energy"}, ran.err
    refused = run(*words, "--scores", "energy,knn")
    assert refused.code == 2 and "Cannot compute 'knn': it reads labels" in refused.err


def test_a_reference_network_is_compared_with_and_does_not_enter_the_consensus(run, colours, three, tmp_path):
    out = tmp_path / "ranking.json"
    words = (
        "rank",
        colours,
        "--models",
        *three[1:],
        "--reference",
        three[0],
        "--scores",
        "logme,rsa,cka,dds",
        "--device",
        "cpu",
    )
    ran = run(*words, "--subsamples", "3", "--out", out, "--format", "json")
    assert ran.code == 0, ran.err
    assert sorted(models_of(ran.rows)) == sorted(three[1:])  # the reference is no candidate
    assert all(-1 <= row["scores"][name] <= 1 for row in ran.rows for name in ("rsa", "cka", "dds"))
    record = Ranking.load(str(out)).record
    assert record.reference.model == three[0] and record.recipe.families == {"evidence": ["logme"]}
    headed = run(*words, "--reference-head", "--subsamples", "0", "--format", "json")
    assert [row["scores"]["rsa"] for row in headed.rows] != [row["scores"]["rsa"] for row in ran.rows]


def test_a_reference_that_is_a_candidate_resembles_itself_most(run, colours, three):
    ran = run(
        "rank",
        colours,
        "--models",
        *three,
        "--reference",
        three[1],
        "--unlabeled",
        "--scores",
        "cka",
        "--device",
        "cpu",
        "--json",
    )
    assert ran.code == 0, ran.err
    assert ran.rows[0]["model"] == three[1] and ran.rows[0]["scores"]["cka"] == pytest.approx(1)
    assert "which checkpoints resemble the reference network" in ran.err


def test_without_labels_a_reference_ranks_by_where_networks_look_and_how_they_arrange_images(
    run, colours, three, tmp_path
):
    out = tmp_path / "ranking.json"
    words = (
        "rank",
        colours,
        "--models",
        *three,
        "--reference",
        three[0],
        "--unlabeled",
        "--subsamples",
        "3",
        "--device",
        "cpu",
    )
    ran = run(*words, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert ran.rows[0]["model"] == three[0]
    assert ran.rows[0]["scores"]["attribution"] == pytest.approx(1, abs=1e-3)
    assert ran.rows[0]["scores"]["depara"] == pytest.approx(2, abs=1e-3)
    record = Ranking.load(str(out)).record
    assert set(record.recipe.families) >= {"representation"}
    for model, reason in record.maps_skipped["nodes"].items():  # random networks whose representation has one length
        row = next(row for row in ran.rows if row["model"] == model)
        assert "the same for all 36 images" in reason and "it has no attribution maps" in row["undefined"]["depara"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--reference", "tiny/nowhere"), "The reference network 'tiny/nowhere' cannot be used"),
        (("--reference-head",), "--reference-head needs a network to sit on"),
        (
            ("--reference", "tiny/nowhere", "--reference-head", "--unlabeled"),
            "--reference-head and --unlabeled exclude each other",
        ),
    ],
)
def test_a_reference_that_cannot_be_used_is_said_so(run, colours, three, words, told):
    ran = run("rank", colours, "--models", *three, *words, "--device", "cpu")
    assert ran.code in (1, 2) and told in ran.err and "Traceback" not in ran.err


def test_search_ranks_what_the_hub_lists(run, colours, three):
    ran = run("rank", colours, "--search", "tiny/", "--limit", "50", "--format", "json", *FAST)
    assert ran.code == 0, ran.err
    assert set(three) <= set(models_of(ran.rows))


def test_table_and_talk_go_to_their_own_streams(run, colours, three):
    ran = run("rank", colours, "--models", *three, "--format", "human", *FAST)
    assert ran.code == 0
    assert "CONSENSUS" in ran.out and three[0] in ran.out
    assert "Candidates: 3" in ran.err and "Estimated time" in ran.err
    assert "Estimates from a probe of your data, not" in ran.err


def test_quiet_prints_one_id_a_line(run, colours, three):
    ran = run("rank", colours, "--models", *three, "-q", *FAST)
    assert sorted(ran.out.split()) == sorted(three)
    assert all(line.startswith("Warning: ") for line in ran.err.splitlines())


def test_plan_downloads_nothing(run, hub, colours, three):
    hub.log.clear()
    ran = run("rank", colours, "--models", *three, "--plan", "--format", "json")
    assert ran.code == 0, ran.err
    assert sorted(models_of(ran.rows)) == sorted(three)
    assert not [path for method, path, *_ in hub.log if method == "GET" and path.endswith("safetensors")]
    assert "To download" in ran.err


def test_over_the_budget_is_refused_when_nobody_can_answer(run, hub, colours):
    save_tiny_timm(hub.root / "models" / "tiny" / "never-fetched", seed=9)
    words = ("rank", colours, "--models", "tiny/never-fetched", "--budget-gb", "0", *FAST)
    ran = run(*words)
    assert ran.code == 1
    assert "This run would download" in ran.err and "the budget is 0 GB" in ran.err and "--yes" in ran.err
    assert run(*words, "--yes").code == 0


def test_unknown_model_is_skipped_by_name_and_strict_makes_it_a_failure(run, colours, three):
    words = ("rank", colours, "--models", three[0], three[1], "tiny/resnot", "--format", "json", *FAST)
    ran = run(*words)
    assert ran.code == 0
    assert "1 candidate skipped" in ran.err and "tiny/resnot" in ran.err
    assert run(*words, "--strict").code == 1


def test_saves_every_format(run, colours, three, tmp_path):
    files = [word for ending in ("csv", "parquet", "md", "html") for word in ("--out", tmp_path / f"r.{ending}")]
    ran = run("rank", colours, "--models", *three, *files, "-q", *FAST)
    assert ran.code == 0, ran.err
    assert sorted(pd.read_csv(tmp_path / "r.csv")["model"]) == sorted(three)
    assert sorted(pd.read_parquet(tmp_path / "r.parquet")["model"]) == sorted(three)
    assert three[0] in (tmp_path / "r.md").read_text()
    assert three[0] in (tmp_path / "r.html").read_text()


def test_same_object_in_python(colours, three, tmp_path):
    ranking = hubscore.rank(
        colours, models=three, scores=["logme", "knn"], subsamples=0, cache_dir=tmp_path, device="cpu"
    )
    assert sorted(row.model for row in ranking) == sorted(three)
    assert ranking.best.rank == 1
    assert three[0] in ranking._repr_html_()
    assert Ranking.from_json(json.loads(json.dumps(ranking.to_json()))).to_json() == ranking.to_json()


def test_candidate_order_changes_nothing(colours, three, tmp_path):
    options = dict(scores=["logme", "knn", "parc"], subsamples=4, cache_dir=tmp_path, device="cpu")
    one = hubscore.rank(colours, models=three, **options)
    other = hubscore.rank(colours, models=three[::-1], **options)
    assert [row.model for row in one] == [row.model for row in other]
    assert [row.consensus_ci for row in one] == [row.consensus_ci for row in other]
