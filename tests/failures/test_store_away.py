"""A store that does not answer for a while costs a run time, and nothing that it measured."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from registry.evidence import Store
from registry.storage import open_folder, outage, place, remote
from registry.types import OutputError, StoreAwayError

CARD = """\
Models:
- Name: digits
  Builder: registry:digits-cnn
  Metadata: {Parameters: 25866, FLOPs: 1203200}
"""

Mir = Callable[..., tuple[int, str, str]]


class Away:
    """Whether the store in memory answers; counts the requests that it did not."""

    def __init__(self) -> None:
        self.left = 0.0
        self.refused = 0

    def ask(self) -> None:
        if self.left > 0:
            self.left -= 1
            self.refused += 1
            raise ConnectionRefusedError("nobody there")


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    monkeypatch.setattr(outage, "_WAITS", (0.01,))
    absence = Away()
    for name in ("pipe_file", "cat_ranges", "find", "info"):
        real = getattr(MemoryFileSystem, name)

        def asked(self: Any, *arguments: Any, _real: Callable[..., Any] = real, **keywords: Any) -> Any:
            absence.ask()
            return _real(self, *arguments, **keywords)

        monkeypatch.setattr(MemoryFileSystem, name, asked)
    return absence


@pytest.fixture
def where() -> str:
    return f"memory://{uuid.uuid4()}/evidence"


def test_what_is_asked_of_a_store_that_is_away_is_asked_again(away: Away, where: str) -> None:
    folder = open_folder(place(where))
    folder.write("a", b"1")
    away.left = 5
    folder.update("a", 9, lambda before: (before or b"") + b"2")
    assert (away.refused, folder.read("a", 9)) == (5, b"12")


def test_a_store_that_never_answered_is_said_to_be_away_at_once(away: Away, where: str) -> None:
    away.left = float("inf")
    with pytest.raises(StoreAwayError, match=f"cannot write {where}/a: nobody there"):
        open_folder(place(where)).write("a", b"1")
    assert away.refused == 1


def test_what_a_store_does_not_take_is_kept_here_and_copied_later(
    mir: Mir, away: Away, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(outage, "_PATIENCE", 0.1)
    (tmp_path / "card.yml").write_text(CARD, encoding="utf-8")
    settle = Store.settle

    def goes_away(self: Store, *arguments: object) -> object:
        if not isinstance(self.folder, Path):
            away.left = float("inf")
        return settle(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "settle", goes_away)
    code, out, err = mir("verify", "card.yml", "--evidence", where, "--format", "json")
    assert code == 2
    assert [row["verdict"] for row in json.loads(out)] == ["reproduced"] * 2
    assert f"2 records that {where} did not take are in evidence-unwritten" in err
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    code, out, err = mir("evidence", "copy", "evidence-unwritten", where)
    assert (code, out) == (0, f"2 of 2 records written to {where}\n"), err
    assert {evidence.verdict for evidence in Store(place(where)).all()} == {"reproduced"}
    assert mir("evidence", "copy", "evidence-unwritten", where)[1] == f"0 of 2 records written to {where}\n"


def test_a_store_that_is_back_before_the_end_has_everything(
    mir: Mir, away: Away, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "card.yml").write_text(CARD, encoding="utf-8")
    settle = Store.settle

    def goes_away(self: Store, *arguments: object) -> object:
        away.left = 20
        return settle(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "settle", goes_away)
    assert mir("verify", "card.yml", "--evidence", where)[0] == 0
    assert away.refused == 20
    assert len(Store(place(where)).all()) == 2
    assert not (tmp_path / "evidence-unwritten").exists()


@pytest.fixture
def gate(s3: str, s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Set while the S3 server can be reached, through a port that hangs up on everybody otherwise."""
    host, _, port = s3_server.removeprefix("http://").partition(":")
    opened = threading.Event()
    opened.set()
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                if not opened.is_set():
                    client.close()
                    continue
                server = socket.create_connection((host, int(port)))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
    # Each request on a connection of its own, and no tries of botocore's.
    monkeypatch.setitem(remote._OPTIONS, "s3", {"config_kwargs": {"retries": {"max_attempts": 0}}})
    monkeypatch.setattr(outage, "_WAITS", (0.05,))
    yield opened
    listening.close()


