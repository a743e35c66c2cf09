"""Every card of `cards.toml` comes to what stands beside it, soon, in little memory, and nothing of it runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from .conftest import SECRET, Scene
from .laboratory import Laboratory

CARDS = tomllib.loads(Path(__file__).with_name("cards.toml").read_text(encoding="utf-8"))
SECONDS = 8
MEGABYTES = 220
FINDINGS = 500


def write(case: dict[str, Any], root: Path) -> None:
    pieces = {name: "".join(text * times for text, times in parts) for name, parts in case.get("pieces", {}).items()}
    counted = {name: numbered(parts) for name, parts in case.get("numbered", {}).items()}
    for name, text in (case.get("files", {}) | pieces | counted).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.removeprefix("\n"), encoding="utf-8")
    for name, size in case.get("sizes", {}).items():
        (root / name).touch()
        os.truncate(root / name, size)
    for name in case.get("pipes", ()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(root / name)
    for name, target in case.get("links", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)


def numbered(parts: list[Any]) -> str:
    """Texts, and those that a number follows as often as that says."""
    texts = []
    for text, times in pairwise([*parts, ""]):
        if isinstance(text, str):
            texts += [text.replace("%n", str(at + 1)) for at in range(times)] if isinstance(times, int) else [text]
    return "".join(texts)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_with(name: str, laboratory: Laboratory, scene: Scene) -> None:
    case = CARDS[name]
    write(case, scene.root)
    command = case.get("run", "check --format json .")
    ran = laboratory.run(*shlex.split(command), folder=scene.root)
    output = ran.out + ran.err
    assert "Traceback" not in output
    assert ran.code == case.get("exit", 1), output
    assert ran.seconds < SECONDS
    assert ran.megabytes < MEGABYTES
    assert re.search(case.get("says", ""), output), output
    if command.startswith("check"):
        findings = json.loads(ran.out) if ran.code < 2 else []
        assert len(findings) <= case.get("most", FINDINGS)
        assert {finding["rule"] for finding in findings} >= set(case.get("rules", ()))
    contents = [file.read_bytes() for file in scene.root.rglob("*") if file.is_file() and not linked(file, scene.root)]
    assert SECRET not in output
    assert not any(SECRET.encode() in data for data in contents)


def linked(file: Path, root: Path) -> bool:
    return not file.resolve().is_relative_to(root.resolve()) or file.stat().st_size > 1 << 24
