import time
from threading import Event, Thread

import spaceserver  # noqa: F401 - makes the Space's modules importable
from patience import Patience


def test_what_one_question_waits_the_next_one_cannot():
    patience, never = Patience(0.2), Event()
    start = time.monotonic()
    hanging = [Thread(target=never.wait, daemon=True) for _ in range(50)]
    for thread in hanging:
        thread.start()
    assert not any(patience.wait(thread) for thread in hanging)
    assert 0.2 <= time.monotonic() - start < 8 and patience.left <= 0  # each by itself they would take ten seconds
    never.set()


def test_drawing_uses_nothing_up_and_work_that_is_done_is_done():
    patience = Patience(0.2)
    time.sleep(0.3)
    assert patience.ask(lambda: 5, 0) == 5 and patience.left > 0.1 and not patience.lacking


def test_without_time_nothing_is_asked_and_that_is_known():
    asked = []
    patience = Patience(0.0)
    assert patience.ask(lambda: asked.append(1), "nothing") == "nothing" and not asked and patience.lacking
