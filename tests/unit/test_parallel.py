import os
import sys

import pytest

from registry.parallel import cores, spread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks")


@pytest.mark.parametrize("count", [0, 1, 2, 7, 5000])
@pytest.mark.parametrize("processes", [1, 2, 5])
def test_answers_are_those_of_a_loop_in_their_order(count, processes):
    assert spread(lambda number: number * number, range(count), processes) == [number**2 for number in range(count)]


def test_several_processes_work():
    def work(number: int) -> int:
        # Long enough for the others to be there.
        sum(range(300_000))
        return os.getpid()

    found = set(spread(work, range(40), 3))
    assert os.getpid() in found
    assert len(found) > 1


def test_the_share_of_a_process_that_dies_is_done_here():
    parent = os.getpid()

    def work(number: int) -> int:
        sum(range(100_000))
        if os.getpid() != parent:
            os._exit(7)
        return number

    assert spread(work, range(20), 3) == list(range(20))


def test_an_exception_is_raised_here():
    def work(number: int) -> int:
        sum(range(100_000))
        if number == 13:
            raise KeyError(number)
        return number

    with pytest.raises(KeyError, match="13"):
        spread(work, range(20), 3)


def test_answers_larger_than_a_pipe_arrive():
    assert spread(lambda number: "x" * 200_000, range(8), 4) == ["x" * 200_000] * 8


def test_there_is_at_least_one_core():
    assert cores() >= 1
