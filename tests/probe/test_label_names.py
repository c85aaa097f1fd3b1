import pytest

from hubscore.probe.label_names import is_about_row, is_key, is_like_label, words_of

LIKE = (
    "label labels Label class_name className class_id target category fine_label superclass label_1 bird_species"
    " dx Class_Label imageLabel y y_true landCover ground_truth true_class diagnosis breed_name"
)
UNLIKE = (
    "is_labeled label_quality has_label num_classes n_classes target_size target_url category_count labeler label_date"
    " class_weight label_source predicted_class is_target license camera prompt photographer x width image_type"
)


@pytest.mark.parametrize("name", LIKE.split())
def test_names_of_labels(name):
    assert is_like_label(name)


@pytest.mark.parametrize("name", UNLIKE.split())
def test_names_of_something_else(name):
    assert not is_like_label(name)


def test_y_beside_x_is_a_coordinate():
    assert not is_like_label("y", ["X", "w"]) and is_like_label("y", ["width"])


def test_keys_and_facts_about_the_row():
    assert is_key("image_id") and is_key("Unnamed: 0") and is_key("meta.path") and not is_key("species")
    assert is_about_row("is_train") and is_about_row("image_license") and not is_about_row("place")


def test_words():
    assert words_of("meta.fineLabel-2") == ["fine", "label", "2"] and words_of("种类") == []
