"""`hubscore layers` from the command line, and every kind of file that it writes."""

import csv
import json

import pytest
from e2e.conftest import colours, run
from PIL import Image

from hubscore.cli.layers import layers

__all__ = ["colours", "run"]  # fixtures
FAST = ("--device", "cpu", "--samples", "24")


def test_in_every_mode(run, colours, tiny_repos):
    human = run("layers", tiny_repos.timm, colours, *FAST, "--format", "human")
    assert human.code == 0, human.err
    assert (
        "MEAN PERCENTILE" in human.out
        and human.out.count("recommended") == 1
        and human.out.index("conv1.2") < human.out.index("layer4")
    )
    assert (
        "This is an estimate: nothing was fine-tuned" in human.err
        and "parameter.requires_grad_(not name.startswith(frozen))" in human.err
    )
    told = json.loads(run("layers", tiny_repos.timm, colours, *FAST, "--json").out)
    assert told["estimate"] and f"Transfer up to {told['recommended']}:" in human.err
    quiet = run("layers", tiny_repos.timm, colours, *FAST, "-q")
    assert quiet.out.strip() == told["recommended"] and "frozen" not in quiet.err
    agent = run("layers", tiny_repos.timm, colours, *FAST, "--format", "agent")
    lines = [line.split("\t") for line in agent.out.splitlines()]
    assert lines[0][0] == "layer" and len(lines) == 1 + len(told["layers"]) and len({len(line) for line in lines}) == 1


def test_depara_and_every_kind_of_file(run, colours, tiny_repos, tmp_path):
    paths = [tmp_path / f"out.{ending}" for ending in ("json", "csv", "html", "png", "svg")]
    words = ("layers", tiny_repos.transformers, colours, "--target-network", tiny_repos.timm, "--lambda", "10", *FAST)
    found = run(*words, *(word for path in paths for word in ("--out", path)))
    assert found.code == 0, found.err
    assert all(f"Saved {path}" in found.err for path in paths)
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["method"] == "depara" and told["record"]["lambda"] == 10
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [row["layer"] for row in rows] == [layer["name"] for layer in told["layers"]] and float(rows[0]["depara"])
    page = (tmp_path / "out.html").read_text()
    assert f"Estimate: transfer up to {told['recommended']}" in page and "requires_grad_" in page
    assert "src=" not in page.replace('src="data:', "") and "href=" not in page
    assert Image.open(tmp_path / "out.png").size[0] > 400 and "depara_edges" in (tmp_path / "out.svg").read_text()


def test_a_list_needs_no_data_set(run, tiny_repos):
    found = run("layers", tiny_repos.transformers, "--list", "--json")
    assert found.code == 0, found.err
    assert [row["layer"] for row in found.rows] == ["vit.embeddings", "vit.layers.0", "vit.layers.1"] and all(
        row["cuts"] for row in found.rows
    )
    some = run("layers", tiny_repos.transformers, "--list", "--layers", "vit.layers.1,vit.embeddings", "-q")
    assert some.out.split() == ["vit.embeddings", "vit.layers.1"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("{m}",), 2, "No data set was named: layers are compared on one"),
        (("{m}", "{d}", "--out", "x.pdf"), 2, "the ending must be .json, .csv, .html, .png or .svg"),
        (("{m}", "{d}", "--out", "no/where.png"), 2, "its folder does not exist"),
        (("{m}", "{d}", "--target-network", "a/b", "--scores", "knn"), 2, "exclude each other"),
        (("{m}", "{d}", "--layers", "layer3.9"), 1, "has no layer 'layer3.9'"),
        (("{m}", "{d}", "--target-network", "tiny/none"), 1, "The target network 'tiny/none' cannot be used"),
        (("tiny/none", "{d}"), 1, "tiny/none"),
    ],
)
def test_bad_usage(run, colours, tiny_repos, words, code, told):
    found = run("layers", *(word.format(m=tiny_repos.timm, d=colours) for word in words), "--device", "cpu")
    assert found.code == code and told in found.err and not found.out


def test_where_nothing_is_defined_no_layer_is_recommended_and_the_run_fails(run, colours, tiny_repos, tmp_path):
    words = ("layers", tiny_repos.timm, colours, "--scores", "h_score", "--layers", "layer4", *FAST)
    found = run(*words, "--format", "agent", "--out", tmp_path / "none.html")
    assert (
        found.code == 1
        and "h_score is undefined for every layer" in found.err
        and "no layer can be recommended" in found.err
    )
    assert "No layer is recommended" in (tmp_path / "none.html").read_text()
    assert run(*words, "-q").out == "" and json.loads(run(*words, "--json").out)["recommended"] is None


def test_the_examples_of_the_help_parse():
    import inspect

    names = {f"--{name.rstrip('_').replace('_', '-')}" for name in inspect.signature(layers).parameters}
    used = {word for word in layers.epilog.split() if word.startswith("--")}
    assert used <= names
