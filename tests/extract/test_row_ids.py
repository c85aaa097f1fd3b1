"""Names of rows, and views of some of them."""

from dataclasses import replace

from extract.probes import probe

from hubscore.extract.row_ids import SomeItems, row_ids


def of(*ids):
    return replace(probe(len(ids)), row_ids=tuple(str(one) * 64 for one in ids))


def test_the_same_content_has_the_same_id_wherever_it_stands():
    first, second = row_ids(of(1, 2, 3)), row_ids(of(3, 1, 1))
    assert second == (first[2], first[0], first[0]) and len(set(first)) == 3
    assert row_ids(replace(of(1, 2, 3), fingerprint="other", dataset="elsewhere")) == first


def test_rows_of_a_probe_made_by_hand_are_found_again_and_never_shared():
    first = row_ids(probe(3))
    assert row_ids(probe(3)) == first and len(set(first)) == 3
    assert not set(first) & set(row_ids(probe(3, fingerprint="other")))


def test_some_items_are_asked_for_when_they_are_needed():
    class Counts(list):
        asked = 0

        def __getitem__(self, at):
            Counts.asked += 1
            return super().__getitem__(at)

    some = SomeItems(Counts("abcdef"), (4, 0, 2))
    assert len(some) == 3 and Counts.asked == 0
    assert some[1] == "a" and some[-1] == "c" and some[1:] == ["a", "c"] and list(some) == ["e", "a", "c"]
