import yaml
from resultscene import made

from hubscore.publish.results.changes import changes
from hubscore.publish.results.datacard import END, START, write_card
from hubscore.results.contents import CARD, PARQUET, Contents, read_table
from hubscore.results.runs import as_run


def card_of(ranking, old=None):
    files = {} if old is None else {CARD: old.encode()}
    written = changes(Contents(files, files), [as_run(ranking)], repo="alice/results").files
    return written[CARD].decode(), read_table(written[PARQUET])


def front(text):
    return yaml.safe_load(text.split("---")[1])


def test_a_new_card_points_the_viewer_at_the_leaderboard(ranking):
    text, _ = card_of(ranking)
    assert front(text)["configs"] == [{"config_name": "default", "data_files": "leaderboard.parquet"}]
    assert "hubscore" in front(text)["tags"]
    assert "None of the numbers is the accuracy of a fine-tuned model" in text
    assert 'load_dataset("alice/results"' in text
    assert "user/shapes" in text and f"(runs/{as_run(ranking).id}.json)" in text


def test_only_our_section_of_an_edited_card_changes(ranking):
    text, _ = card_of(ranking)
    edited = text.replace("# hubscore results", "# My results  \r\n\r\nMine & <b>yours</b>").replace(
        "pretty_name:", "license: mit # mine\npretty_name:"
    )
    again, _ = card_of(made(ranking, "2030-01-01T00:00:00Z", dataset="user/other"), edited)
    assert again.partition(START)[0] == edited.partition(START)[0]
    assert again.partition(END)[2] == edited.partition(END)[2]
    assert "user/other" in again


def test_a_card_of_somebody_else_only_gets_the_configs(ranking):
    _, rows = card_of(ranking)
    assert (
        write_card(b"# Mine\n", rows, repo="r").decode()
        == "---\nconfigs:\n- config_name: default\n  data_files: leaderboard.parquet\n---\n# Mine\n"
    )
    own = b"---\r\nlicense: mit # mine\r\n---\r\n# Mine\r\n"
    text = write_card(own, rows, repo="r").decode()
    assert text.startswith("---\r\nlicense: mit # mine\r\nconfigs:\r\n") and text.endswith("---\r\n# Mine\r\n")
    assert front(text) == {
        "license": "mit",
        "configs": [{"config_name": "default", "data_files": "leaderboard.parquet"}],
    }
    done = b"---\nconfigs: []\n---\n"
    assert write_card(done, rows, repo="r") == done


def test_names_of_strangers_stay_text(ranking):
    text, _ = card_of(made(ranking, "2030-01-01T00:00:00Z", dataset="<script>|x|</script>\n# big"))
    assert "<script>" not in text and "\n# big" not in text


def test_what_an_older_version_said_of_runs_is_put_right(ranking):
    text, _ = card_of(ranking)
    start, held = "one row per model of each run; ", "one row per data set, probe, model and model revision; "
    holds = next(line for line in text.splitlines() if start in line)
    older = text.replace(holds, f"| `leaderboard.parquet`, `leaderboard.json` | {held}the latest run of each |")
    again, _ = card_of(ranking, older)
    assert older != text and again == text
