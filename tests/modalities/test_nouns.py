import pytest

from hubscore.modalities.nouns import in_nouns_of


@pytest.mark.parametrize(
    ("modality", "told"),
    [
        ("text", "A text is one of many texts. Texts of a text."),
        ("smells", "A row is one of many rows. Rows of a row."),
        ("image", "An image is one of many images. Images of an image."),
        (None, "An image is one of many images. Images of an image."),
    ],
)
def test_nouns_and_their_articles_change(modality, told):
    assert in_nouns_of(modality, "An image is one of many images. Images of an image.") == told


def test_the_way_back_has_its_articles_too():
    assert in_nouns_of("image", "A text, the texts and a contextual one", written_for="text") == (
        "An image, the images and a contextual one"
    )


def test_parts_of_names_stay():
    kept = "image-classification, org/images, images/birds, imagenet and pre-image"
    assert in_nouns_of("text", kept) == kept