def test_an_s3_server_that_hangs_up_is_asked_until_it_answers(s3: str, gate: threading.Event) -> None:
    import s3fs

    s3fs.S3FileSystem.retries, before = 1, s3fs.S3FileSystem.retries
    try:
        folder = open_folder(place(f"{s3}/evidence"))
        folder.write("a", b"1")
        gate.clear()
        threading.Timer(1.0, gate.set).start()
        for name in ("b", "c", "d"):
            folder.write(name, b"2")
        assert folder.read_each(["a", "b", "c", "d"], 9) == [b"1", b"2", b"2", b"2"]
    finally:
        s3fs.S3FileSystem.retries = before


@pytest.mark.parametrize(
    ("response", "away"),
    [
        ({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, True),
        ({"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, True),
        ({"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, False),
        ({"Error": {"Code": "NoSuchBucket"}, "ResponseMetadata": {"HTTPStatusCode": 404}}, False),
    ],
)
def test_an_answer_that_may_be_another_one_later(response: dict[str, object], away: bool) -> None:
    from botocore.exceptions import ClientError

    error = OSError("as s3fs wraps it")
    error.__cause__ = ClientError(response, "PutObject")  # type: ignore[arg-type]
    assert outage.is_away(error) is away


class Mount:
    """A folder that is mounted: nothing below it can be opened while it is away."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.away = False
        self._folder, self._open = folder, os.open
        monkeypatch.setattr(os, "open", self.open)

    def open(self, path: Any, *arguments: Any, **keywords: Any) -> int:
        if self.away and Path(path).absolute().is_relative_to(self._folder):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return self._open(path, *arguments, **keywords)


TWO = CARD + CARD.partition("\n")[2].replace("digits\n", "again\n")


def test_a_mounted_folder_that_is_away_costs_no_measurement(
    mir: Mir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "card.yml").write_text(TWO, encoding="utf-8")
    mount = Mount(tmp_path / "evidence", monkeypatch)
    settle = Store.settle

    def goes_away(self: Store, evidence: Any, *arguments: Any) -> object:
        mount.away = evidence[0].claim.model == "again"
        return settle(self, evidence, *arguments)

    monkeypatch.setattr(Store, "settle", goes_away)
    code, out, err = mir("verify", "card.yml", "--format", "json")
    assert (code, [row["verdict"] for row in json.loads(out)]) == (2, ["reproduced"] * 4)
    assert "2 records that evidence did not take are in evidence-unwritten" in err
    mount.away = False
    monkeypatch.setattr(Store, "settle", settle)
    assert mir("evidence", "copy", "evidence-unwritten", "evidence")[:2] == (0, "2 of 2 records written to evidence\n")
    assert len(Store(Path("evidence")).all()) == 4


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = open_folder(tmp_path)
    folder.write("a", b"1")
    mount = Mount(tmp_path / "a", monkeypatch)
    mount.away = True
    with pytest.raises(OutputError, match=r"cannot write .*a: what it holds cannot be read: Input/output error"):
        folder.update("a", 9, lambda before: (before or b"") + b"2")
    mount.away = False
    assert folder.read("a", 9) == b"1"


def test_a_request_that_an_outage_broke_off_prints_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    open_folder(place("memory://somewhere"))
    asyncio = logging.getLogger("asyncio")
    for error in (ConnectionResetError("Cannot write to closing transport"), ValueError("a mistake")):
        asyncio.error("Task exception was never retrieved", exc_info=error)
    assert [record.exc_info[1].args for record in caplog.records if record.exc_info] == [("a mistake",)]
