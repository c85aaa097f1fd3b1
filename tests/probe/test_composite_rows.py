import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.load import load_probe


@pytest.fixture
def nli(tmp_path):
    hypotheses = [f"second {number}" for number in range(12)]
    hypotheses[5] = " "
    columns = {"premise": [f"first {number}" for number in range(12)], "hypothesis": hypotheses}
    pq.write_table(pa.table(columns | {"label": [number % 2 for number in range(12)]}), tmp_path / "nli.parquet")
    return tmp_path / "nli.parquet"


def test_pairs_are_found_by_their_names_and_stay_together(nli):
    probe = load_probe(nli)
    assert probe.input_column == "premise,hypothesis" and len(probe) == 11
    for (first, second), label in zip(probe.items, probe.labels, strict=True):
        number = int(first.split()[1])
        assert (second, label) == (f"second {number}", number % 2)
    assert (
        "texts: pairs of premise and hypothesis (by their names; --text-column premise takes one alone)" in probe.notes
    )
    assert "row 5 (hypothesis: the text is empty)" in probe.notes[-1]


def test_what_was_recorded_draws_the_same_pairs_again(nli):
    probe = load_probe(nli)
    again = load_probe(nli, input_column=probe.input_column)
    assert again.fingerprint == probe.fingerprint == load_probe(nli, pair_column="hypothesis").fingerprint
    assert load_probe(nli, text_column="premise").items[0].startswith("first")
    assert load_probe(nli, text_column="hypothesis", pair_column="premise").items[0][1].startswith("first")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pair_column": "hypotheses"}, "(?s)no column 'hypotheses'.*Try: --pair-column hypothesis"),
        (
            {"text_column": "premise", "pair_column": "premise"},
            "Both texts of each pair would come from column 'premise'",
        ),
        ({"text_column": "premise", "pair_column": "label"}, "Column 'label' holds no texts"),
        ({"pair_column": "hypothesis", "modality": "image"}, "--pair-column is for texts: the modality is image"),
        ({"text_column": "premise", "input_column": "label"}, "--text-column and --input-column exclude each other"),
        ({"text_column": "premis"}, "(?s)no column 'premis'.*Try: --text-column premise"),
    ],
)
def test_columns_that_make_no_pairs_are_refused(nli, options, words):
    with pytest.raises((DatasetError, UsageError), match=words):
        load_probe(nli, **options)


def test_a_budget_counts_both_columns(tmp_path):
    rng = np.random.default_rng(0)
    texts = [[rng.bytes(500).hex() for _ in range(40)] for _ in range(2)]
    table = pa.table({"sentence1": texts[0], "sentence2": texts[1], "label": [row % 2 for row in range(40)]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=4)
    probe = load_probe(tmp_path / "a.parquet", probe_bytes=30_000)
    assert 2 <= len(probe) < 40 and any("row groups drawn at random" in note for note in probe.notes)
    assert all(texts[0].index(one) == texts[1].index(two) for one, two in probe.items)


def test_the_decimal_score_of_pairs_is_what_is_to_be_predicted(tmp_path):
    lines = "".join(f"the fox {row},the dog {row},{row / 4}\n" for row in range(20))
    (tmp_path / "sts.csv").write_text(f"sentence1,sentence2,score\n{lines}")
    probe = load_probe(tmp_path / "sts.csv")
    assert (probe.target, probe.label_column) == ("regression", "score")
    assert sorted(probe.labels.tolist()) == [row / 4 for row in range(20)] and "score" in (probe.label_source or "")
