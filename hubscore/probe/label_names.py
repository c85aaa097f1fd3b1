"""What the name of a column says: that it is the label, that it is a number or path of the row, or something else."""

from __future__ import annotations

import re
from collections.abc import Collection

USUAL = ("label", "labels", "class", "cls", "target", "category", "classes", "targets", "categories", "y")
"""Names that labels have in most data sets, the likeliest first."""

TAGS = ("tag", "tags", "pos", "upos", "xpos", "ner", "bio", "iob")
"""Words that the name of a column ends in whose lists have a label for each word of a sentence."""

_GENERAL = "label labels class classes cls klass target targets category categories classification groundtruth"
_PARTICULAR = (
    "species breed breeds genus taxon variety cultivar kind digit diagnosis diagnoses disease diseases dx pathology"
    " lesion tumor tumour defect defects emotion emotions sentiment genre scene landmark animal plant flower fruit"
    " vegetable dish food crop vehicle material texture gesture landcover landuse activity topic intent"
)
_NOUNS = frozenset(f"{_GENERAL} {_PARTICULAR}".split())
"""Words that a label's name ends in, as in ``bird_species``: what the column holds is its last noun."""

_PAIRS = frozenset({"land cover", "land use", "ground truth"})

_AFTER = frozenset(
    "id ids idx index name names no nr code text txt str string int number key value variable onehot one hot encoded"
    " enc fine coarse main true gt en level".split()
)
"""Words that may follow: ``class_id`` is still the class, while ``label_quality`` is a quality."""

_BEFORE = frozenset(
    "is has was are have no not non un num number n nb count total max min mean pred preds predicted prediction old"
    " prev previous next other wrong".split()
)
"""Words that make something else of it: ``has_label``, ``num_classes``, ``predicted_class``."""

_GLUED = re.compile(
    r"(?:super|sub|image|img|true|gt|fine|coarse|main)?(?:label|class|target|category)"
    r"(?:s|es|id|ids|idx|index|name|names|no|text|str|label)?"
)
_KEYS = frozenset(
    "id index idx path width height url uri text caption file filename file_name key uuid guid md5 sha1 sha256 hash"
    " split fold".split()
)
_ABOUT = frozenset(
    "license licence camera device photographer author source origin prompt caption quality split fold subset"
    " date year month day time timestamp site hospital patient user annotator rater worker format mode orientation"
    " confidence score status version generator".split()
)
"""Words for what a column says about a row beside its class; classes of these are not taken for the label."""


def words_of(name: str) -> list[str]:
    """Return the words of a column's name, lower case; of a nested one those of its last part.

    Example:
        >>> words_of("info.birdSpecies_id")
        ['bird', 'species', 'id']
    """
    last = name.rpartition(".")[2] or name
    if last.lower() in ("txt", "json", "text", "cls"):  # an ending of webdataset, not a field of a struct
        last = name
    return re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last).lower())


def is_like_label(name: str, others: Collection[str] = ()) -> bool:
    """Whether a column is named like a label.

    Args:
        name: of the column.
        others: the columns of numbers beside it; next to ``x``, a column ``y`` is a coordinate.

    Example:
        >>> [name for name in ("species", "ClassName", "bird_species_id", "y") if is_like_label(name)]
        ['species', 'ClassName', 'bird_species_id', 'y']
        >>> [name for name in ("is_labeled", "label_quality", "num_classes", "license") if is_like_label(name)]
        []
        >>> is_like_label("y", others=("x", "width"))
        False
    """
    words = words_of(name)
    if words in (["y"], ["y", "true"]):
        return not {"x", "z", "x1", "lat"} & {other.lower() for other in others}
    while len(words) > 1 and (words[-1] in _AFTER or words[-1].isdigit()):
        words.pop()
    if not words or _BEFORE & set(words[:-1]):
        return False
    return words[-1] in _NOUNS or " ".join(words[-2:]) in _PAIRS or _is_glued(words[-1])


def ends_in(name: str, words: Collection[str]) -> bool:
    """Whether the name of a column ends in one of some words.

    Example:
        >>> ends_in("ner_tags", TAGS), ends_in("tagged", TAGS)
        (True, False)
    """
    return words_of(name)[-1:] != [] and words_of(name)[-1] in words


def is_key(name: str) -> bool:
    """Whether a column is a number, name or size of the row rather than a label.

    Example:
        >>> [is_key(name) for name in ("image_id", "id_code", "file_path", "__key__", "species")]
        [True, True, True, True, False]
    """
    last = name.lower().rpartition(".")[2]
    return (
        last.startswith(("__", "id_"))
        or last.strip("_") in _KEYS
        or last.endswith(("_id", "_path", "_url", "_index"))
        or last.startswith("unnamed:")
    )


def is_about_row(name: str) -> bool:
    """Whether a column says something about a row beside its class, as a licence or a flag does.

    Example:
        >>> [is_about_row(name) for name in ("license", "is_labeled", "label_quality", "species")]
        [True, True, True, False]
    """
    words = words_of(name)
    return is_key(name) or (bool(words) and (words[0] in _BEFORE or words[-1] in _ABOUT))


def _is_glued(word: str) -> bool:
    return _GLUED.fullmatch(word) is not None
