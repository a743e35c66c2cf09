"""A clock that is wrong or jumps: freshness never asks it, and nothing in use is removed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from registry.evidence import Store

VERIFY = ("verify", "--engine", "local", "--device", "cpu", "--format", "json")

CLOCK = """
import datetime, itertools, time
import registry.verify.environment as environment
times = itertools.cycle({times})
time.time = lambda: float(next(times))
time.time_ns = lambda: next(times) * 10**9

class Clock(datetime.datetime):
    @classmethod
    def now(cls, zone=None):
        return datetime.datetime.fromtimestamp(next(times), zone)

environment.datetime = Clock
"""

TIMES = {"1970": [1], "2099": [4_080_000_000], "jumps": [1_800_000_000, 1, 4_080_000_000, 1_700_000_000]}


@pytest.mark.parametrize("name", TIMES)
def test_evidence_is_the_same_and_stays_fresh(warm: Any, zoo: Path, tmp_path: Path, name: str) -> None:
    environment = {"MIR_CACHE": str(tmp_path / "cache")}
    expected = warm.run(*VERIFY, zoo, "--evidence", tmp_path / "right", environment=environment)
    wrong = CLOCK.format(times=TIMES[name])
    run = warm.run(*VERIFY, zoo, first=wrong, environment=environment)
    assert (run.code, run.out, run.err) == (0, expected.out, "")
    store = Store(zoo / "evidence")
    assert store.problems() == []
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", evidence.time) for evidence in store.all())
    before = {path: path.read_bytes() for path, _ in store.items()}
    assert len(store.all()) == 10
    for first in ("", wrong, CLOCK.format(times=[2_000_000_000])):
        again = warm.run(*VERIFY, zoo, first=first, environment=environment)
        assert (again.code, again.out) == (0, expected.out)
    assert {path: path.read_bytes() for path, _ in store.items()} == before
    assert warm.run("evidence", "check", zoo, first=wrong).code == 0


def test_a_changed_card_is_seen(warm: Any, zoo: Path, tmp_path: Path) -> None:
    wrong = CLOCK.format(times=TIMES["jumps"])

    def asked() -> Any:
        run = warm.run(
            *("query", "SELECT max(parameters) AS most FROM models", "--cards", zoo, "--format", "json"),
            first=wrong,
            environment={"MIR_CACHE": str(tmp_path / "cache")},
        )
        assert (run.code, run.err) == (0, "")
        return json.loads(run.out)[0]["most"]

    for number in (25866, 25867, 25868):
        (zoo / "1.md").write_text(re.sub(r"Parameters: \d+", f"Parameters: {number}", (zoo / "1.md").read_text()))
        assert asked() == asked() == number


def test_a_cache_that_is_full_keeps_what_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import time

    from registry.verify.weights import Cache

    cache = Cache(folder=tmp_path, max_bytes=250)
    for number in range(3):
        part = tmp_path / f"part {number}"
        part.write_bytes(bytes(100))
        os.utime(part, (number + 1, number + 1))
        if number < 2:
            cache.adopt(part, f"{number}" * 64, f"https://example.org/{number}")
    with cache.hold("0" * 64) as file:  # type: ignore[union-attr]
        monkeypatch.setattr(time, "time", lambda: 4_080_000_000.0)
        cache.adopt(part, "2" * 64, "https://example.org/2")
        assert file.read() == bytes(100)
        assert sorted(path.name[0] for path in (tmp_path / "sha256").iterdir()) == ["0", "2"]


def test_no_finding_comes_of_a_clock_before_this_was_written(warm: Any, tmp_path: Path) -> None:
    card = tmp_path / "card.yml"
    card.write_text("Models:\n- Name: m\n  Paper: https://arxiv.org/abs/2103.00020\n  Metadata: {Parameters: 5}\n")
    early = (
        "import datetime, registry.checks.rules.arxiv_id as rule\n"
        "class Date(datetime.date):\n"
        "    today = classmethod(lambda cls: datetime.date(1970, 1, 1))\n"
        "rule.datetime = type('early', (), {'date': Date, 'timedelta': datetime.timedelta})"
    )
    expected = warm.run("check", card)
    run = warm.run("check", card, first=early)
    assert (run.code, run.out) == (expected.code, expected.out)
    assert "future" not in expected.out
