"""A disk that is full, at every call at which it can be: the old file or the new one, one sentence, and no rubbish."""

from __future__ import annotations

import hashlib
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from registry.evidence import Store
from registry.files import write_atomic
from registry.types import Claim, Evidence, Location, Measurement, OutputError, Quantity
from tests.failures.faults import FullDisk

RESULT = "{Task: Image Classification, Dataset: Imagenet, Metrics: {Top 1 Accuracy: 70%}}"
CARD = f"Models:\n- Name: m\n  Results:\n  - {RESULT}\n"


@dataclass(frozen=True)
class Writer:
    """Something that writes below a folder.

    Attributes:
        act: Does it, and says what came of it.
        before: Lays out what is there before.
        cache: Whether what it writes may be missing without anybody noticing.
    """

    act: Callable[[Path, Any], Any]
    before: Callable[[Path], None] = lambda folder: None
    cache: bool = False


def evidence(value: int) -> Evidence:
    claim = Claim(
        model="M",
        subject="parameters",
        label="Parameters",
        kind="count",
        reported=Quantity.parse("61100840", "count"),
        location=Location(file="models/m.md", line=3, column=5, path="Models[0].Metadata.Parameters"),
    )
    measurement = Measurement(value=value, method="seen", details={"long": "x" * 20_000})
    return Evidence(
        claim=claim, verdict="refuted", reason="", measurement=measurement, time=f"2026-01-02T03:04:0{value}Z"
    )


def command(*arguments: str) -> Callable[[Path, Any], Any]:
    """A command line, with FOLDER for the folder."""

    def act(folder: Path, mir: Any) -> Any:
        code, out, err = mir(*(argument.replace("FOLDER", str(folder)) for argument in arguments))
        if code == 2:
            raise OutputError(err)
        return code, out, "" if "--fix" in arguments else err

    return act


