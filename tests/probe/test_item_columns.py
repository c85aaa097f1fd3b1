import base64

import pyarrow as pa
import pytest
from datasets import Features, Image
from probe.pictures import png, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.item_columns import find_items


def find(tmp_path, **columns):
    write(tmp_path, {f"images/{number:02}.png": png(number) for number in range(4)})
    table = pa.table(columns)
    features = Features.from_arrow_schema(table.schema)
    found = find_items(LocalFiles(tmp_path), table, features, [""] * len(table), "list.csv", [IMAGE])
    return found, features


def test_ids_of_files(tmp_path):
    found, features = find(tmp_path, id=["00", "03", "gone"], breed=["a", "b", "a"])
    assert found.features == {"image": Image()} and found.found and list(features) == ["breed"]
    assert found.table.column("image").to_pylist() == ["images/00.png", "images/03.png", "gone"]
    assert "00 is images/00.png; 1 of 3 were not found" in found.notes[0]


def test_names_that_begin_with_id_are_ids(tmp_path):
    assert find(tmp_path, id_code=["00", "03"], diagnosis=[0, 1])[0].features == {"image": Image()}


@pytest.mark.parametrize("values", [["00", "01"], [0, 1]])
def test_labels_are_no_ids(tmp_path, values):
    assert find(tmp_path, label=values)[0].features == {}


def test_paths_of_another_machine(tmp_path):
    found, _ = find(tmp_path, path=["C:\\work\\images\\00.png", "C:\\work\\images\\02.png"])
    assert found.table.column("path").to_pylist() == ["images/00.png", "images/02.png"] and found.notes


def test_two_values_never_mean_one_file(tmp_path):
    with pytest.raises(DatasetError, match="were not found"):
        find(tmp_path, path=["/a/images/00.png", "/b/images/00.png"])


def test_paths_may_be_categories(tmp_path):
    found, _ = find(tmp_path, path=pa.array(["images/00.png ", "images/02.png"]).dictionary_encode())
    assert found.table.column("path").to_pylist() == ["images/00.png", "images/02.png"]


def test_base64(tmp_path):
    texts = [base64.b64encode(png(number)).decode() for number in range(3)]
    found, _ = find(tmp_path, picture=[*texts, "damaged"], label=["a", "b", "a", "b"])
    assert found.features == {"picture": Image()} and "base64" in found.notes[0]
    assert found.table.column("picture").to_pylist() == [png(0), png(1), png(2), None]


@pytest.mark.parametrize("url", ["https://host/a.png", "https://host/a?id=1", "s3://bucket/a.jpg"])
def test_urls_are_not_fetched(tmp_path, url):
    with pytest.raises(DatasetError, match="URLs are not fetched: column 'image' holds") as error:
        find(tmp_path, image=[url, url + "x" * 50_000], label=["a", "b"])
    assert "push the set to the Hub" in error.value.fix and len(str(error.value)) < 400


def test_urls_beside_files_do_no_harm(tmp_path):
    assert find(tmp_path, path=["images/00.png"], url=["https://host/a.png"])[0].features == {"path": Image()}
