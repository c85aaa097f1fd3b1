import pytest
from datasets import Audio, ClassLabel, Features, Image, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.columns import describe, feature_of, kind_of, label_column

TEXT, INT, FLOAT = Value("string"), Value("int64"), Value("float32")
PAIR = ClassLabel(names=["cat", "dog"])


def label(features, kind=None):
    return label_column(Features({"image": Image(), **features}), "image", IMAGE, target=kind)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"label": TEXT, "species": PAIR}, "species"),
        ({"coarse": PAIR, "label": PAIR}, "label"),
        ({"id": INT, "tags": List(PAIR)}, "tags"),
        ({"target": INT, "label": TEXT}, "label"),
        ({"class_name": TEXT, "place": TEXT}, "class_name"),
        ({"image_id": INT, "width": INT, "species": TEXT}, "species"),
        ({"good": Value("bool")}, "good"),
        ({"age": FLOAT}, "age"),
        ({"info": {"label": PAIR, "id": INT}}, "info.label"),
        ({"sound": Audio(), "y": INT}, "y"),
    ],
)
def test_the_label_column(features, expected):
    assert label(features) == expected


def test_several_candidates_are_never_guessed_between():
    with pytest.raises(UsageError) as error:
        label({"fine": PAIR, "coarse": PAIR})
    assert (
        str(error.value).startswith("Several columns could be the label: fine, coarse")
        and error.value.fix == "--label-column fine"
    )
    with pytest.raises(UsageError, match="place, species"):
        label({"place": TEXT, "species": TEXT})


def test_unlabeled_sets_say_so():
    with pytest.raises(
        DatasetError, match=r"The data set is unlabeled: no column looks like a label.*image_id \(int64\)"
    ):
        label({"image_id": INT, "caption": TEXT})


def test_the_target_narrows_the_choice():
    assert label({"label": TEXT, "age": FLOAT}, "regression") == "age"
    assert label({"label": PAIR, "tags": List(TEXT)}, "multilabel") == "tags"
    assert label({"label": FLOAT, "kind": TEXT}, "classification") == "label"
    assert label({"label": PAIR, "mask": Image()}, "annotation") == "mask"
    with pytest.raises(DatasetError, match="no labels for target 'regression'"):
        label({"label": TEXT}, "regression")


def test_a_label_column_by_name():
    features = Features({"image": Image(), "info": {"kind": PAIR}, "x": TEXT})
    assert label_column(features, "image", IMAGE, name="info.kind") == "info.kind"
    assert feature_of(features, "info.kind") == PAIR and feature_of(features, "x") == TEXT
    with pytest.raises(UsageError, match="no column 'y'"):
        label_column(features, "image", IMAGE, name="y")


def test_detection_annotations_in_both_layouts():
    inside = {"bbox": List(List(FLOAT)), "category": List(PAIR)}
    for feature in (inside, List({"bbox": List(FLOAT), "category": PAIR})):
        assert label({"objects": feature}, "annotation") == "objects"
    with pytest.raises(DatasetError, match="The data set is unlabeled"):
        label({"objects": inside})  # the classes of boxes are not the classes of an image


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
        (List(FLOAT), "other"),
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
