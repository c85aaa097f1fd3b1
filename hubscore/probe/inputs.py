"""Which column holds the items, and of which modality they are."""

from __future__ import annotations

from collections.abc import Sequence

from datasets import Features

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import nouns
from hubscore.probe.columns import describe_columns, kind_of, named_feature


def choose_input(features: Features, modalities: Sequence[Modality], name: str | None = None) -> tuple[Modality, str]:
    """Choose the column that holds the items; its type says the modality.

    Args:
        features: of the data set.
        modalities: those that come into question.
        name: the column to take, by name.

    Returns:
        The modality, and the column: by type, or among several by name.

    Raises:
        UsageError: the named column does not exist, or several columns or modalities could be meant.
        DatasetError: there is no such column.
    """
    if name is not None:
        return _of_column(features, modalities, name), name
    columns = {
        one.name: [column for column, feature in features.items() if one.is_input(feature)] for one in modalities
    }
    claiming = [one for one in modalities if columns[one.name]]
    if not claiming:
        raise _no_input(features, modalities)
    if len(claiming) > 1:
        claims = "; ".join(f"{', '.join(columns[one.name])} could be {one.nouns[1]}" for one in claiming)
        raise UsageError("The data set could be of several modalities", claims, f"--modality {claiming[0].name}")
    (modality,) = claiming
    found = columns[modality.name]
    preferred = [column for column in modality.column_names if column in found]
    if len(found) == 1 or preferred:
        return modality, (preferred or found)[0]
    raise UsageError(f"Several columns hold {modality.nouns[1]}", ", ".join(found), f"--input-column {found[0]}")


def _of_column(features: Features, modalities: Sequence[Modality], name: str) -> Modality:
    """Return the modality of a column; one of texts may name files."""
    feature = named_feature(features, name, "--input-column")
    claiming = [one for one in modalities if one.is_input(feature)]
    if not claiming and kind_of(feature) == "text":
        claiming = [one for one in modalities if one.file_endings]
    if not claiming or name not in features:
        what = f"Column {name!r} holds no {nouns(modalities, word='or')}"
        raise DatasetError(what, describe_columns(features), "--input-column NAME")
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
