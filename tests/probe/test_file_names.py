import pytest

from hubscore.probe.file_names import inside, nameable


@pytest.mark.parametrize(("folder", "name", "path"), [("in", "../b.png", "b.png"), ("", "a/./b.png", "a/b.png")])
def test_a_name_is_joined_to_its_folder(folder, name, path):
    assert inside(folder, name) == path


@pytest.mark.parametrize("name", ["../../b.png", "/etc/passwd", "http://elsewhere/b.png"])
def test_what_leads_out_of_the_data_set_is_refused(name):
    with pytest.raises(ValueError, match="lies outside the data set"):
        inside("in", name)


def test_a_name_that_no_file_can_have_is_refused():
    assert nameable("a b.png") == "a b.png"
    for refuse in (nameable, lambda name: inside("in", name)):
        with pytest.raises(ValueError, match="is no name of a file"):
            refuse("a\0.png")
