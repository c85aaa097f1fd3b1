"""Which column holds the items, and of which modality they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasets import Features

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import leading, nouns
from hubscore.probe.columns import LISTED, describe_columns, kind_of, leaves, named_feature
from hubscore.probe.label_names import ends_in, is_key, is_like_label
from hubscore.probe.masks import is_like_mask
from hubscore.text import option


def choose_input(
    features: Features,
    modalities: Sequence[Modality],
    name: str | None = None,
    *,
    counts: Mapping[str, int] | None = None,
    words: Mapping[str, float] | None = None,
) -> tuple[Modality, str]:
    """Choose the column that holds the items; its type says the modality.

    Args:
        features: of the data set.
        modalities: those that come into question.
        name: the column to take, by name.
        counts: by column, how many rows have an item in it, where that is known.
        words: by column, how many words its values have, where that is known; most make it likely in what is advised.

    Returns:
        The modality, and the column: by type, or among several by name; the only one that is not named like masks.
        Where an item is made of several columns, their names with commas.

    Raises:
        UsageError: the named column does not exist, or several columns or modalities could be meant.
        DatasetError: there is no such column.
    """
    if name is not None:
        return _of_columns(features, modalities, name), name
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
    preferred = list(modality.likeliest({column: features[column] for column in found}, features))
    if len(preferred) > 1:
        return modality, ",".join(preferred)
    plain = [column for column in found if not is_like_mask(column)]
    if len(found) == 1 or preferred or len(plain) == 1:
        return modality, ((preferred or plain) if len(found) > 1 else found)[0]
    listed = _listed(found, counts or {})
    fix = option(modality.column_option, max(plain or found, key=lambda column: (words or {}).get(column, 0)))
    raise UsageError(f"Several columns hold {modality.nouns[1]}", listed, fix)


def input_columns(features: Mapping[str, object], modality: Modality) -> list[str]:
    """Return the columns that may hold items of a modality; of one that yields, none that is named like a label or a
    number of the row.
    """
    found = [column for column, feature in features.items() if modality.is_input(feature)]
    if not modality.yields:
        return found
    known = modality.column_names
    return [
        name
        for name in found
        if name in known
        or modality.holds_files(features[name])
        or not (modality.is_sequence(features[name]) or _is_beside(name, modality))
    ]


def _is_beside(name: str, modality: Modality) -> bool:
    """Whether a column is named like a label, or a number of the row."""
    return is_like_label(name) or is_key(name) or ends_in(name, modality.label_words)


def with_pair(features: Features, modalities: Sequence[Modality], name: str | None, pair: str | None) -> str | None:
    """Return the names of the columns of pairs with a comma, where the second is named; else the input column that is
    named, if one is.

    Raises:
        UsageError: both are the same, or there is no such column.
    """
    if pair is None:
        return name
    named_feature(features, pair, "--pair-column")
    if name is None:
        (modality,) = modalities
        known = modality.likeliest({one: features[one] for one in input_columns(features, modality)}, features)
        if len(known) > 1 and pair == known[1]:
            return ",".join(known)
        rest = Features({one: feature for one, feature in features.items() if one != pair})
        name = choose_input(rest, modalities)[1].split(",")[0]
    if name == pair:
        what = f"Both texts of each pair would come from column {pair!r}"
        raise UsageError(what, "a pair is of two columns", "--pair-column NAME, another one")
    return f"{name},{pair}"


def _listed(columns: Sequence[str], counts: Mapping[str, int]) -> str:
    told = [f"{column} ({counts[column]:,})" if column in counts else column for column in columns]
    return ", ".join(told[:LISTED]) + (f" and {len(told) - LISTED} more" if len(told) > LISTED else "")


def other_inputs(features: Features, modality: Modality, column: str, counts: Mapping[str, int]) -> str:
    """Say which columns hold items as well, in how many rows; an empty text where none does."""
    others = [name for name, feature in features.items() if name != column and modality.is_input(feature)]
    if not others or not modality.file_endings or modality.yields:
        return ""
    hold, nouns = "holds" if len(others) == 1 else "hold", modality.nouns[1]
    also = f"{_listed(others, counts)} {hold} {nouns} too: {option('--input-column', others[0])}"
    return f"the {nouns} are those of column {column!r}; {also}"


def input_notes(features: Features, modality: Modality, column: str, *, asked: bool) -> list[str]:
    """Say which column holds the items, and how that was decided, where strings could be labels or names too.

    Args:
        features: of all columns.
        modality: of the items.
        column: the input column, or several with commas.
        asked: whether it was named.
    """
    if not modality.yields or (column in features and modality.holds_files(features[column])):
        return []
    nouns, parts = modality.nouns[1], [column] if column in features else column.split(",")
    others = [name for name in input_columns(features, modality) if name not in parts]
    how = "as asked for"
    if not asked and len(parts) > 1:
        how = f"by their names; {option(modality.column_option, parts[0])} takes one alone"
    elif not asked and others:
        hold = "holds" if len(others) == 1 else "hold"
        how = f"named like {nouns}; {', '.join(others)} {hold} strings too: {option(modality.column_option, others[0])}"
    elif not asked:
        how = f"the only column of {nouns}"
    return [f"{nouns}: {'pairs of ' if len(parts) > 1 else ''}{' and '.join(parts)} ({how})"]


def _of_columns(features: Features, modalities: Sequence[Modality], name: str) -> Modality:
    """Return the modality of one column, or of several with commas that an item is made of."""
    parts = name.split(",")
    if name in features or len(parts) == 1:
        return _of_column(features, modalities, name)
    for part in parts:
        named_feature(features, part, modalities[0].column_option if len(modalities) == 1 else "--input-column")
    able = [one for one in modalities if one.most_columns >= len(parts)]
    found = {_of_column(features, able or modalities, part).name for part in parts}
    chosen = [one for one in able if {one.name} == found]
    if not chosen:
        _of_column(features, modalities, name)  # there is no such column
    return chosen[0]


def _of_column(features: Features, modalities: Sequence[Modality], name: str) -> Modality:
    """Return the modality of a column; one of texts may name files."""
    column_option = modalities[0].column_option if len(modalities) == 1 else "--input-column"
    feature = named_feature(features, name, column_option)
    claiming = [one for one in modalities if one.is_input(feature)]
    claiming = [one for one in claiming if not one.yields] or claiming
    if not claiming and kind_of(feature) == "text":
        claiming = [one for one in modalities if one.file_endings]
    if name not in features:
        raise DatasetError(f"Column {name!r} is a field of a struct", "items are read from columns", _own_column(name))
    if not claiming:
        what = f"Column {name!r} holds no {nouns(modalities, word='or')}"
        others = [column for one in modalities for column in input_columns(features, one)]
        fields = _fields(features, modalities, f"{name}.")
        fix = (
            _own_column(fields[0]) if fields and not others else option(column_option, others[0] if others else "NAME")
        )
        raise DatasetError(what, describe_columns(features), fix)
    if len(claiming) > 1:
        could = " or ".join(one.nouns[1] for one in claiming)
        raise UsageError(f"Column {name!r} could hold {could}", "", f"--modality {claiming[0].name}")
    return claiming[0]


def _no_input(features: Features, modalities: Sequence[Modality]) -> DatasetError:
    one, several = nouns(modalities, 0, word="or"), nouns(modalities)
    fix = f"choose a data set of {several}"
    if any(modality.file_endings for modality in modalities):
        filed = nouns([one for one in leading(modalities) if one.file_endings] or modalities, 0, word="or")
        fix += f", or --input-column NAME if one of these holds {filed} paths"
    if fields := _fields(features, modalities):
        fix = _own_column(fields[0])
    return DatasetError(
        f"The data set has no {one} column, and hubscore reads {several}", describe_columns(features), fix
    )


def _fields(features: Features, modalities: Sequence[Modality], within: str = "") -> list[str]:
    """Return the fields of structs that may hold items, which are not read: below some name, or all."""
    inside = [(name, feature) for name, feature in leaves(features) if name not in features and name.startswith(within)]
    named = [(name, {name.rpartition(".")[2]: feature}) for name, feature in inside]
    return [name for one in modalities for name, field in named if input_columns(field, one)]


def _own_column(name: str) -> str:
    return f"make {name!r} a column of its own: datasets.Dataset.flatten() does"
