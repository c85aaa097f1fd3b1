import pytest
from datasets import Audio, ClassLabel, Features, Image, List, Value

from hubscore.errors import UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.text.modality import TEXT as TEXTS
from hubscore.probe.label_choice import choose_label, is_named_like_label

TEXT, INT, FLOAT, BOOL = Value("string"), Value("int64"), Value("float32"), Value("bool")
PAIR = ClassLabel(names=["cat", "dog"])


def choose(features, target=None, name=None):
    return choose_label(Features({"image": Image(), **features}), "image", IMAGE, target=target, name=name)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"label": TEXT, "species": PAIR}, "species"),
        ({"coarse": PAIR, "label": PAIR}, "label"),
        ({"id": INT, "tags": List(PAIR)}, "tags"),
        ({"target": INT, "label": TEXT}, "label"),
        ({"class_name": TEXT, "place": TEXT}, "class_name"),
        ({"image_id": INT, "width": INT, "species": TEXT}, "species"),
        ({"info": {"label": PAIR, "id": INT}}, "info.label"),
        ({"sound": Audio(), "y": INT}, "y"),
        ({"is_labeled": BOOL, "species": TEXT}, "species"),
        ({"label_quality": INT, "species": TEXT}, "species"),
        ({"x": INT, "y": INT, "species": TEXT}, "species"),
        ({"has_label": BOOL, "num_classes": INT, "Breed": TEXT}, "Breed"),
        ({"license": PAIR, "diagnosis": TEXT}, "diagnosis"),
        ({"color": PAIR, "label": TEXT}, "label"),
        ({"subject": PAIR, "date": TEXT}, "subject"),
        ({"label": List(FLOAT), "place": TEXT}, "label"),
        ({"embedding": List(FLOAT), "birdSpecies": TEXT}, "birdSpecies"),
    ],
)
def test_the_label_column(features, expected):
    choice = choose(features)
    assert (choice.name, choice.sure) == (expected, True) and choice.reason


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"score": FLOAT}, "score"),
        ({"score": FLOAT, "year": INT, "similarity_score": Value("string")}, "score"),
        ({"score": FLOAT, "label": INT}, "label"),
        ({"score": FLOAT, "topic": PAIR}, "topic"),
        ({"sentiment": TEXT, "sentiment_score": FLOAT}, "sentiment"),
        ({"genre": TEXT, "score": FLOAT}, None),
        ({"score": FLOAT, "group": PAIR}, "group"),
        ({"score": INT}, None),
    ],
)
def test_a_decimal_score_is_the_label_of_texts_where_nothing_else_is(others, expected):
    choice = choose_label(Features({"text": TEXT, **others}), "text", TEXTS)
    assert (choice.name if choice.sure else None) == expected
    assert not choose({"score": FLOAT}).sure  # of images it is how sure something was


@pytest.mark.parametrize(
    "features",
    [
        {"license": TEXT},
        {"camera": TEXT},
        {"prompt": TEXT},
        {"is_labeled": BOOL},
        {"label_quality": INT},
        {"license": PAIR},
        {"age": FLOAT},
        {"good": BOOL},
        {"photographer": TEXT, "image_id": INT},
        {"predicted_class": TEXT},
    ],
)
def test_the_only_column_left_is_not_the_label_for_that(features):
    choice = choose(features)
    assert choice.columns == (next(iter(features)),) and not choice.sure and not choice.alike
    assert not is_named_like_label(Features({"image": Image(), **features}), IMAGE)


def test_a_coordinate_is_no_label_and_the_target_of_an_input_x_is():
    choice = choose({"x": INT, "y": INT})
    assert choice.columns == ("x", "y") and not choice.sure
    assert choose_label(Features({"x": Image(), "y": INT}), "x", IMAGE).name == "y"


def test_several_candidates_are_never_guessed_between():
    choice = choose({"fine": PAIR, "coarse": PAIR})
    assert choice.columns == ("fine", "coarse") and not choice.sure and choice.alike
    assert choose({"place": TEXT, "person": TEXT}).columns == ("place", "person")


def test_how_it_was_decided():
    assert choose({"species": TEXT, "width": INT}).reason == "the only one named like a label"
    assert choose({"label": TEXT, "species": TEXT}).reason == "named like a label, as is species"
    assert choose({"subject": PAIR}).reason == "the only one of class labels"
    assert choose({"width": INT}, name="width").reason == "as asked for"


def test_nothing_is_left():
    choice = choose({"image_id": INT, "caption": TEXT})
    assert choice.columns == () and not choice.sure


def test_the_target_narrows_the_choice():
    assert choose({"label": TEXT, "age": FLOAT}, "regression").name == "age"
    assert choose({"label": PAIR, "tags": List(TEXT)}, "multilabel").name == "tags"
    assert choose({"label": FLOAT, "kind": TEXT}, "classification").name == "label"
    assert choose({"label": PAIR, "mask": Image()}, "annotation").name == "mask"
    assert choose({"label": TEXT, "note": TEXT}, "regression").name == "label"  # numbers may be stored as texts
    assert choose({"note": TEXT}, "regression").columns == ()


def test_a_label_column_by_name():
    features = {"info": {"kind": PAIR}, "a": INT, "b": INT}
    assert choose(features, name="info.kind").columns == ("info.kind",)
    assert choose(features, name="a, b").columns == ("a", "b")
    with pytest.raises(UsageError, match="no column 'y'"):
        choose(features, name="y")


def test_detection_annotations_in_both_layouts():
    inside = {"bbox": List(List(FLOAT)), "category": List(PAIR)}
    for feature in (inside, List({"bbox": List(FLOAT), "category": PAIR})):
        assert choose({"objects": feature}, "annotation").name == "objects"
    assert choose({"objects": inside}).columns == ()  # the classes of boxes are not the classes of an image
