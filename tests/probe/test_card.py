import pytest
from datasets import ClassLabel, Image
from probe.pictures import write

from hubscore.errors import DatasetError
from hubscore.probe.card import Card, read_card
from hubscore.probe.files import LocalFiles

HEAD = """---
license: mit
dataset_info:
  features:
  - name: image
    dtype: image
  - name: label
    dtype:
      class_label:
        names:
          '0': cat
          '1': dog
configs:
- config_name: small
  data_files: small/*.csv
  sep: ";"
- config_name: large
  default: true
  data_files:
  - split: train
    path: large/*
---
# Text
"""


def card(tmp_path, text):
    files = LocalFiles(write(tmp_path, {"README.md": text}))
    return read_card(files, files.paths(), "user/cats")


def test_configurations_and_columns(tmp_path):
    found = card(tmp_path, HEAD)
    assert list(found.configs) == ["small", "large"] and found.default == "large"
    assert found.configs["small"]["sep"] == ";"
    assert found.features["default"] == {"image": Image(), "label": ClassLabel(names=["cat", "dog"])}


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_other_ways_to_save_it(tmp_path, change):
    assert list(card(tmp_path, change(HEAD)).configs) == ["small", "large"]


@pytest.mark.parametrize("text", ["# Just words\n", "---\n---\n", "---\n- a list\n---\n", ""])
def test_nothing_in_it(tmp_path, text):
    assert card(tmp_path, text) == Card()


def test_no_readme(tmp_path):
    assert read_card(LocalFiles(tmp_path), [], "x") == Card()


@pytest.mark.parametrize(
    "text", ["---\na: [\n---\n", "---\nconfigs: 3\n---\n", "---\nconfigs:\n- data_files: x\n---\n"]
)
def test_a_damaged_head(tmp_path, text):
    with pytest.raises(DatasetError, match=r"The README.md of data set 'user/cats' cannot be read"):
        card(tmp_path, text)
