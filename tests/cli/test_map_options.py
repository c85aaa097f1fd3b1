import pytest

from hubscore.cli.map_options import MethodOptions, SavedMapOptions, ShowOptions
from hubscore.errors import UsageError


def test_a_method_is_chosen_from_its_options():
    method = MethodOptions(method="depara", lambda_=2.0, map_size=0).choose()
    assert (method.name, method.lambda_, method.map_size, method.attribution) == ("depara", 2.0, 0, "gradient_x_input")
    assert MethodOptions(method="cka", debiased=True).choose().options == {"debiased": True}


def test_what_a_method_does_not_have_is_refused():
    with pytest.raises(UsageError, match="only depara weighs"):
        MethodOptions(method="cka", lambda_=2.0).choose()
    with pytest.raises(UsageError, match="does not go with --components"):
        MethodOptions(method="cka", components=3).choose()


def test_images_are_numbers():
    assert ShowOptions(images="0, 4,9").image_numbers == (0, 4, 9) and ShowOptions().image_numbers == ()
    with pytest.raises(UsageError, match="image numbers are counted from 0"):
        ShowOptions(images="first")


def test_there_is_one_table_to_check_against():
    assert ShowOptions(check="taskonomy").check == "taskonomy"
    with pytest.raises(UsageError, match="Cannot check against 'imagenet'"):
        ShowOptions(check="imagenet")


def test_nothing_is_saved_or_changed_by_default():
    assert SavedMapOptions() == SavedMapOptions(save=None, map=None, add=(), remove=())
