import pytest

from hubscore.publish.results.domains import IMAGES, TEXTS, guess_domain


@pytest.mark.parametrize(
    ("facts", "domain", "word"),
    [
        ({"name": "zoo/rsscn7", "text": "Satellite scenes of 7 kinds."}, "satellite and aerial", "satellite"),
        ({"tags": ["medical"], "text": "Satellite scenes."}, "medical", "medical"),
        ({"name": "me/pets12"}, "animals", "pet"),
        ({"name": "me/clothing10"}, "clothing", "clothing"),
        ({"text": "10 kinds of objects and animals, 32 px"}, "everyday objects", "object"),
        ({"text": "objects, dogs and cats"}, "animals", "dog"),
        ({"text": "Chest X-Ray pictures"}, "medical", "x-ray"),
        ({"tags": ["remote sensing"]}, "satellite and aerial", "remote-sensing"),
        ({"classes": ["Wildlife", "b"]}, "animals", "wildlife"),
        ({"name": "me/FoodPictures"}, "food", "food"),
        ({"name": "birds/d7"}, None, None),  # an owner's name says nothing of the data
        ({"text": "This dataset was pushed with Hugging Face's tools, human-annotated."}, None, None),
        ({"text": "satellite", "modality": "audio"}, None, None),
        ({"name": "me/text-banking77", "modality": "text"}, "finance", "banking"),
        ({"name": "me/x", "text": "emotion of tweets", "modality": "text"}, "opinions and emotions", "emotion"),
        ({}, None, None),
    ],
)
def test_a_guess(facts, domain, word):
    guess = guess_domain(**facts)
    assert (guess and guess.name, guess and guess.word) == (domain, word)


def test_where_it_comes_from_is_said():
    assert guess_domain(tags=["birds"]).source == "its card's tags"
    assert guess_domain(classes=["bird"]).source == "its classes"


@pytest.mark.parametrize("known", [IMAGES, TEXTS])
def test_every_word_is_of_one_domain(known):
    words = [word for said in known.values() for word in said.split()]
    assert len(set(words)) == len(words)
