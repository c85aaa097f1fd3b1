"""Which column holds the items, and of which modality they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasets import Features

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import nouns
from hubscore.probe.columns import describe_columns, kind_of, named_feature
from hubscore.probe.label_names import is_key, is_like_label
from hubscore.probe.masks import is_like_mask


def choose_input(
    features: Features,
    modalities: Sequence[Modality],
    name: str | None = None,
    *,
    counts: Mapping[str, int] | None = None,
) -> tuple[Modality, str]:
    """Choose the column that holds the items; its type says the modality.

    Args:
        features: of the data set.
        modalities: those that come into question.
        name: the column to take, by name.
        counts: by column, how many rows have an item in it, where that is known.

    Returns:
        The modality, and the column: by type, or among several by name; the only one that is not named like masks.

    Raises:
        UsageError: the named column does not exist, or several columns or modalities could be meant.
        DatasetError: there is no such column.
    """
    if name is not None:
        return _of_column(features, modalities, name), name
    columns = {one.name: input_columns(features, one) for one in modalities}
    claiming = [one for one in modalities if columns[one.name]]
    if any(not one.yields for one in claiming):
        for one in claiming:
            sure = [name for name in columns[one.name] if not one.yields or name in one.sure_names]
            columns[one.name] = sure
        claiming = [one for one in claiming if columns[one.name]]
    if not claiming:
        raise _no_input(features, modalities)
    if len(claiming) > 1:
        claims = "; ".join(f"{', '.join(columns[one.name])} could be {one.nouns[1]}" for one in claiming)
        raise UsageError("The data set could be of several modalities", claims, f"--modality {claiming[0].name}")
    (modality,) = claiming
    found = columns[modality.name]
    preferred = [column for column in modality.column_names if column in found]
    plain = [column for column in found if not is_like_mask(column)]
    if len(found) == 1 or preferred or len(plain) == 1:
        return modality, ((preferred or plain) if len(found) > 1 else found)[0]
    listed = _listed(found, counts or {})
    raise UsageError(f"Several columns hold {modality.nouns[1]}", listed, f"--input-column {(plain or found)[0]}")


def input_columns(features: Mapping[str, object], modality: Modality) -> list[str]:
    """Return the columns that may hold items of a modality; of one that yields, none that is named like a label or a
    number of the row.
    """
    found = [column for column, feature in features.items() if modality.is_input(feature)]
    if not modality.yields:
        return found
    return [name for name in found if name in modality.column_names or not (is_like_label(name) or is_key(name))]


def _listed(columns: Sequence[str], counts: Mapping[str, int]) -> str:
    return ", ".join(f"{column} ({counts[column]:,})" if column in counts else column for column in columns)


def other_inputs(features: Features, modality: Modality, column: str, counts: Mapping[str, int]) -> str:
    """Say which columns hold items as well, in how many rows; an empty text where none does."""
    others = [name for name, feature in features.items() if name != column and modality.is_input(feature)]
    if not others or not modality.file_endings or modality.yields:
        return ""
    hold, nouns = "holds" if len(others) == 1 else "hold", modality.nouns[1]
    also = f"{_listed(others, counts)} {hold} {nouns} too: --input-column {others[0]}"
    return f"the {nouns} are those of column {column!r}; {also}"


def _of_column(features: Features, modalities: Sequence[Modality], name: str) -> Modality:
    """Return the modality of a column; one of texts may name files."""
    feature = named_feature(features, name, "--input-column")
    claiming = [one for one in modalities if one.is_input(feature)]
    if not claiming and kind_of(feature) == "text":
        claiming = [one for one in modalities if one.file_endings]
    if not claiming or name not in features:
        what = f"Column {name!r} holds no {nouns(modalities, word='or')}"
        others = [column for column, kind in features.items() if any(one.is_input(kind) for one in modalities)]
        raise DatasetError(what, describe_columns(features), f"--input-column {others[0] if others else 'NAME'}")
    if len(claiming) > 1:
        could = " or ".join(one.nouns[1] for one in claiming)
        raise UsageError(f"Column {name!r} could hold {could}", "", f"--modality {claiming[0].name}")
    return claiming[0]


def _no_input(features: Features, modalities: Sequence[Modality]) -> DatasetError:
    one, several = nouns(modalities, 0, word="or"), nouns(modalities)
    fix = f"choose a data set of {several}"
    if any(modality.file_endings for modality in modalities):
        fix += f", or --input-column NAME if one of these holds {one} paths"
    return DatasetError(
        f"The data set has no {one} column, and hubscore reads {several}", describe_columns(features), fix
    )
