"""One task that hangs, dies, eats memory or raises never stops the others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from registry.types import Claim, Location, Quantity
from registry.verify.engines import Failure, Local, Processes, Resources, run
from registry.verify.engines import process as module
from registry.verify.engines.conforms import conforms, returned
from registry.verify.engines.descendants import adopt_orphans
from registry.verify.engines.printed import MOST
from registry.verify.outcome import Outcome
from tests.unit.verify.engines.items import ABOVE, DIE, EAT, HANG, KILLED, ORPHAN, RAISE, code, first, raises

ROOT = Path(__file__).resolve().parents[4]
CLAIM = Claim(
    model="m",
    subject="parameters",
    label="Parameters",
    kind="count",
    reported=Quantity.parse("7", "count"),
    location=Location(file="x.yml"),
)
LIMITS = Resources(seconds=60, most=2**30)
SOON = Resources(seconds=0.5)


def test_every_task_has_an_answer_and_the_good_ones_their_result() -> None:
    items = ["1 + 1", HANG, "2 + 2", DIE, EAT, RAISE, raises("registry.types.BuildError", "no"), "3 + 3"]
    began = time.monotonic()
    results = dict(run(Processes(2), eval, [(item, SOON if item == HANG else LIMITS) for item in items]))
    assert time.monotonic() - began < 60
    assert sorted(results) == list(range(len(items)))
    assert [results[index] for index in (0, 2, 7)] == [2, 4, 6]
    late = "it takes longer than the 0.5 seconds that it may take"
    assert results[1] == Failure(reason=late)
    assert results[3] == Failure(reason="it ended its process (exit code 3)")
    assert results[4] == Failure(reason="it needs more memory than it may use")
    assert results[5] == Failure(reason="ValueError: invalid literal for int() with base 10: 'no such layer'")
    assert results[6] == Failure(reason="no", expected=True)


def test_a_process_that_dies_once_is_made_good(tmp_path: Path) -> None:
    item = first(tmp_path / "died", KILLED, where="''")
    assert list(run(Processes(1), eval, [(item, LIMITS)])) == [(0, 7)]


ENDS = {
    "sys.exit": ("import sys; sys.exit(3)", "it asked to end its process (exit code 3)"),
    "sys.exit with words": (
        "import sys; sys.exit('good\\nbye')",
        "it asked to end its process (exit code 'good\\nbye')",
    ),
    "os._exit": ("import os; os._exit(0)", "it ended its process (exit code 0)"),
    "os.abort": ("import os; os.abort()", "its process crashed: it aborted itself (signal 6, SIGABRT)"),
    "a crash": (
        "import ctypes; ctypes.string_at(0)",
        "its process crashed: it used memory that is not its own (signal 11, SIGSEGV)",
    ),
    "a signal": ("import os; os.kill(os.getpid(), 15)", "its process was ended by signal 15, SIGTERM"),
    "a signal to all around it": (
        "import os; os.killpg(0, 2); os.kill(os.getppid(), 15); os.killpg(0, 15)",
        "its process was ended by signal 15, SIGTERM",
    ),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "an exception of its own": ("class Mine(BaseException): pass\nraise Mine('so there')", "Mine: so there"),
    "a generator's end": ("raise GeneratorExit", "GeneratorExit"),
    "an answer that does not travel": ("found = lambda: 1", "PicklingError: Can't pickle"),
    "an answer that ends who reads it": (
        "import os\nclass Odd:\n def __reduce__(self): return os._exit, (3,)\nfound = Odd()",
        "it ended its process (exit code 3)",
    ),
    "an answer that nobody can read": (
        "class Odd:\n def __reduce__(self): return int, ('x',)\nfound = Odd()",
        "ValueError: invalid literal for int",
    ),
    "noise in the answer's place": (
        "import os\nfor number in range(3, 64):\n try: os.write(number, b'noise ' * 1000)\n except OSError: pass",
        "it wrote to the pipe of its process, where only answers belong",
    ),
    "an answer whose reading would do something here": (
        "import os\nclass Odd:\n def __reduce__(self): return os.getpid, ()\nfound = Odd()",
        "its result cannot be read: UnpicklingError: it would make posix.getpid, and only plain data is accepted",
    ),
    "a function of ours that would do something here": (
        "from registry.files import write_atomic\nfound = write_atomic",
        "its result cannot be read: UnpicklingError: it would make registry.files.write_atomic",
    ),
    "an answer that it forged, with the mark that it found": (
        (
            "import os, pickle\nfrom registry.verify.engines import channel, worker\n"
            "class Odd:\n def __reduce__(self): return os.getpid, ()\n"
            "made = b'S' + pickle.dumps(Odd())\n"
            "worker.send = lambda pipe, mark, message: channel.send(pipe, mark, made)"
        ),
        "its result cannot be read: UnpicklingError: it would make posix.getpid",
    ),
    "an answer of a terabyte": (
        (
            "import os\nfrom registry.verify.engines import worker\n"
            "worker.send = lambda pipe, mark, message: os.write(pipe.fileno(), mark + (1 << 40).to_bytes(8, 'big'))"
        ),
        "its answer is larger than 1024 MiB",
    ),
    "an error that says nothing": ("class Odd(Exception):\n def __str__(self): raise self\nraise Odd", "Odd"),
    "memory": ("found = bytearray(1 << 32)", "it needs more memory than it may use"),
    "memory of torch": ("import torch; found = torch.zeros(1 << 32).sum()", "it needs more memory than it may use"),
}


@pytest.mark.parametrize("name", ENDS)
def test_however_a_task_ends_it_is_said_once_and_rightly(name: str, tmp_path: Path) -> None:
    does, says = ENDS[name]
    tries = tmp_path / "tries"
    counted = f"open({str(tries)!r}, 'a').write('x')\n{does}"
    results = dict(run(Processes(1), eval, [(code(counted), LIMITS), ("1 + 1", LIMITS)]))
    assert isinstance(results[0], Failure)
    assert results[0].reason.startswith(says)
    assert not results[0].lost
    assert results[1] == 2
    assert tries.read_text() == "x"


def test_a_task_that_is_killed_from_outside_is_tried_again_and_that_is_said() -> None:
    ((_, result),) = run(Processes(1), eval, [(KILLED, LIMITS)])
    reason = "tried 3 times: its process was killed (signal 9, SIGKILL), most likely because memory ran out"
    assert result == Failure(reason=reason, lost=True)


def test_what_a_task_changes_in_its_process_is_no_other_tasks_affair() -> None:
    changes = code("import os; os.environ['CHANGED'] = 'yes'; found = os.getpid()")
    asks = "__import__('os').environ.get('CHANGED')"
    shared = dict(run(Processes(1), eval, [(changes, LIMITS), (asks, LIMITS)]))
    alone = dict(run(Processes(1), eval, [(changes, replace(LIMITS, alone=True)), (asks, LIMITS)]))
    assert (shared[1], alone[1]) == ("yes", None)


def test_what_cannot_be_sent_fails_alone() -> None:
    results: dict[int, Any] = dict(run(Processes(1), eval, [(lambda: 1, LIMITS), ("2", LIMITS)]))  # type: ignore[list-item]
    assert results[1] == 2
    assert results[0].reason.startswith("it cannot go to another process: ")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
@pytest.mark.parametrize("then", ["", "os._exit(1)", "os.abort()", "import time; time.sleep(600)", "raise SystemExit"])
def test_what_a_task_started_does_not_outlive_it(then: str) -> None:
    seconds = f"600.{time.monotonic_ns()}"
    task = (code(ORPHAN.format(seconds=seconds, then=then)), Resources(seconds=3))
    results = dict(run(Processes(1), eval, [task, ("2", LIMITS)]))
    assert results[1] == 2
    assert results[0] == 7 or isinstance(results[0], Failure)
    assert not [process for process in psutil.process_iter(["cmdline"]) if seconds in (process.info["cmdline"] or [])]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
@pytest.mark.parametrize("number", [1, 2])
def test_what_a_task_started_does_not_outlive_it_where_those_above_it_are_killed(number: int) -> None:
    before = adopt_orphans(adopts=False)
    seconds = f"600.{time.monotonic_ns()}"
    kills = code(ORPHAN.format(seconds=seconds, then=ABOVE.format(number=number, signal="SIGKILL")))
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as bystander:
        results = dict(run(Processes(1), eval, [("1", LIMITS), (kills, LIMITS), ("2", LIMITS)]))
        assert bystander.poll() is None
        bystander.kill()
    reason = "tried 3 times: its process was killed, and the one above it"
    assert results == {0: 1, 1: Failure(reason=reason, lost=True), 2: 2}
    assert not [process for process in psutil.process_iter(["cmdline"]) if seconds in (process.info["cmdline"] or [])]
    assert adopt_orphans(adopts=before) is bool(module._alive)


def test_a_task_that_comes_back_twice_has_one_answer() -> None:
    results = dict(run(Processes(1), eval, [(code("import os; found = bool(os.fork())"), LIMITS), ("2", LIMITS)]))
    assert results == {0: True, 1: 2}


def test_what_a_task_prints_is_not_on_standard_output() -> None:
    prints = "import os, sys; print('one'); os.write(1, b'two'); os.system('echo three'); sys.__stdout__.write('four')"
    driver = f"""if __name__ == "__main__":
    from registry.verify.engines import Processes, Resources, run
    print(list(run(Processes(1), eval, [({code(f"{prints}; found = 7")!r}, Resources())])))
