import io
import re

import numpy as np
import pytest
from hubfixture import add_dataset
from PIL import Image
from resultscene import made

from hubscore.errors import UsageError
from hubscore.publish.results import publish_results
from hubscore.publish.results.thumbnails import draw_thumbnails, jpeg, of_run, paths_of
from hubscore.publish.retract.results import retract_results
from hubscore.results import read_results, run_id


@pytest.fixture
def repo(request):
    return "alice/" + re.sub(r"\W|_", "-", request.node.name)[:60].strip("-")


def picture(shade):
    buffer = io.BytesIO()
    place = Image.Exif()
    place[0x010E] = "taken at home"
    Image.fromarray(np.full((120, 200, 3), shade, np.uint8)).save(buffer, "JPEG", exif=place)
    return buffer.getvalue()


@pytest.fixture
def public(ranking, hub, alice):
    """A ranking of a public data set of eight images in two classes."""
    files = {f"train/{'ab'[i % 2]}/{i}.jpg": picture(30 * i) for i in range(8)}
    add_dataset(hub.root, "open/shades", files)
    sha = alice.dataset_info("open/shades").sha
    facts = {"config": None, "split": "train", "image_column": None, "population": 8, "modality": "image"}
    return made(ranking, "2030-05-01T00:00:00Z", dataset="open/shades", revision=sha, **facts)


def pictures(repo, api):
    return sorted(name for name in read_results(repo, api).contents.names if name.endswith(".jpg"))


def test_six_small_pictures_of_public_data_are_sent_listed_and_taken_back(public, repo, alice):
    def draw():
        return draw_thumbnails(public.probe)

    assert ".jpg" not in publish_results(public, repo=repo, api=alice).diff
    planned = publish_results(public, repo=repo, api=alice, thumbnails=draw)
    paths = list(paths_of(run_id(public)))
    assert all(f"+ {path} (" in planned.diff for path in paths) and "6 small JPEGs of its images" in planned.diff
    publish_results(public, repo=repo, api=alice, yes=True, thumbnails=draw)
    results = read_results(repo, alice)
    assert pictures(repo, alice) == paths and results.run_ids == (run_id(public),)
    assert results.run(run_id(public)).data["record"]["dataset_about"]["thumbnails"] == paths
    content = results.fetch(paths[0])
    with Image.open(io.BytesIO(content)) as small:
        assert small.format == "JPEG" and small.size == (96, 58) and not small.getexif()
    assert len(content) < 5000 and b"home" not in content
    assert publish_results(public, repo=repo, api=alice, yes=True, thumbnails=draw).outcome == "unchanged"
    back = publish_results(public, repo=repo, api=alice, yes=True)
    assert f"- {paths[0]}" in back.diff and pictures(repo, alice) == []
    publish_results(public, repo=repo, api=alice, yes=True, thumbnails=draw)
    done = retract_results(run_id(public), repo=repo, api=alice, yes=True)
    assert f"- {paths[0]}" in done.diff and pictures(repo, alice) == []
    assert alice.list_repo_commits(repo, repo_type="dataset")[0].title == f"Retract hubscore run {run_id(public)}"


def test_pictures_of_data_that_is_not_public_are_not_even_drawn(ranking, repo, alice):
    def never():
        raise AssertionError("drawn")

    mine = made(ranking, "2030-05-02T00:00:00Z", dataset="/home/me/photos", revision=None)
    for named in (False, True):
        planned = publish_results(mine, repo=repo, api=alice, thumbnails=never, allow_private_dataset_name=named)
        assert "no thumbnails are sent" in planned.diff and ".jpg" not in planned.diff


def test_of_texts_there_are_none(public):
    with pytest.raises(UsageError, match="the rows are text, not images"):
        draw_thumbnails(made(public, "2030-05-03T00:00:00Z", modality="text").probe)


def test_any_mode_becomes_a_small_jpeg_and_is_the_same_each_time():
    for mode in ("L", "RGB", "RGBA", "P", "I;16"):
        small = jpeg(Image.new(mode, (300, 40)))
        assert small == jpeg(Image.new(mode, (300, 40))) and small.startswith(b"\xff\xd8\xff")


def test_what_is_a_thumbnail():
    assert of_run("runs/x/1.jpg") == "x"
    assert not any(map(of_run, ("runs/x.json", "maps/x/1.jpg", "runs/x/y/1.jpg", "runs/x/1.png", "x.jpg")))
