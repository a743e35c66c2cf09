import os
import sys

import pytest

from registry.checks import check, run_rules
from registry.loader import file_store, load
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

    processes = set(spread(work, range(40), 3))
    assert os.getpid() in processes
    assert len(processes) > 1


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


def test_a_zoo_is_read_and_checked_alike_by_one_process_and_by_many(tmp_path, monkeypatch):
    monkeypatch.setattr(file_store, "_WORTH_FORKING", 0)
    monkeypatch.setattr(run_rules, "_WORTH_FORKING", 0)
    for number in range(9):
        (tmp_path / f"m{number}.yml").write_text(
            "Collections:\n- &c\n  Name: C\n  Metadata: {Epochs: no, Paper: 2021-05-28}\n"
            f"Models:\n- Name: m{number % 7}\n  In Collection: C\n  Metadata: {{<<: *c, FLOPs: -{number}}}\n"
        )
    (tmp_path / "model-index.yml").write_text("Import: [m*.yml, m1.yml, m0.yml, m8.yml]\n")
    one = load([tmp_path])
    index = load([tmp_path], processes=4)
    assert index.models == one.models
    assert [card.file for card in index.cards] == [card.file for card in one.cards]
    assert index.findings == one.findings
    assert one.findings
    assert check(index, processes=3) == check(one)
