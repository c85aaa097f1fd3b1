import pytest
from datasets import Audio, ClassLabel, Features, Image, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.columns import box_fields, describe, feature_of, image_column, label_column, sort_of

TEXT, INT, FLOAT = Value("string"), Value("int64"), Value("float32")
PAIR = ClassLabel(names=["cat", "dog"])


def label(features, kind=None):
    return label_column(Features({"image": Image(), **features}), "image", target=kind)


def test_the_image_column_is_found_by_type():
    assert image_column(Features({"label": PAIR, "bild": Image()})) == "bild"
    assert image_column(Features({"x": {"bytes": Value("binary"), "path": TEXT}})) == "x"
    assert image_column(Features({"x": Value("large_binary"), "y": INT})) == "x"


def test_among_several_images_the_name_decides():
    assert image_column(Features({"mask": Image(), "image": Image()})) == "image"
    with pytest.raises(UsageError, match="Several columns hold images: left, right\nTry: --image-column left"):
        image_column(Features({"left": Image(), "right": Image()}))


def test_no_image_column_lists_what_there_is():
    with pytest.raises(DatasetError) as error:
        image_column(Features({"text": TEXT, "label": PAIR}))
    assert str(error.value).startswith(
        "The data set has no image column, and hubscore reads images: its columns are text (string), label (2 classes)"
    )


def test_an_image_column_by_name():
    features = Features({"left": Image(), "right": Image(), "path": TEXT, "size": INT})
    assert image_column(features, "right") == "right" and image_column(features, "path") == "path"
    with pytest.raises(UsageError, match=r"(?s)no column 'middle'.*left \(Image\).*--image-column NAME"):
        image_column(features, "middle")
    with pytest.raises(DatasetError, match="Column 'size' holds no images"):
        image_column(features, "size")


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
    assert label_column(features, "image", "info.kind") == "info.kind"
    assert feature_of(features, "info.kind") == PAIR and feature_of(features, "x") == TEXT
    with pytest.raises(UsageError, match="no column 'y'"):
        label_column(features, "image", "y")


def test_detection_annotations_in_both_layouts():
    inside = {"bbox": List(List(FLOAT)), "category": List(PAIR)}
    assert box_fields(inside) == box_fields(List({"bbox": List(FLOAT), "category": PAIR})) == ("bbox", "category")
    assert sort_of(inside) == "objects" and box_fields({"bbox": List(FLOAT)}) is None
    assert label({"objects": inside}, "annotation") == "objects"


def test_features_have_short_names():
    assert [describe(feature) for feature in (PAIR, List(PAIR), FLOAT, {"a": INT}, Image())] == [
        "2 classes",
        "list of 2 classes",
        "float32",
        "struct",
        "Image",
    ]
