"""One model that hangs, dies, eats memory or raises never stops the others."""

from __future__ import annotations

import os
import time

from registry.verify.counts.processes import Failure, Limits, run

# Other processes cannot import a test module, so the jobs are texts and the function is the built-in that runs them.
HANG = "__import__('time').sleep(60)"
DIE = "__import__('os')._exit(3)"
EAT = "len(bytearray(4 * 2**30))"
RAISE = "int('no such layer')"
UNBUILDABLE = "(_ for _ in ()).throw(__import__('registry.types').types.BuildError('it cannot be built'))"


def test_every_job_has_an_answer_and_the_good_ones_their_result() -> None:
    jobs = ["1 + 1", HANG, "2 + 2", DIE, EAT, RAISE, UNBUILDABLE, "3 + 3"]
    began = time.monotonic()
    found = dict(run(eval, jobs, workers=2, limits=Limits(seconds=4, memory=2**30)))
    assert time.monotonic() - began < 40
    assert sorted(found) == list(range(len(jobs)))
    assert [found[index] for index in (0, 2, 7)] == [2, 4, 6]
    assert found[1] == Failure(reason="it takes longer than the 4 seconds that it may take")
    assert found[3] == Failure(reason="its process ended itself (exit code 3)")
    assert found[4] == Failure(reason="it needs more memory than it may use")
    assert found[5] == Failure(reason="ValueError: invalid literal for int() with base 10: 'no such layer'")
    assert found[6] == Failure(reason="it cannot be built", expected=True)


def test_no_process_at_all_where_none_is_asked_for() -> None:
    found = dict(run(eval, ["__import__('os').getpid()", "1 / 0"], workers=0, limits=Limits()))
    assert found == {0: os.getpid(), 1: Failure(reason="ZeroDivisionError: division by zero")}


def test_no_jobs_no_answers() -> None:
    assert list(run(eval, [], workers=2, limits=Limits())) == []
