"""What a data set is about, guessed from words: its card's tags, its name, its card's text, its classes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+")
_PLURAL = re.compile(r"(?<=[a-z]{3})s$")
_NO_WORD = re.compile(r"hugging\s?face|human[- ]annotated|data\s?sheets?", re.IGNORECASE)
"""What cards of any data set say."""

IMAGES: Mapping[str, str] = {
    "satellite and aerial": "satellite aerial remote-sensing earth-observation eurosat landsat geospatial overhead"
    " drone uav orthophoto",
    "medical": "medical medicine biomedical clinical radiology radiograph x-ray xray mri histology histopathology"
    " pathology dermatology lesion retina retinal fundus ultrasound endoscopy tumor tumour cancer pneumonia covid",
    "animals": "animal bird dog cat pet wildlife insect fish species fauna zoology",
    "plants": "plant flower leaf leaves tree crop agriculture weed fungi mushroom flora botany",
    "food": "food fruit vegetable grocery groceries dish dishes meal recipe",
    "vehicles and traffic": "vehicle car aircraft airplane ship traffic driving automotive truck",
    "people": "face facial person people pedestrian gesture pose selfie",
    "clothing": "clothing clothes fashion apparel garment shoe footwear",
    "documents and handwriting": "handwritten handwriting digit ocr document script character letter invoice receipt",
    "materials and waste": "texture material waste garbage trash recycling fabric mineral rock",
    "industrial inspection": "defect anomaly industrial manufacturing inspection crack",
    "scenes and places": "scene indoor outdoor landscape architecture room landmark",
    "art and drawings": "art artwork painting sketch cartoon anime drawing illustration comic",
    "everyday objects": "object household furniture",
}
"""Words of images by domain; of the words of one source the domain with most of them wins."""

TEXTS: Mapping[str, str] = {
    "medical": "medical medicine biomedical clinical health disease symptom patient",
    "finance": "finance financial bank banking stock economic insurance",
    "law": "legal law court contract legislation",
    "opinions and emotions": "sentiment review polarity opinion emotion tweet sarcasm rating",
    "hate and toxicity": "hate toxic toxicity offensive abuse hatespeech",
    "dialogue and intents": "intent dialogue dialog assistant conversation chat utterance",
    "questions": "question answer quiz trivia",
    "news": "news headline journalism",
    "science": "scientific science arxiv",
    "code": "programming software source-code",
    "language and grammar": "grammar linguistic entailment paraphrase acceptability",
}
"""The same for texts."""


@dataclass(frozen=True)
class Domain:
    """A guess.

    Attributes:
        name: of the domain.
        source: what said so, in words.
        word: the word that did.
    """

    name: str
    source: str
    word: str


def guess_domain(
    *, tags: Sequence[str] = (), name: str = "", text: str = "", classes: Sequence[str] = (), modality: str = "image"
) -> Domain | None:
    """Guess what a data set is about; none where no word is known.

    The tags of its card are asked first, then its name, then its card's text, then the names of its classes: the first
    that knows a word decides. Of several domains the one with most words wins, of equal ones the one said first.

    Args:
        tags: of its card, free words.
        name: of the data set, with or without its owner, which says nothing.
        text: from its card.
        classes: names of its classes.
        modality: what kind of input its items are.

    Example:
        >>> guess_domain(name="user/rsscn7", text="Satellite scenes of 7 kinds.")
        Domain(name='satellite and aerial', source="its card's text", word='satellite')
    """
    known = {word: domain for domain, words in _known(modality).items() for word in words.split()}
    sources = {
        "its card's tags": " ; ".join(tags),
        "its name": name.rpartition("/")[2],
        "its card's text": text,
        "its classes": " ; ".join(classes),
    }
    for source, said in sources.items():
        found = dict.fromkeys(word for word in _words(said) if word in known)
        if found:
            counts: dict[str, int] = {}
            for word in found:
                counts[known[word]] = counts.get(known[word], 0) + 1
            best = max(counts, key=lambda domain: counts[domain])  # the first of equal ones
            return Domain(best, source, next(word for word in found if known[word] == best))
    return None


def _known(modality: str) -> Mapping[str, str]:
    return {"image": IMAGES, "text": TEXTS}.get(modality, {})


def _words(said: str) -> list[str]:
    """Return words and pairs of neighbours as ``one-other``, in their order, each without a plural's s."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _NO_WORD.sub(" ", said)).casefold()
    words = _WORD.findall(spaced)
    pairs = [*(f"{one}-{other}" for one, other in pairwise(words)), ""]
    told = (part for word, pair in zip(words, pairs, strict=False) for part in (pair, word, _PLURAL.sub("", word)))
    return [part for part in told if part]
