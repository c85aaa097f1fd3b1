from pathlib import Path

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


@pytest.mark.parametrize(
    ("given", "names", "shown"),
    [
        ({"picture": "tree"}, ["map.html"], False),
        ({"picture": "tree"}, ["map.html", "map.svg"], True),
        ({"images": "0"}, ["map.json"], False),
        ({"images": "0"}, ["map.png"], False),
        ({"images": "0", "picture": "maps"}, ["map.png"], True),
        ({"maps_of": ["a"]}, [], False),
        ({"maps_of": ["a"]}, ["map.HTML"], True),
    ],
)
def test_what_no_file_would_show_is_refused(given, names, shown):
    options, paths = ShowOptions(**given), [Path(name) for name in names]
    if shown:
        options.check_files(paths)
    else:
        with pytest.raises(UsageError, match=r"^--(picture tree|images|maps-of) would change nothing"):
            options.check_files(paths)


def test_networks_that_are_compared_by_features_have_no_maps_to_draw():
    with pytest.raises(UsageError, match=r"^--images would change nothing: networks are compared by features"):
        ShowOptions(images="0").check_files([Path("map.html")], maps=False)
    with pytest.raises(UsageError, match=r"^--method cka does not go with --map-size"):
        MethodOptions(method="cka", map_size=32).choose()


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
