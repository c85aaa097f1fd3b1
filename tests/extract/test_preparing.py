import threading
import time

import numpy as np
import pytest
import torch
from attribution.nets import cnn, images, network
from PIL import Image

from hubscore.errors import CandidateError, ErrorCode
from hubscore.extract import preparing
from hubscore.extract.preparing import Preparer, ahead, workers


def made(task, inputs, threads, room=100):
    return ahead(task, inputs, threads, room=room, size=lambda result: 1)


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_results_keep_their_order_and_none_is_lost(threads):
    def task(number):
        time.sleep(0.002 * (number % 3))
        return number

    assert list(made(task, range(25), threads)) == list(range(25))
    assert list(made(task, range(2), threads)) == [0, 1] and list(made(task, [], threads)) == []


def test_what_waits_is_bounded_by_bytes_whatever_its_number():
    begun, lock = [], threading.Lock()

    def task(number):
        with lock:
            begun.append(number)
        return number

    taken = 0
    for _ in ahead(task, range(30), 3, room=250, size=lambda result: 100):
        taken += 1
        time.sleep(0.003)
        assert len(begun) <= max(taken - 1, 0) + 3
    assert taken == 30


def test_an_error_ahead_stops_the_rest():
    begun = []

    def task(number):
        begun.append(number)
        if number == 1:
            raise ValueError("number 1")
        return number

    with pytest.raises(ValueError, match="number 1"):
        list(made(task, range(100), 2))
    assert len(begun) < 12


def test_threads_change_no_bit_and_leave_torchs_own_alone():
    net, items, before = network(cnn()), images(40), torch.get_num_threads()
    batches = [range(0, 37), range(37, 40)]
    plain, threaded = (list(Preparer(net, items).prepared(batches, threads)) for threads in (0, 3))
    assert [len(batch) for batch in plain] == [37, 3]
    assert all(torch.equal(one, other) for one, other in zip(plain, threaded, strict=True))
    assert torch.equal(torch.cat(plain), net.transform_all(items)) and torch.get_num_threads() == before
    seen = []
    other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    other.start()
    other.join()
    assert seen == [before]


def test_decoded_items_of_one_thread_are_bounded_by_bytes(monkeypatch):
    monkeypatch.setattr(preparing, "PART_BYTES", 2 * 32 * 32 * 4)
    net, calls = network(cnn()), []
    whole = net.transform_all

    def counting(items):
        calls.append(len(items))
        return whole(items)

    object.__setattr__(net, "transform_all", counting)
    items = [Image.new("RGB", (32, 32), (number, 0, 0)) for number in range(5)]
    (batch,) = Preparer(net, items).prepared([range(5)], 0)
    assert calls == [2, 2, 1] and torch.equal(batch, whole(items))


def test_images_of_several_sizes_stay_a_list():
    net = network(cnn())
    object.__setattr__(net, "transform_all", lambda items: [torch.zeros(3, one.height, 2) for one in items])
    items = [Image.fromarray(np.zeros((4 + number % 2, 4, 3), np.uint8)) for number in range(40)]
    (batch,) = Preparer(net, items).prepared([range(40)], 2)
    assert isinstance(batch, list) and [len(one[0]) for one in batch] == [4, 5] * 20


def test_a_transform_that_fails_says_whose_it_is():
    net = network(cnn())
    for threads in (0, 2):
        with pytest.raises(CandidateError) as error:
            list(Preparer(net, ["not an image"] * 3).prepared([range(3)], threads))
        assert error.value.subject == "org/net" and error.value.code != ErrorCode.PROCESS_DIED


def test_a_cpu_keeps_its_cores_for_the_network(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    monkeypatch.setattr("torch.get_num_threads", lambda: 16)
    assert workers("cpu") == 4 and workers("cuda:0") == 8
    monkeypatch.setattr("torch.get_num_threads", lambda: 1)
    assert workers("cpu") == 1
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert workers("cpu") == 0 and workers("cuda") == 1
