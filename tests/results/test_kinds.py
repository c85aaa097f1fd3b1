from dataclasses import replace

from resultscene import made

from hubscore.publish.results import write_results
from hubscore.results import run_id
from hubscore.results.kinds import kinds_of


def test_the_kind_of_a_run_is_in_what_the_data_is_about_else_in_its_record(ranking, tmp_path):
    texts = made(ranking, "2030-01-01T00:00:00Z", dataset="user/tweets", modality="text")
    again = made(ranking, "2031-01-01T00:00:00Z", dataset="user/tweets", modality="text")
    results = write_results(tmp_path, [ranking, texts, again])
    expected = {run_id(ranking): "image", run_id(texts): "text", run_id(again): "text"}
    assert kinds_of(results) == expected
    about = {**results.contents.files, "dataset_about.json": b'[{"run": 1}, 7, {"run": "x", "modality": "sound"}]'}
    read = []
    bare = replace(
        results,
        contents=replace(results.contents, files=about),
        fetch=lambda path: (read.append(path), results.fetch(path))[1],
    )
    assert kinds_of(bare) == expected and len(read) == 2  # one record for the same rows
    broken = replace(bare, contents=replace(bare.contents, files={**about, "dataset_about.json": b"{"}))
    assert kinds_of(replace(broken, fetch=lambda path: b"{")) == dict.fromkeys(expected, "image")