"""
    ran = subprocess.run([sys.executable, "-c", driver], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout == "[(0, 7)]\n"
    assert all(word in ran.stderr for word in ("one", "two", "three", "four"))


def test_what_a_task_prints_is_bounded_and_commands_nobody() -> None:
    floods = "import os\nfor _ in range(2000): os.write(2, b'x' * 999 + b'\\n')"
    speaks = "import os; os.write(1, b'::error title=x::y\\n##[group]z\\n\\x1b[31mred'); found = 7"
    driver = f"""if __name__ == "__main__":
    from registry.verify.engines import Processes, Resources, run
    alone = Resources(alone=True)
    print(list(run(Processes(1), eval, [({code(floods)!r}, alone), ({code(speaks)!r}, alone)])))
"""
    ran = subprocess.run([sys.executable, "-c", driver], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout == "[(0, None), (1, 7)]\n"
    assert len(ran.stderr) < 2 * MOST
    assert ran.stderr.endswith(
        "worker: what else it prints is left out, beyond 16 KiB\n"
        "worker: :\\:error title=x::y\nworker: ##\\[group]z\nworker: ␛[31mred\n"
    )


def test_what_a_task_leaves_in_the_temporary_folder_goes_with_it() -> None:
    leaves = code("import tempfile; found = tempfile.mkdtemp()")
    ((_, left),) = run(Processes(1), eval, [(leaves, replace(LIMITS, alone=True))])
    assert isinstance(left, str)
    assert not Path(left).exists()


def other_kind(item: str) -> tuple[int, str]:
    return eval(item)  # type: ignore[no-any-return]


def test_an_answer_of_another_kind_than_was_asked_for_is_none() -> None:
    assert returned(partial(other_kind)) == tuple[int, str]
    assert conforms((1, "x"), tuple[int, str])
    circle: list[Any] = []
    circle.append(circle)
    for wrong in (7, (1, 2), ("x", "y"), [1, "x"], (float("nan"), "x"), circle, None):
        assert not conforms(wrong, tuple[int, str])
    outcome = Outcome(claim=CLAIM, verdict="error", reason="x")
    assert conforms([outcome], list[Outcome])
    for field, value in (("verdict", "fine"), ("reason", 7), ("measurement", {}), ("digests", {"a": circle})):
        assert not conforms([replace(outcome, **{field: value})], list[Outcome]), field


def test_nothing_is_an_answer_too() -> None:
    assert list(run(Processes(1), eval, [("None", LIMITS)])) == [(0, None)]


def test_a_task_has_nobody_to_ask() -> None:
    assert list(run(Processes(1), eval, [("__import__('sys').stdin.read()", LIMITS)])) == [(0, "")]


def test_tasks_that_ask_for_a_gpu_or_much_memory_run_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "machine_memory", lambda: 10)
    span = "(__import__('time').monotonic(), __import__('time').sleep(0.2), __import__('time').monotonic())"
    for resources in (Resources(gpus=1), Resources(memory=6), Resources(memory=600)):
        spans = sorted(result for _, result in run(Processes(3), eval, [(span, resources)] * 3))
        assert all(before[2] <= after[0] for before, after in pairwise(spans))


def test_workers_may_start_processes_of_their_own() -> None:
    child = "__import__('multiprocessing').get_context('spawn').Process(target=print)"
    (result,) = run(Processes(1), eval, [(f"[(p.start(), p.join(), p.exitcode) for p in [{child}]][0][2]", LIMITS)])
    assert result == (0, 0)


def test_no_process_at_all_in_this_one() -> None:
    items = ["__import__('os').getpid()", "1 / 0"]
    results = dict(run(Local(), eval, [(item, LIMITS) for item in items]))
    assert results == {0: os.getpid(), 1: Failure(reason="ZeroDivisionError: division by zero")}


@pytest.mark.parametrize("engine", [Local(), Processes(2)])
def test_no_tasks_no_answers(engine: Local | Processes) -> None:
    assert list(run(engine, eval, [])) == []
