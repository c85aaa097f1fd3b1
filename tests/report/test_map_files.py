import base64
import csv
import io
import itertools
import json
import re

import numpy as np
import pytest
from modelmap.maps import FAMILIES, make, member
from PIL import Image
from report.test_html import Reader

from hubscore.errors import Undefined, UsageError
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.report.map_files import check_map_path, save_map, to_json
from hubscore.report.map_html import page
from hubscore.report.map_pictures import draw, encoded, strength
from hubscore.types import Skipped


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> ModelMap:
    return make(tmp_path_factory.mktemp("spaces") / "s")


def texts(figure) -> set[str]:
    """Every text in a picture."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible()}


@pytest.mark.parametrize("kind", ["heat", "tree", "plane", "maps"])
def test_pictures_name_every_model(space, kind):
    assert texts(draw(space, kind, images=[0] if kind == "maps" else [])) >= set(FAMILIES)


@pytest.mark.parametrize("kind", ["heat", "plane"])  # the tree stands beside the heat map as well
def test_the_same_space_gives_the_same_bytes(space, kind):
    assert encoded(draw(space, kind), "svg") == encoded(draw(space, kind), "svg")


def test_maps_of_chosen_images_and_models(space):
    figure = draw(space, "maps", models=["vit-a", "lab/next"], images=[5, 2])
    assert texts(figure) >= {"image 5", "image 2", "vit-a", "lab/next"} and len(figure.axes) == 6
    shown = figure.axes[2].images[0].get_array()
    assert np.allclose(shown, strength(member("lab/vit-a").maps[5]), atol=1e-3)


def test_a_maps_strength_by_hand():
    attribution = np.array([[[3.0, 0.0], [np.nan, 1.0]], [[4.0, 0.0], [np.nan, 0.0]]])
    found = strength(attribution)
    assert (
        found[0, 0] == 1
        and found[0, 1] == 0
        and np.isnan(found[1, 0])
        and found[1, 1] == pytest.approx(1 / 4.92, rel=1e-3)
    )
    assert (strength(np.zeros((3, 2, 2))) == 0).all()


def test_models_and_labels_with_dollars_and_escapes(tmp_path):
    names = ["evil/$\\frac{$", "evil/\x1b[2Kname", "<script>alert(1)</script>/x"]
    space = make(tmp_path / "s", names=names)
    assert not any("\x1b" in text for text in texts(draw(space, "maps", images=[0])))
    text = page(space, images=[0])
    assert "<script>" not in text and "\x1b" not in text
    shown = [base64.b64decode(one) for one in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)', text)]
    assert len(shown) == 3 and all(b"\x1b" not in svg and b"name" in svg for svg in shown)


@pytest.mark.parametrize("kind", ["heat", "tree", "plane"])
def test_thirty_long_names_fit_on_the_paper(tmp_path, kind):
    space = make(
        tmp_path / "s",
        choose_method("cka"),
        names=[f"org/some-rather-long-name-of-a-model-{number}" for number in range(30)],
    )
    figure = draw(space, kind)
    pixels = np.asarray(Image.open(io.BytesIO(encoded(figure, "png"))).convert("L"))
    assert (pixels[:, [0, 1, -2, -1]] == 255).all() and (pixels[[0, 1, -2, -1]] == 255).all(), (
        "something is cut off at the edge"
    )
    labels = [text for axes in figure.axes for text in axes.get_yticklabels() if text.get_text().startswith("org/")]
    boxes = sorted((text.get_window_extent() for text in labels), key=lambda box: box.y0)
    assert len(boxes) == (0 if kind == "plane" else 30)
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes)), "labels overlap"


def test_unknown_pictures_images_and_empty_spaces(space, tmp_path):
    with pytest.raises(UsageError, match="no picture 'cloud'"):
        draw(space, "cloud")
    with pytest.raises(UsageError, match="There is no image 24"):
        draw(space, "maps", images=[24])
    with pytest.raises(UsageError, match="compares features"):
        draw(make(tmp_path / "f", choose_method("cka")), "maps")
    with pytest.raises(Undefined, match="cannot be drawn"):
        draw(make(tmp_path / "d", dead=True), "tree")


def test_json_holds_everything(space, tmp_path):
    save_map(space, tmp_path / "s.json")
    data = json.loads((tmp_path / "s.json").read_text())
    assert data == json.loads(json.dumps(to_json(space)))
    assert np.array(data["similarities"]) == pytest.approx(space.similarities)
    assert set(data["plane"]["points"]) == set(FAMILIES) and data["tree"].endswith(";")
    assert data["neighbours"]["lab/res-a"][0]["model"] == "lab/res-b"


def test_csv_is_the_table_of_similarities(space, tmp_path):
    save_map(space, tmp_path / "s.csv")
    rows = list(csv.reader((tmp_path / "s.csv").open()))
    assert rows[0] == ["model", *FAMILIES]
    assert np.array([row[1:] for row in rows[1:]], float) == pytest.approx(space.similarities, abs=1e-8)


def test_a_cell_of_the_csv_is_no_formula(space, tmp_path, monkeypatch):
    monkeypatch.setattr(type(space), "names", tuple(f"=cmd|{number}" for number in range(len(space.names))))
    save_map(space, tmp_path / "s.csv")
    rows = list(csv.reader((tmp_path / "s.csv").open()))
    assert rows[0][1] == rows[1][0] == "'=cmd|0"


def test_the_page_is_complete_and_loads_nothing(space):
    space.skipped = (Skipped("lab/broken", "its weights are damaged"),)
    text = page(space, images=[0, 1])
    reader = Reader(text)
    sources = [value for name, value in reader.attributes if name in ("src", "href")]
    assert len(sources) == 4 and all(source.startswith("data:image/") for source in sources)
    assert "lab/broken was left out: its weights are damaged" in text and "Where they look" in text
    for name in FAMILIES:
        assert name in text


def test_a_page_of_a_space_that_cannot_be_drawn_says_why(tmp_path):
    text = page(make(tmp_path / "s", dead=True), images=[0])
    assert "cannot be drawn" in text and "a map is zero" in text


def test_names_of_files(tmp_path):
    with pytest.raises(UsageError, match="the ending must be"):
        check_map_path(tmp_path / "x.pdf")
    with pytest.raises(UsageError, match="its folder does not exist"):
        check_map_path(tmp_path / "none" / "x.png")


def test_pictures_are_of_the_kind_that_their_name_says(space, tmp_path):
    save_map(space, tmp_path / "x.png", picture="tree")
    assert Image.open(tmp_path / "x.png").format == "PNG"
    save_map(space, tmp_path / "x.SVG", picture="plane")
    assert (tmp_path / "x.SVG").read_text().lstrip().startswith("<?xml")
