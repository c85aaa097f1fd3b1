import pytest
from datasets import ClassLabel, Features, Image, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.text.modality import TEXT as TEXTS
from hubscore.probe.inputs import choose_input, input_columns, input_notes, with_pair

TEXT, INT = Value("string"), Value("int64")
PAIR = ClassLabel(names=["cat", "dog"])


class Numbers(Modality):
    """Lists of numbers."""

    name, nouns, tasks = "numbers", ("row of numbers", "rows of numbers"), ("tabular-classification",)

    def is_input(self, feature):
        return isinstance(feature, List) and feature.feature == Value("float32")


NUMBERS = Numbers()
SERIES = List(Value("float32"))


def input_column(features, name=None):
    modality, column = choose_input(features, [IMAGE], name)
    assert modality is IMAGE
    return column


def test_the_image_column_is_found_by_type():
    assert input_column(Features({"label": PAIR, "bild": Image()})) == "bild"
    assert input_column(Features({"x": {"bytes": Value("binary"), "path": TEXT}})) == "x"
    assert input_column(Features({"x": Value("large_binary"), "y": INT})) == "x"


def test_among_several_images_the_name_decides():
    assert input_column(Features({"mask": Image(), "image": Image()})) == "image"
    with pytest.raises(UsageError, match="Several columns hold images: left, right\nTry: --input-column left"):
        input_column(Features({"left": Image(), "right": Image()}))


def test_no_image_column_lists_what_there_is():
    with pytest.raises(DatasetError) as error:
        input_column(Features({"text": TEXT, "label": PAIR}))
    assert str(error.value).startswith(
        "The data set has no image column, and hubscore reads images: its columns are text (string), label (2 classes)"
    )


def test_an_image_column_by_name():
    features = Features({"left": Image(), "right": Image(), "path": TEXT, "size": INT})
    assert input_column(features, "right") == "right" and input_column(features, "path") == "path"
    with pytest.raises(UsageError, match=r"(?s)no column 'middle'.*left \(Image\).*--input-column NAME"):
        input_column(features, "middle")
    with pytest.raises(DatasetError, match=r"Column 'size' holds no images[^T]*Try: --input-column left"):
        input_column(features, "size")


def test_the_type_of_the_column_says_the_modality():
    assert choose_input(Features({"x": SERIES, "label": PAIR}), [IMAGE, NUMBERS]) == (NUMBERS, "x")
    assert choose_input(Features({"x": Image(), "label": PAIR}), [IMAGE, NUMBERS]) == (IMAGE, "x")


def test_two_modalities_are_never_guessed_between():
    features = Features({"photo": Image(), "x": SERIES, "path": TEXT})
    with pytest.raises(UsageError) as error:
        choose_input(features, [IMAGE, NUMBERS])
    assert error.value.why == "photo could be images; x could be rows of numbers"
    assert error.value.fix == "--modality image"
    assert choose_input(features, [NUMBERS]) == (NUMBERS, "x")
    assert choose_input(features, [IMAGE, NUMBERS], "x") == (NUMBERS, "x")
    assert choose_input(features, [IMAGE, NUMBERS], "path") == (IMAGE, "path")  # paths of images


def test_no_column_of_any_modality():
    with pytest.raises(DatasetError, match="has no image or row of numbers column, and hubscore reads images and rows"):
        choose_input(Features({"label": PAIR}), [IMAGE, NUMBERS])


def test_several_columns_with_commas_are_those_of_one_item():
    features = Features({"a": TEXT, "b": TEXT, "c": TEXT})
    assert choose_input(features, [IMAGE, TEXTS], "a,b") == (TEXTS, "a,b")
    for name, words in (("a,x", r"(?s)no column 'x'.*--input-column NAME"), ("a,b,c", "no column 'a,b,c'")):
        with pytest.raises(UsageError, match=words):
            choose_input(features, [IMAGE, TEXTS], name)
    with pytest.raises(UsageError, match=r"(?s)no column 'a,b'"):
        choose_input(features, [IMAGE], "a,b")
    assert with_pair(features, [TEXTS], "a", "b") == "a,b" and with_pair(features, [IMAGE], "a", None) == "a"


def test_strings_that_are_labels_or_keys_are_no_texts():
    names = ("tweet", "species", "image_id", "url", "rating", "text")
    assert input_columns(Features(dict.fromkeys(names, TEXT)), TEXTS) == ["tweet", "text"]
    assert input_notes(Features({"photo": Image()}), IMAGE, "photo", asked=False) == []


def test_texts_in_structs_are_refused_with_what_to_do():
    features = Features({"data": {"text": TEXT, "label": TEXT}, "label": TEXT, "id": TEXT})
    own = "make 'data.text' a column of its own"
    for name, what in (
        (None, "has no text column"),
        ("data", "Column 'data' holds no texts"),
        ("data.text", "Column 'data.text' is a field of a struct: items are read from columns"),
    ):
        with pytest.raises(DatasetError, match=f"{what}[^T]*Try: {own}"):
            choose_input(features, [TEXTS], name)
    with pytest.raises(DatasetError, match=r"Column 'data' holds no texts[^T]*Try: --text-column body"):
        choose_input(features | {"body": TEXT}, [TEXTS], "data")
