import json
import re
from dataclasses import replace

import pytest
from fakes import fake_pool, fake_probe

from hubscore.calibration.calibration import Calibration
from hubscore.ranking.build import build_ranking
from hubscore.report.html import page
from hubscore.report.markdown import document
from hubscore.run.own_nouns import in_own_nouns

SAID = re.compile(r"(?<![\w/-])images?(?![\w/-])", re.IGNORECASE)


def ranked(modality, **more):
    probe = replace(fake_probe(each=15), modality=modality)
    candidates, extractions = fake_pool(probe)
    scores = ["kernel_probe", "kernel_probe_loss", "sfda", "nce", "knn", "heuristic"]
    return build_ranking(candidates, extractions, probe, scores=scores, **more)


@pytest.fixture(scope="module")
def of_texts():
    return in_own_nouns(ranked("text"))


def test_a_ranking_of_texts_speaks_of_texts(of_texts):
    assert of_texts.record.expected.truth == "if fine-tuned on about 300 texts"
    assert of_texts.record.order_text.endswith("an estimate: if fine-tuned on about 300 texts.")
    assert "the texts it was least sure of" in of_texts.scores["sfda"].words["measures"]
    told = of_texts.to_json()
    told["record"]["expected"].pop("calibration")  # what it was fitted on is of images
    assert not SAID.search(json.dumps(told).replace("calibrated on image data", ""))


def test_what_it_was_calibrated_on_is_still_said(of_texts):
    expected = of_texts.record.expected
    assert expected.notes[0] == "calibrated on image data, and asked of text data: the interval is wider"
    assert "300 images" in expected.calibration["provenance"]["truth"]


def test_reports_of_texts_name_images_only_where_the_calibration_came_from(of_texts):
    shown = page(of_texts)
    for html in (shown.partition("<h2>The probe</h2>")[0], document(of_texts)):
        lines = [line for line in html.splitlines() if SAID.search(line) and "Calibrated " not in line]
        assert lines == []


def test_a_ranking_of_images_stays_as_it_is():
    made = ranked("image")
    assert in_own_nouns(made) is made


def test_a_calibration_of_texts_keeps_its_words():
    known = Calibration.default()
    words = replace(known.provenance, truth="if fine-tuned on images of texts as in docs/truth.md")
    made = in_own_nouns(ranked("text", calibration=replace(known, modality="text", provenance=words)))
    assert made.record.expected.truth == words.truth


def test_a_ranking_by_consensus_has_no_such_words():
    probe = replace(fake_probe(each=15), modality="text")
    made = build_ranking(*fake_pool(probe), probe, scores=["knn", "logme"])
    assert in_own_nouns(made).record == made.record
