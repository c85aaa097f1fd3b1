"""Rows of one network, put together and taken apart."""

from dataclasses import replace

import numpy as np
import pytest
from extract.blocks import block, ids, letters

from hubscore.extract.row_block import RowBlock, content_hash, join_blocks


def test_rows_are_taken_in_any_order_and_several_times():
    whole = block("abcd")
    assert letters(whole.take(ids("dbb"))) == "dbb" and whole.take(ids("dbb")).rows == ids("dbb")
    assert whole.take(whole.rows) is whole
    with pytest.raises(KeyError):
        whole.take(ids("x"))


def test_a_file_gives_every_bit_back():
    one = block("abc")
    back = RowBlock.unpack(one.pack())
    assert back.rows == one.rows and letters(back) == "abc"
    plain = ("key", "model", "revision", "seconds", "transform", "versions", "input_size", "layers", "device")
    assert all(getattr(back.values, name) == getattr(one.values, name) for name in plain)
    headless = RowBlock.unpack(replace(one, values=replace(one.values, logits=None)).pack())
    assert headless.values.logits is None


def test_ids_without_rows_are_damage():
    one = block("abc")
    with pytest.raises(ValueError, match="one row per id"):
        RowBlock.unpack(RowBlock(ids("ab"), one.values).pack())


def test_of_a_row_in_two_blocks_the_first_ones_is_taken():
    joined = join_blocks([block("ab", noise=0.25), block("bcd"), block("e")])
    assert joined.rows == ids("abcde")
    assert joined.values.features["penultimate"][:, 0].tolist() == [97.25, 98.25, 99.0, 100.0, 101.0]
    assert joined.values.logits[:, 0].tolist() == [97.25, 98.25, 99.0, 100.0, 101.0]


def test_seconds_add_up_and_what_differs_is_all_named():
    first = block("ab", versions={"torch": "2", "timm": "1"}, device="cpu")
    second = block("c", versions={"torch": "3", "timm": "1"}, device="cuda")
    joined = join_blocks([first, second]).values
    assert joined.seconds == {"load": 2.0, "total": 6.0}
    assert joined.versions == {"torch": "2, 3", "timm": "1"} and joined.device == "cpu, cuda"
    again = join_blocks([RowBlock(ids("abc"), joined), block("d", device="cuda")]).values
    assert again.device == "cpu, cuda"


def test_blocks_of_other_widths_do_not_fit():
    assert block("ab").fits(block("c")) and not block("ab").fits(block("c", width=4))
    assert not block("ab").fits(block("c", logits=None))


def test_the_name_of_a_file_changes_with_every_bit():
    content = bytearray(block("ab").pack())
    name = content_hash(bytes(content))
    content[-1] ^= 1
    assert content_hash(bytes(content)) != name


def test_nothing_is_copied_where_one_block_is_all():
    one = block("ab")
    assert join_blocks([one]) is one and isinstance(one.values.features["penultimate"], np.ndarray)
