import pytest
from datasets import Audio, ClassLabel, Features, Image, List, Value

from hubscore.errors import UsageError
from hubscore.probe.columns import describe, feature_of, kind_of, named_feature

TEXT, INT, FLOAT = Value("string"), Value("int64"), Value("float32")
PAIR = ClassLabel(names=["cat", "dog"])


@pytest.mark.parametrize(
    ("feature", "kind"),
    [
        (Image(), "file"),
        (Audio(), "file"),
        (Value("large_binary"), "file"),
        ({"bytes": Value("binary"), "path": TEXT}, "file"),
        (PAIR, "class"),
        (List(PAIR), "classes"),
        (List(TEXT), "list"),
        (List(FLOAT), "vector"),
        (List(List(FLOAT)), "other"),
        (Value("uint8"), "int"),
        (Value("float64"), "float"),
        (Value("bool"), "bool"),
        (Value("timestamp[s]"), "other"),
    ],
)
def test_features_are_of_few_kinds(feature, kind):
    assert kind_of(feature) == kind


def test_features_have_short_names():
    assert [describe(feature) for feature in (PAIR, List(PAIR), FLOAT, {"a": INT}, Image())] == [
        "2 classes",
        "list of 2 classes",
        "float32",
        "struct",
        "Image",
    ]


def test_nested_columns_by_name():
    features = Features({"image": Image(), "info": {"kind": PAIR}, "x": TEXT})
    assert feature_of(features, "info.kind") == PAIR and feature_of(features, "x") == TEXT
    assert named_feature(features, "info.kind", "--label-column") == PAIR
    with pytest.raises(UsageError, match="no column 'xx'") as error:
        named_feature(features, "xx", "--label-column")
    assert error.value.fix == "--label-column x"
