from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, modality_of_files, nouns
from hubscore.modalities.image.modality import IMAGE


class Sound(Modality):
    name, nouns, tasks, file_endings = "sound", ("sound", "sounds"), ("audio-classification",), (".wav",)


class Number(Modality):
    name, nouns, tasks = "number", ("row of numbers", "rows of numbers"), ("tabular-classification",)


def test_what_looks_like_the_name_of_an_image():
    for names, found in ((["a.JPG", "b/c.webp"], IMAGE), (["a.jpg", "b"], None), ([], None), ([3], None)):
        assert modality_of_files(names, [Number(), IMAGE]) is found


def test_endings_tell_one_modality_from_another():
    sound = Sound()
    assert modality_of_files(["a.wav", "b.WAV"], [IMAGE, sound]) is sound
    assert modality_of_files(["a.wav", "b.png"], [IMAGE, sound]) is None
    assert is_file_of("x/a.Wav", sound) and not is_file_of("x/a.wav", IMAGE) and not is_file_of("a.wav", Number())


def test_items_are_listed_for_messages():
    assert nouns([IMAGE]) == "images" and nouns([IMAGE], 0) == "image"
    assert nouns([IMAGE, Sound(), Number()], word="or") == "images, sounds or rows of numbers"
