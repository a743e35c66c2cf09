"""Two hundred runs that SIGTERM or SIGKILL ends at a random moment: nothing is lost, doubled or half written."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from registry.evidence import Store
from tests.failures.kills import BUILD, QUERY, REPAIR, VERIFY, killed, signals, strays, timed

ROOT = Path(__file__).resolve().parents[2]


def test_verify_loses_and_doubles_nothing(warm: Any, zoo: Path, tmp_path: Path) -> None:
    store, chance = Store(zoo / "evidence"), random.Random(0)

    def start() -> Any:
        return warm.start(
            *("verify", zoo, "--engine", "local", "--device", "cpu", "--format", "json"),
            environment={"MIR_CACHE": str(tmp_path / "cache")},
        )

    def records() -> dict[str, str]:
        assert store.problems() == []
        return {entry.name: json.dumps(entry.data) for entry in store.entries()}

    seconds = timed(start)
    whole = records()
    assert len(whole) == 10
    listed, left = 0, set(strays(zoo))
    for number in signals(VERIFY):
        before = records()
        if len(before) == len(whole):
            # Everything is measured: the next runs begin anew, without evidence, or with half of it.
            for model in chance.sample(sorted({name.partition("/")[0] for name in before}), chance.choice((1, 2))):
                before = {name: record for name, record in before.items() if not name.startswith(f"{model}/")}
                (store.folder / f"{model}.json").unlink()
        done = killed(start, chance, seconds, number)
        after = records()
        assert before.items() <= after.items()
        assert after.keys() <= whole.keys()
        if "what is listed is written" in done.err:
            rows = json.loads(done.out)
            assert done.code == 143
            assert len(rows) <= len(after)
            listed += len(rows) > 0
        if number == signal.SIGTERM:
            assert set(strays(zoo)) <= left, "what was half written was not taken back"
        left = set(strays(zoo))
    assert listed > 3, "no summary was cut short"
    assert start().end().code == 0
    assert records().keys() == whole.keys()
    assert strays(zoo) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_that_count_end_with_the_one_that_started_them(
    warm: Any, zoo: Path, tmp_path: Path, number: int
) -> None:
    run = warm.start(
        *("verify", zoo, "--only", "flops", "--engine", "process", "--jobs", 2),
        environment={"MIR_CACHE": str(tmp_path / "cache")},
    )
    until = time.monotonic() + 30
    begun: list[psutil.Process] = []
    while len(begun) < 6 and time.monotonic() < until:  # what multiprocessing has, and two that count under one each
        begun = psutil.Process(run.process).children(recursive=True)
        time.sleep(0.05)
    run.kill(number, after=0)
    assert psutil.wait_procs(begun, timeout=10)[1] == []
    assert run.end(alone=True).code == (-signal.SIGKILL if number == signal.SIGKILL else 143)


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.6])
def test_one_interrupt_or_five_end_a_run_once(seconds: float, zoo: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "registry", "verify", str(zoo), "--engine", "process", "--format", "json"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "MIR_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, start_new_session=True, **pipes) as run:
        begun: list[psutil.Process] = []
        until = time.monotonic() + 60
        while len(begun) < 4 and time.monotonic() < until:
            begun = psutil.Process(run.pid).children(recursive=True)
            time.sleep(0.05)
        time.sleep(seconds)
        begun += psutil.Process(run.pid).children(recursive=True)
        for _ in range(5):  # as a terminal does, to the whole group
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(0.02)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in err
    json.loads(out)
    assert psutil.wait_procs(begun, timeout=10)[1] == []


def test_a_repair_leaves_each_card_old_or_new(warm: Any, tmp_path: Path) -> None:
    cards, chance = tmp_path / "cards", random.Random(1)
    cards.mkdir()
    result = "{Task: Image Classification, Dataset: Imagenet, Metrics: {Top 1 Accuracy: 70%}}"
    old = f"Models:\n- Name: m\n  Results:\n  - {result}\n"
    new = old.replace("Imagenet", "ImageNet")

    def begin() -> None:
        for number in range(20):
            (cards / f"{number}.yml").write_text(old.replace("Name: m", f"Name: m{number}"))

    def texts() -> list[str]:
        return [(cards / f"{number}.yml").read_text().replace(f"Name: m{number}", "Name: m") for number in range(20)]

    begin()
    seconds = timed(lambda: warm.start("check", "--fix", cards))
    assert texts() == [new] * 20
    halves = 0
    for number in signals(REPAIR):
        begin()
        killed(lambda: warm.start("check", "--fix", cards), chance, seconds, number)
        assert set(texts()) <= {old, new}
        halves += len(set(texts())) == 2
        assert warm.run("check", "--fix", cards).code == 0
        assert texts() == [new] * 20
    assert halves, "no repair was cut short"


def test_a_question_is_answered_right_after_a_killed_one(warm: Any, zoo: Path, tmp_path: Path) -> None:
    cache, chance = tmp_path / "cache", random.Random(2)

    def start() -> Any:
        return warm.start(
            *("query", "SELECT name, parameters FROM models ORDER BY ALL", "--cards", zoo, "--format", "csv"),
            first=warm.UNSETTLED,
            environment={"MIR_CACHE": str(cache)},
        )

    seconds = timed(start)
    assert list((cache / "index").glob("*.duckdb")), "nothing was kept"
    answer = start().end().out
    assert answer.count("25866") == 2
    for number in signals(QUERY):
        if chance.random() < 0.7:
            shutil.rmtree(cache)
        killed(start, chance, seconds, number)
        done = start().end()
        assert (done.code, done.out, done.err) == (0, answer, "")


def test_a_site_is_the_old_or_the_new_one_and_the_next_is_right(warm: Any, tmp_path: Path) -> None:
    cards, out, chance = tmp_path / "cards", tmp_path / "html", random.Random(5)
    cards.mkdir()
    card = "<!--\nType: model-index\nModels:\n- Name: {0}\n  Metadata:\n    Parameters: {1}\n-->\n\n# {0}\n"
    names = ("one", "two", "three")

    def write(number: int) -> None:
        for name in names:
            (cards / f"{name}.md").write_text(card.format(name, number))

    def shown() -> set[int]:
        """Which numbers the pages show; nothing where there is no site."""
        pages = [(out / "models" / f"{name}.html").read_text() for name in names] if out.is_dir() else []
        return {number for page in pages for number in range(70_000, 70_100) if str(number) in page}

    def start() -> Any:
        return warm.start("site", "build", "--cards", cards, "--out", out, first=warm.LITTLE)

    write(70_000)
    timed(start)
    write(70_001)
    seconds = timed(start)
    for number, at in zip(signals(BUILD), itertools.count(70_002)):
        write(at)
        killed(start, chance, seconds, number)
        assert shown() in ({at - 1}, {at}, set())
        # Nothing changed since the run that was killed, and the site must still become what the cards say.
        assert start().end().code == 0
        assert shown() == {at}
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".html")] == []
