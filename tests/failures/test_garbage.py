"""Every file of every cache as garbage: the same results as with an empty one, and nothing damaged taken for whole."""

from __future__ import annotations

import functools
import http.server
import json
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from registry.evidence import Store

ROOT = Path(__file__).resolve().parents[2]


def flipped(data: bytes) -> bytes:
    """One bit of the last third, where a change is least likely to be noticed by the way."""
    at = len(data) * 5 // 6
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b""


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "random": lambda data: random.Random(0).randbytes(len(data)),
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "a bit": flipped,
    "another version's": lambda data: b'{"version": 99}\n',
    "more": lambda data: data + b"\x00more",
}

IN_PLACE: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: (path.mkdir(), (path / "file").touch()),  # type: ignore[func-returns-value,dict-item]
    "a link in a circle": lambda path: path.symlink_to(path.name),
    "a pipe": lambda path: os.mkfifo(path),
}

DAMAGES = [*BYTES, *IN_PLACE]


def damage(path: Path, how: str) -> None:
    if how in BYTES:
        path.write_bytes(BYTES[how](path.read_bytes()))
    else:
        path.unlink()
        IN_PLACE[how](path)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose verification fills every cache: weights from a host, pictures in a folder, a library's model."""
    folder = tmp_path_factory.mktemp("world")
    cards = folder / "models"
    cards.mkdir()
    handler = functools.partial(Quiet, directory=str(ROOT / "models"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    card = (ROOT / "models" / "digits-cnn.md").read_text()
    for old, new in (
        ("Weights: ", f"Weights: http://{host}/"),
        ("    SHA256: '947a0866821088752eee965e80da35a5a4caf759c8bc9940a0ffa03b5d250e3a'\n", ""),
        ("    Parameters: 25866\n", "    Parameters: 25866\n    Image Size: 8\n    Crop Pct: 1.0\n"),
        ("Dataset: scikit-learn digits (samples 1437-1796)", "Dataset: Own"),
    ):
        assert old in card
        card = card.replace(old, new)
    (cards / "digits.md").write_text(card)
    alexnet = (ROOT / "models" / "alexnet.md").read_text()
    (cards / "alexnet.md").write_text(alexnet)
    (folder / "pyproject.toml").write_text(
        f'[tool.mir]\nprivate-hosts = ["{host}"]\n[tool.mir.datasets]\nown = "own"\n'
    )
    from sklearn.datasets import load_digits

    digits = load_digits()
    for number in range(1437, 1597):
        file = folder / "own" / str(digits.target[number]) / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(digits.images[number].astype(np.uint8)).save(file)
    yield folder
    server.shutdown()
    server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


VERIFY = ("verify", "models", "--engine", "local", "--device", "cpu", "--format", "json", "--force")


@pytest.fixture(scope="module")
def filled(warm: Any, world: Path) -> tuple[str, Path]:
    """What verification comes to, and a cache that it filled."""
    cache = world / "filled"

    def run() -> Any:
        return warm.run(*VERIFY, folder=str(world), first=warm.UNSETTLED, environment={"MIR_CACHE": str(cache)})

    done = run()
    assert done.err == ""
    assert run().out == done.out
    rows = json.loads(done.out)
    measured = {row["subject"] for row in rows if row["measured"] is not None and row["model"] == "digits-cnn"}
    assert measured == {"file-size", "flops", "parameters", "top-1-accuracy", "top-5-accuracy"}
    kinds = {path.parent.name if path.parent != cache else path.name for path in files(cache)}
    assert {"sha256", "urls", "prepared", "traces", "digests.sqlite"} <= kinds, kinds
    return done.out, cache


def same(warm: Any, world: Path, expected: str, cache: Path) -> None:
    store = Store(world / "models" / "evidence")
    before = {entry.name: without_time(entry.data) for entry in store.entries()}
    for _ in range(2):  # and whatever was made of it
        run = warm.run(*VERIFY, folder=str(world), first=warm.UNSETTLED, environment={"MIR_CACHE": str(cache)})
        assert (run.out, run.err) == (expected, "")
        assert {entry.name: without_time(entry.data) for entry in store.entries()} == before


def without_time(record: dict[str, Any]) -> dict[str, Any]:
    record.pop("time")
    (record["measurement"] or {"details": {}})["details"].pop("speed", None)
    return record


@pytest.mark.parametrize("how", DAMAGES)
def test_all_files_at_once(warm: Any, world: Path, filled: tuple[str, Path], tmp_path: Path, how: str) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(filled[1], cache)
    for path in files(cache):
        damage(path, how)
    same(warm, world, filled[0], cache)


def test_a_bit_of_each_file(warm: Any, world: Path, filled: tuple[str, Path], tmp_path: Path) -> None:
    for number in range(len(files(filled[1]))):
        cache = tmp_path / str(number)
        shutil.copytree(filled[1], cache)
        damage(files(cache)[number], "a bit")
        same(warm, world, filled[0], cache)


def test_files_of_others_in_the_place_of_each(warm: Any, world: Path, filled: tuple[str, Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(filled[1], cache)
    paths = files(cache)
    contents = [path.read_bytes() for path in paths]
    for path, data in zip(paths, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(data)
    same(warm, world, filled[0], cache)


@pytest.mark.parametrize("how", [damage for damage in DAMAGES if damage not in ("a bit", "a folder")])
def test_records(warm: Any, zoo: Path, how: str) -> None:
    """Garbage in place of evidence is called so, and measured again; what is whole stays as it is."""
    store = Store(zoo / "evidence")
    command = ("verify", zoo, "--engine", "local", "--device", "cpu", "--format", "json")
    expected = warm.run(*command)
    whole = {path: path.read_bytes() for path, _ in store.items()}
    damaged = sorted(whole)[:1]
    for path in damaged:
        damage(path, how)
    check = warm.run("evidence", "check", zoo)
    assert (check.code, check.err) == (1, "")
    assert sum(": invalid: " in line or ": stale: " in line for line in check.out.splitlines()) == len(damaged)
    run = warm.run(*command)
    assert (run.code, run.out, run.err) == (0, expected.out, "")
    after = {path: path.read_bytes() for path, _ in store.items()}
    assert after.keys() == whole.keys()
    assert all(after[path] == data for path, data in whole.items() if path not in damaged)
    assert store.problems() == []


def test_a_folder_in_place_of_a_record_is_not_removed(warm: Any, zoo: Path) -> None:
    command = ("verify", zoo, "--engine", "local", "--device", "cpu", "--only", "parameters")
    warm.run(*command)
    record = next((zoo / "evidence").rglob("*.json"))
    damage(record, "a folder")
    run = warm.run(*command)
    assert (run.code, run.err) == (2, f"mir: error: cannot write {record}: Is a directory\n")
    assert (record / "file").exists()


@pytest.mark.parametrize("how", DAMAGES)
def test_the_index_of_questions(warm: Any, zoo: Path, tmp_path: Path, how: str) -> None:
    cache = tmp_path / "cache"

    def ask(statement: str = "SELECT name, parameters, flops FROM models ORDER BY ALL") -> tuple[int, str, str]:
        run = warm.run(
            *("query", statement, "--cards", zoo), first=warm.UNSETTLED, environment={"MIR_CACHE": str(cache)}
        )
        return run.code, run.out, run.err

    expected = ask()
    assert expected[0] == 0
    assert {path.suffix for path in files(cache)} == {".json", ".duckdb", ".sqlite"}
    for path in files(cache):
        content = path.read_bytes()
        damage(path, how)
        assert ask() == expected
        assert ask() == expected
        wrong = ask("SELECT nothing FROM models")
        assert (wrong[0], wrong[1]) == (2, "")
        assert "nothing" in wrong[2]
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize("how", ["a bit", "a folder"])
def test_what_a_site_takes_over(warm: Any, zoo: Path, tmp_path: Path, how: str) -> None:
    out = tmp_path / "html"

    def build() -> dict[str, bytes]:
        run = warm.run("site", "build", "--cards", zoo, "--out", out, first=warm.LITTLE)
        assert run.code == 0
        dated = ("sitemap", ".mir", "feed")
        pages = {file.relative_to(out).as_posix(): file.read_bytes() for file in files(out)}
        searched = json.loads(pages.pop("search/search_index.json"))["docs"]
        pages["search"] = json.dumps(sorted(searched, key=str)).encode()
        return {path: data for path, data in pages.items() if not path.startswith(dated)}

    expected = build()
    for path in (
        out / "models" / "digits-0.html",
        out / ".mir",
        out / "search" / "search_index.json",
        next((tmp_path / "docs" / "models").glob("*.md")),
    ):
        damage(path, how)
    assert build() == expected
    assert build() == expected
