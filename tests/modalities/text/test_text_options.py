"""Rankings of networks over texts, from Python and from the command line."""

import json
import random

import pytest
import transformers as tf
from models.texts import SHAPE, WORDS, save_text_network

from hubscore import rank
from hubscore.cli.main import main
from hubscore.errors import UsageError


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return [str(save_text_network(folder / "encoder", tf.BertModel, **SHAPE))]


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder, draw = tmp_path_factory.mktemp("sets"), random.Random(0)

    def words(count):
        return draw.choices(WORDS, k=count)

    pairs = "".join(f"{' '.join(words(5))},{' '.join(words(5))},{row % 2}\n" for row in range(16))
    (folder / "pairs.csv").write_text(f"left,right,label\n{pairs}")
    rows = [{"tokens": words(4), "ner_tags": ["O", "B", "O", "B"]} for _ in range(10)]
    (folder / "words.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


SCORES = ["knn", "parc"]


@pytest.mark.parametrize(
    ("name", "keywords"),
    [
        ("pairs.csv", {"text_column": "left"}),
        ("pairs.csv", {"text_column": "right", "pair_column": "left"}),
        ("words.jsonl", {"label_column": "ner_tags"}),
    ],
)
def test_python_and_the_command_line_say_the_same(sets, models, tmp_path, capsys, name, keywords):
    common = {"samples": 12, "scores": SCORES, "isolate": "never", "cache_dir": str(tmp_path / "cache")}
    found = rank(sets / name, models=models, **common, **keywords)
    words = [f"--{key.replace('_', '-')}={value}" for key, value in keywords.items()]
    out = tmp_path / "ranking.json"
    more = ["--samples=12", f"--scores={','.join(SCORES)}", "--isolate=never", f"--cache-dir={tmp_path / 'cache'}"]
    with pytest.raises(SystemExit) as ended:
        main(["rank", str(sets / name), "--models", *models, *words, *more, f"--out={out}", "--device=cpu"])
    assert not ended.value.code, capsys.readouterr().err
    saved = json.loads(out.read_text())
    assert saved["probe"]["fingerprint"] == found.probe.fingerprint and saved["probe"]["modality"] == "text"
    assert saved["rows"][0]["scores"] == dict(found.rows[0].scores)
    assert saved["record"]["forward_images"] == 0  # the second run reads the first one's cache
    assert any(note.startswith("texts: ") for note in saved["probe"]["notes"])


def test_the_head_of_a_network_for_words_gives_source_classes(sets, tmp_path):
    folder = save_text_network(tmp_path / "ner", tf.BertForTokenClassification, num_labels=5, **SHAPE)
    found = rank(sets / "words.jsonl", models=[str(folder)], samples=12, scores=["leep", "nce"], isolate="never")
    assert set(found.rows[0].scores) == {"leep", "nce"}


@pytest.mark.parametrize(
    ("verb", "more", "fix"),
    [
        ("rank", ["--scores=attribution", "--reference=ENCODER"], "leave out what compares attribution maps"),
        ("map", ["--out=MAP.html"], "--method rsa"),
    ],
)
def test_what_looks_at_images_alone_is_refused_with_words(sets, models, tmp_path, capsys, verb, more, fix):
    more = [word.replace("ENCODER", models[0]).replace("MAP", str(tmp_path / "map")) for word in more]
    with pytest.raises(SystemExit) as ended:
        main([verb, str(sets / "pairs.csv"), "--models", *models, "--text-column=left", *more])
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code and "Networks over texts cannot be explained" in said, said
    assert "they have no attribution method" in said and fix in said


def test_the_layer_that_the_probe_likes_best_is_said_per_row_and_in_the_record(sets, models, tmp_path):
    asked = {"models": models, "scores": ["logme"], "isolate": "never", "text_column": "left", "samples": 16}
    asked["cache_dir"] = tmp_path / "cache"
    found = rank(sets / "pairs.csv", **asked, hidden_layers="best")
    told = found.record.extractions[models[0]]["hidden_layer"]
    assert told["of"] == len(told["values"]) == 2 and told["values"][told["layer"] - 1] == max(told["values"])
    assert found.rows[0].scores["logme"] == pytest.approx(max(told["values"]))
    assert found.rows[0].notes == (f"features of layer {told['layer']} of 2, chosen on the probe by LogME",)
    with pytest.raises(UsageError, match="The best of the hidden layers needs labels"):
        rank(sets / "pairs.csv", **{**asked, "scores": "all"}, hidden_layers="best", unlabeled=True)
