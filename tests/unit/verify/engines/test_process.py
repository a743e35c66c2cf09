"""One task that hangs, dies, eats memory or raises never stops the others."""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest

from registry.verify.engines import Failure, Local, Processes, Resources, run
from registry.verify.engines import process as module
from tests.unit.verify.engines.items import DIE, EAT, HANG, RAISE, first, raises

LIMITS = Resources(seconds=60, most=2**30)
SOON = Resources(seconds=0.5)


def test_every_task_has_an_answer_and_the_good_ones_their_result() -> None:
    items = ["1 + 1", HANG, "2 + 2", DIE, EAT, RAISE, raises("registry.types.BuildError", "no"), "3 + 3"]
    began = time.monotonic()
    found = dict(run(Processes(2), eval, [(item, SOON if item == HANG else LIMITS) for item in items]))
    assert time.monotonic() - began < 60
    assert sorted(found) == list(range(len(items)))
    assert [found[index] for index in (0, 2, 7)] == [2, 4, 6]
    late = "tried 3 times: it takes longer than the 0.5 seconds that it may take"
    assert found[1] == Failure(reason=late, lost=True)
    assert found[3] == Failure(reason="tried 3 times: its process ended itself (exit code 3)", lost=True)
    assert found[4] == Failure(reason="it needs more memory than it may use")
    assert found[5] == Failure(reason="ValueError: invalid literal for int() with base 10: 'no such layer'")
    assert found[6] == Failure(reason="no", expected=True)


def test_a_process_that_dies_once_is_made_good(tmp_path: Path) -> None:
    item = first(tmp_path / "died", DIE, where="''")
    assert list(run(Processes(1), eval, [(item, LIMITS)])) == [(0, 7)]


def test_tasks_that_ask_for_a_gpu_or_much_memory_run_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_memory", lambda: 10)
    span = "(__import__('time').monotonic(), __import__('time').sleep(0.2), __import__('time').monotonic())"
    for asked in (Resources(gpus=1), Resources(memory=6), Resources(memory=600)):
        spans = sorted(result for _, result in run(Processes(3), eval, [(span, asked)] * 3))
        assert all(before[2] <= after[0] for before, after in pairwise(spans))


def test_workers_may_start_processes_of_their_own() -> None:
    child = "__import__('multiprocessing').get_context('spawn').Process(target=print)"
    (found,) = run(Processes(1), eval, [(f"[(p.start(), p.join(), p.exitcode) for p in [{child}]][0][2]", LIMITS)])
    assert found == (0, 0)


def test_no_process_at_all_in_this_one() -> None:
    items = ["__import__('os').getpid()", "1 / 0"]
    found = dict(run(Local(), eval, [(item, LIMITS) for item in items]))
    assert found == {0: os.getpid(), 1: Failure(reason="ZeroDivisionError: division by zero")}


@pytest.mark.parametrize("engine", [Local(), Processes(2)])
def test_no_tasks_no_answers(engine: Local | Processes) -> None:
    assert list(run(engine, eval, [])) == []
