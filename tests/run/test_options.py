import subprocess
import sys

import pytest

from hubscore.candidates.query import Query
from hubscore.errors import UsageError
from hubscore.run.keywords import declared
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions

CLASSES = (DataOptions, CandidateOptions, RankOptions, RunOptions)


def test_no_field_and_no_flag_stands_twice():
    fields = [one.name for cls in CLASSES for one, _ in declared(cls)]
    flags = [flag for cls in CLASSES for _, about in declared(cls) for flag in about.flags]
    assert len(fields) == len(set(fields)) and len(flags) == len(set(flags))


def test_every_option_of_the_command_line_has_a_panel_a_kind_and_a_sentence():
    for cls in CLASSES:
        for one, about in declared(cls):
            assert about.help.endswith((".", "...", ">")) or "," in about.help, one.name
            if about.flags:
                assert about.panel and about.kind is not None, one.name
                assert f"--{one.name.replace('_', '-')}" in [flag.split("/")[0] for flag in about.flags]


@pytest.mark.parametrize("given", [{"label_column": "y"}, {"target": "regression"}])
def test_how_labels_are_read_says_nothing_where_none_are(given):
    with pytest.raises(UsageError, match=r"^--(label-column|target) and --unlabeled exclude each other"):
        DataOptions(unlabeled=True, **given)


def test_bytes_may_be_written_like_2e9():
    assert DataOptions(probe_bytes=2e9).probe_bytes == 2_000_000_000
    assert isinstance(DataOptions(probe_bytes=2e9).probe_bytes, int)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: DataOptions(target="ranking"), "There is no target 'ranking': targets are classification"),
        (lambda: DataOptions(samples=1), "--samples must be at least 2"),
        (lambda: DataOptions(seed=-1), "--seed must be at least 0"),
        (lambda: CandidateOptions(limit=0), "it is 0\nTry: leave out --limit"),
        (lambda: CandidateOptions(library=["keras"]), "Unknown library 'keras'"),
        (lambda: CandidateOptions(max_params="many"), "Cannot read --max-params 'many'"),
        (lambda: CandidateOptions(models=["a/b"], tag=["x"]), "--models and --tag exclude each other"),
        (lambda: CandidateOptions(models=["a/b"], base_model="x"), "--models and --base-model exclude each other"),
        (lambda: CandidateOptions(models=["a/b"], query=Query()), "--models and query= exclude each other"),
        (lambda: CandidateOptions(query=Query(), license="mit"), "query= and license= exclude each other"),
        (lambda: RunOptions(batch_size=0), "it is 0\nTry: leave out --batch-size"),
        (lambda: RunOptions(input_size=4), "it is 4\nTry: leave out --input-size"),
        (lambda: RankOptions(probes=0), "it is 0\nTry: --probes 1"),
    ],
)
def test_what_makes_no_sense_is_refused_when_the_options_are_made(make, told):
    with pytest.raises(UsageError) as caught:
        make()
    assert told in str(caught.value)


def test_filters_make_a_query():
    made = CandidateOptions(
        search="net", library="timm", license=["mit", "apache-2.0"], max_params="25M", limit=3, scan=70
    )
    assert made.to_query() == Query(
        search="net", libraries=("timm",), licenses=("mit", "apache-2.0"), max_params=25_000_000, limit=3, scan=70
    )
    assert CandidateOptions().to_query() == Query()
    assert CandidateOptions(max_params="none").to_query().max_params is None
    assert CandidateOptions(min_params=1_000_000).to_query().min_params == 1_000_000


def test_a_query_is_taken_as_it_is_and_named_models_are_not_searched_for():
    query = Query(search="net")
    assert CandidateOptions(query=query).to_query() is query
    assert CandidateOptions(models=["a/b"]).to_query() is None


def test_the_options_import_nothing_heavy():
    heavy = ("torch", "transformers", "datasets", "huggingface_hub", "numpy", "scipy")
    code = f"import sys, hubscore.run.rank_options; print([one for one in {heavy} if one in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_input_column_goes_by_its_former_name_too():
    column = next(about for one, about in declared(DataOptions) if one.name == "input_column")
    assert column.flags == ("--input-column", "--image-column") and DataOptions.former == {
        "image_column": "input_column"
    }
