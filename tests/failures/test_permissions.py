"""What may not be read or written is said in one sentence; where only a cache is concerned, nothing else changes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

VERIFY = ("verify", "--engine", "local", "--device", "cpu", "--format", "json")


@contextmanager
def closed(path: Path, mode: int = 0o000) -> Iterator[None]:
    """Nobody may do more with it than the mode says."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def said_once(run: Any, *parts: str) -> None:
    assert run.code == 2, run
    lines = run.err.splitlines()
    assert [line.startswith("mir: ") for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1].startswith("mir: error: ")
    assert all(part in lines[-1] for part in parts), run.err


def test_evidence_that_cannot_be_written(warm: Any, zoo: Path) -> None:
    evidence = zoo / "evidence"
    evidence.mkdir()
    with closed(evidence, 0o555):
        said_once(warm.run(*VERIFY, zoo, powerless=True), "cannot write", str(evidence), "Permission denied")
    assert list(evidence.iterdir()) == []
    assert warm.run(*VERIFY, zoo, powerless=True).code == 0
    with closed(evidence, 0o555):
        reused = warm.run(*VERIFY, zoo, powerless=True)
    assert (reused.code, reused.err, reused.out.count("reproduced")) == (0, "", 10)


def test_evidence_that_cannot_be_read_is_no_evidence_and_stays(warm: Any, zoo: Path) -> None:
    warm.run(*VERIFY, zoo)
    record = next((zoo / "evidence").rglob("*.json"))
    with closed(record):
        check = warm.run("evidence", "check", zoo, powerless=True)
    assert check.code == 1
    assert f"{record}: invalid: cannot be read: Permission denied" in check.out


@pytest.mark.parametrize("how", ["read-only", "closed", "a file", "in a read-only folder", "no home", "home is a file"])
def test_a_cache_that_cannot_be_used_changes_nothing(warm: Any, zoo: Path, tmp_path: Path, how: str) -> None:
    above = tmp_path / "above"
    cache = above / "cache"
    cache.mkdir(parents=True)
    (tmp_path / "file").touch()
    environment: dict[str, str | None] = {"MIR_CACHE": str(cache), "XDG_CACHE_HOME": None}
    environment |= {
        "a file": {"MIR_CACHE": str(tmp_path / "file")},
        "no home": {"MIR_CACHE": None, "HOME": str(tmp_path / "nowhere" / "at all")},
        "home is a file": {"MIR_CACHE": None, "HOME": str(tmp_path / "file")},
    }.get(how, {})
    if how == "in a read-only folder":
        cache.rmdir()
    modes = {"read-only": (cache, 0o555), "closed": (cache, 0o000), "in a read-only folder": (above, 0o555)}
    (tmp_path / "readonly").mkdir()
    with (
        closed(*modes.get(how, (tmp_path / "readonly", 0o555))),
        closed(tmp_path, 0o555 if how == "no home" else 0o755),
    ):
        search = warm.run(
            *("query", "SELECT count(*) AS models FROM models", "--cards", zoo, "--format", "json"),
            first=warm.UNSETTLED,
            environment=environment,
            powerless=True,
        )
        assert (search.code, json.loads(search.out), search.err) == (0, [{"models": 2}], "")
        run = warm.run(*VERIFY, zoo, first=warm.UNSETTLED, environment=environment, powerless=True)
    assert (run.code, run.err) == (0, "")
    assert {row["verdict"] for row in json.loads(run.out)} == {"reproduced"}


def test_without_a_home_or_a_cache_it_is_said_what_to_set(warm: Any, zoo: Path) -> None:
    homeless = "import pathlib; pathlib.Path.home = classmethod(lambda _: (_ for _ in ()).throw(RuntimeError()))"
    run = warm.run(*VERIFY, zoo, first=homeless, environment={"MIR_CACHE": None, "XDG_CACHE_HOME": None})
    said_once(run, "set MIR_CACHE")


def test_weights_are_taken_from_a_cache_that_cannot_be_written(warm: Any, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"weights").hexdigest()
    fetch = (
        "from pathlib import Path; from registry.verify.target import WeightsRef\n"
        "from registry.verify.weights import Cache, Policy, fetch\n"
        f"ref = WeightsRef(url='https://example.org/m.pth', sha256={digest!r})\n"
        f"print(fetch(ref, cache=Cache(folder=Path({str(tmp_path)!r})), policy=Policy(hosts=('example.org',))).size)"
    )
    weights = tmp_path / "sha256" / digest
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    with closed(weights.parent, 0o555), closed(tmp_path, 0o555):
        run = warm.run(first=fetch, powerless=True)
    assert (run.out, run.err) == ("7\n", "")


def test_cards_that_cannot_be_read(warm: Any, zoo: Path) -> None:
    with closed(zoo / "0.md"):
        run = warm.run("check", zoo, powerless=True)
        assert run.code == 1
        assert "0.md:1:1: MIR001 error: cannot be opened: permission denied" in run.out
    with closed(zoo / "digits-cnn.safetensors"):
        run = warm.run(*VERIFY, zoo, "--only", "top-1-accuracy", powerless=True)
        assert run.code == 0
        assert run.out.count("Permission denied") == 2
    (zoo / "2.yml").write_text(
        "Models:\n- Name: m\n  Results:\n  - {Dataset: Imagenet, Metrics: {Top 1 Accuracy: 70%}}\n"
    )
    with closed(zoo, 0o555):
        said_once(warm.run("check", "--fix", zoo / "2.yml", powerless=True), "cannot write", "Permission denied")


def test_settings_that_cannot_be_read(warm: Any, zoo: Path) -> None:
    file = zoo.parent / "pyproject.toml"
    file.write_text("[tool.mir]\n")
    with closed(file):
        said_once(warm.run("check", zoo, powerless=True, folder=str(zoo.parent)), str(file), "Permission denied")
        beside = warm.run("check", zoo, powerless=True)
        assert beside.code == 1
        assert "pyproject.toml:1:1: MIR029 error: cannot be read: Permission denied" in beside.out


def test_a_site_where_it_may_not_be(warm: Any, zoo: Path, tmp_path: Path) -> None:
    out = tmp_path / "site" / "html"
    out.parent.mkdir()
    with closed(out.parent, 0o555):
        said_once(warm.run("site", "build", "--cards", zoo, "--out", out, powerless=True), "Permission denied")
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--format", "sarif", "--output", "OUT/a.sarif", "CARDS"),
        ("check", "--baseline", "OUT/base.json", "--write-baseline", "CARDS"),
        ("convert", "CARDS", "--to", "csv", "--out", "OUT/a.csv"),
        ("badge", "digits-0", "--cards", "CARDS", "--out", "OUT/a.svg"),
        ("query", "--to", "OUT/a.duckdb", "--cards", "CARDS"),
        ("query", "--to", "OUT/parquet", "--cards", "CARDS"),
        ("site", "pages", "--cards", "CARDS", "--out", "OUT/pages"),
        ("init", "OUT/new"),
    ],
    ids=" ".join,
)
def test_results_where_they_may_not_be(warm: Any, zoo: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    arguments = [argument.replace("OUT", str(out)).replace("CARDS", str(zoo)) for argument in command]
    with closed(out, 0o555):
        run = warm.run(*arguments, powerless=True, environment={"MIR_CACHE": str(tmp_path / "cache")})
    said_once(run, str(out), "Permission denied")
    shutil.rmtree(out)
