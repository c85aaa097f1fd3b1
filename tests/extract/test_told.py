from hubscore.errors import ErrorCode
from hubscore.extract.orders import Order
from hubscore.extract.told import Done, join_parts


def done(part: int, seconds: float, **more) -> Done:
    return Done(Order(4, part, 3), seconds, **more)


def test_parts_that_went_well_are_a_candidate_by_the_keys_of_the_first():
    parts = [done(2, 5.0, keys=("a",), images=7), done(0, 3.0, keys=("a", "b", ""), images=10)]
    whole = join_parts([*parts, done(1, 4.0, keys=("a",), images=6)])
    assert whole.keys == ("a", "b", "") and whole.images == 23 and whole.seconds == 5.0 and not whole.fatal


def test_what_is_wrong_with_a_part_is_wrong_with_the_candidate_and_its_cause_is_remembered():
    fine, odd = done(0, 1.0, keys=("a",), images=3), done(1, 1.0, reason="odd")
    assert join_parts([fine, odd]).keys is None and join_parts([odd, fine]).reason == "odd"
    crash = done(2, 2.0, reason="crashed", code=ErrorCode.PROCESS_DIED, fatal=True, remembered=True)
    joined = join_parts([fine, odd, crash])
    assert joined.reason == "crashed" and joined.remembered and joined.images == 3