def write_cards(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.yml").write_text(CARD.replace("Name: m", f"Name: m{number}"))


def trace(folder: Path, mir: Any) -> Any:
    from registry.verify.counts.trace_cache import TraceCache
    from registry.verify.target import Target

    target = Target(name="m", library="torchvision", version="1", how="", build=lambda: None)
    return TraceCache(folder / "traces").keep(dict, target, (3, 8, 8), "", lambda: {"kept": "x" * 9000})


def prepare(folder: Path, mir: Any) -> Any:
    from registry.verify.datasets import find
    from registry.verify.evaluation.feed import Feeding, feed
    from registry.verify.evaluation.prepared import Prepared
    from registry.verify.geometry import Geometry
    from registry.verify.target import Preprocessing

    geometry = Geometry.of(Preprocessing(resize=8, crop=8))
    feeding = Feeding(batch_size=2, prepared=Prepared(folder=folder / "prepared"), fingerprint="sha256:1")
    batches = list(feed(find("set", {"set": folder}), [geometry], range(6), feeding, keep=True))
    return [batch.inputs[geometry].numpy().tobytes() for batch in batches]


def pictures(folder: Path) -> None:
    noise = np.random.default_rng(0)
    for number in range(6):
        file = folder / "class" / f"{number}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(noise.integers(0, 256, (9, 9, 3), np.uint8)).save(file)


def ask(folder: Path, mir: Any) -> Any:
    from registry.config import Config
    from registry.query import table_cache

    opened = table_cache.open_tables([folder / "0.yml"], Config(), cache=folder / "index")
    return opened.tables.models.columns["name"]


DATA = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a small file is served."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self.wfile.write(DATA)

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/model.pth"
    server.shutdown()
    server.server_close()


WRITERS = {
    "a new file": Writer(lambda folder, mir: write_atomic(folder / "a" / "b", b"new")),
    "over an old file": Writer(
        lambda folder, mir: write_atomic(folder / "a", b"new" * 9000), lambda folder: write_atomic(folder / "a", b"old")
    ),
    "evidence": Writer(
        lambda folder, mir: Store(folder).write(evidence(2)) and None,
        lambda folder: Store(folder).write(evidence(1)) and None,
    ),
    "check --fix": Writer(command("check", "--fix", "FOLDER"), write_cards),
    "check --output": Writer(
        command("check", "--format", "sarif", "--output", "FOLDER/out.sarif", "FOLDER"), write_cards
    ),
    "check --write-baseline": Writer(
        command("check", "--baseline", "FOLDER/base.json", "--write-baseline", "FOLDER"), write_cards
    ),
    "convert": Writer(command("convert", "FOLDER", "--to", "json", "--out", "FOLDER/made.json"), write_cards),
    "convert to a folder": Writer(
        command("convert", "FOLDER/0.yml", "FOLDER/1.yml", "--to", "huggingface", "--out", "FOLDER/made"), write_cards
    ),
    "badge": Writer(command("badge", "m1", "--cards", "FOLDER", "--out", "FOLDER/b/m.svg"), write_cards),
    "traces": Writer(trace, cache=True),
    "prepared samples": Writer(prepare, pictures, cache=True),
    "the index of questions": Writer(ask, write_cards, cache=True),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def mir(mir: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line in this process, with nothing settled or kept from elsewhere."""
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("registry.file_facts.SETTLED_NS", -(10**18))
    return mir


@pytest.mark.parametrize("name", WRITERS)
def test_the_old_file_or_the_new_one(name: str, mir: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, folder = WRITERS[name], tmp_path / "folder"

    def attempt(full: int | None) -> Any:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        writer.before(folder)
        with monkeypatch.context() as patch:
            disk = FullDisk(patch, full)
            try:
                return writer.act(folder, mir)
            except OutputError as error:
                return error
            finally:
                calls.append(disk.calls)

    calls: list[int] = []
    folder.mkdir()
    writer.before(folder)
    before = contents(folder)
    expected = attempt(None)
    after = contents(folder)
    assert not isinstance(expected, OutputError)
    assert calls[0] > 2
    for full in range(calls[0]):
        refusal = attempt(full)
        state = contents(folder)
        if isinstance(refusal, OutputError):
            assert not writer.cache
            assert str(refusal).rstrip("␊ \n").endswith("No space left on device")
        elif not writer.cache:
            # What failed then, such as to sync the folder, takes nothing from the file.
            assert state.keys() == after.keys()
        for path, data in state.items():
            if not writer.cache or path in before:  # whether what is kept is whole shows when it is used
                assert data in (before.get(path), after.get(path)), (full, path)
        assert not list(folder.rglob(".mir-*")), full
        assert writer.act(folder, mir) == expected, full
        assert contents(folder).keys() == after.keys()


def test_a_download_that_finds_no_room_is_said_and_goes_on_later(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.verify.target import WeightsRef
    from registry.verify.weights import Cache, Policy, fetch

    def attempt(full: int | None, folder: Path) -> int:
        with monkeypatch.context() as patch:
            disk = FullDisk(patch, full)
            download = fetch(
                WeightsRef(url=url), cache=Cache(folder=folder), policy=Policy(private_hosts=("127.0.0.1",))
            )
        assert download.sha256 == hashlib.sha256(DATA).hexdigest()
        assert download.path.read_bytes() == DATA
        return disk.calls

    refused = 0
    calls = attempt(None, tmp_path / "whole")
    for full in range(calls):
        folder = tmp_path / str(full)
        refusals: list[str] = []
        try:
            attempt(full, folder)
        except OutputError as error:
            refusals.append(str(error))
        refused += len(refusals)
        assert all("No space left on device" in refusal and str(folder) in refusal for refusal in refusals)
        assert not (folder / "sha256").exists() or all(
            path.read_bytes() == DATA for path in (folder / "sha256").iterdir()
        )
        attempt(None, folder)
    assert refused > 5


def test_prepared_samples_on_a_full_disk_end_no_run(disk: Any, tmp_path: Path) -> None:
    """Where they are mapped into memory instead of written, the system ends the process with SIGBUS."""
    from registry.verify.evaluation.prepared import Prepared
    from registry.verify.geometry import Geometry
    from registry.verify.target import Preprocessing

    pictures(tmp_path)
    expected = prepare(tmp_path, None)
    full = disk(16 << 10)
    (full / "filler").write_bytes(bytes(15 << 10))
    (tmp_path / "prepared").rename(tmp_path / "earlier")
    (tmp_path / "prepared").symlink_to(full)
    assert prepare(tmp_path, None) == expected
    assert [path.name for path in full.iterdir()] == ["filler"]
    assert Prepared(folder=full).find("sha256:1", Geometry.of(Preprocessing(resize=8, crop=8))) is None
