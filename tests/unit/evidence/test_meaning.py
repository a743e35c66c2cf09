"""What changes the digest of code, and what does not."""

from __future__ import annotations

import ast
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.evidence import meaning as module
from registry.evidence.meaning import meaning, of_meaning

OWN = frozenset({"score", "hits", "share", "Task"})
CODE = '''
"""What it is."""
import numpy as np
from registry.verify.tasks import hits, share

LIMIT: int = 5
"""A word on it."""

class Task:
    """A task."""

    def score(self, found: np.ndarray, *, top: int = LIMIT) -> float:
        """Its score."""
        # of those that count
        return share(hits(found)[:top]) + np.mean(found)
'''


def said(code: str) -> str:
    return meaning(ast.parse(code), OWN | {"counted"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hits", "counted"),
        ("score", "counted"),
        ("Task", "counted"),
        ('"""Its score."""', '"""Another word."""'),
        ("# of those that count", ""),
        (" -> float", ""),
        (": np.ndarray", ""),
        ("import hits, share", "import share, hits"),
    ],
)
def test_names_and_words_change_nothing(old: str, new: str) -> None:
    assert old in CODE
    assert said(CODE.replace(old, new)) == said(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= 5", "= 6"),
        ("[:top]", "[top:]"),
        ("np.mean", "np.median"),
        ("share(hits(found)[:top])", "hits(share(found)[:top])[0] if hits else 0"),
        (" + np", " - np"),
        ("top: int = LIMIT", "top: int = 5"),
    ],
)
def test_what_it_does_changes_it(old: str, new: str) -> None:
    assert old in CODE
    assert said(CODE.replace(old, new)) != said(CODE)


def test_the_package_itself_has_one(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.process_time()
    digest = of_meaning("verify/tasks", "verify/geometry.py")
    assert digest == of_meaning("verify/geometry.py", "verify/tasks")
    assert digest != of_meaning("verify/tasks")
    assert time.process_time() - began < 5


def test_threads_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0

    def sources_slowly(names: tuple[str, ...]) -> dict[str, str]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.01)
        at_once -= 1
        return {name: f"x = {name}" for name in names}

    monkeypatch.setattr(module, "sources", sources_slowly)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(module.of_meaning, map(str, range(8))))) == 8
    assert most == 1
