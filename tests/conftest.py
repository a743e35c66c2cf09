"""What every test may use."""

import gc
import importlib.util
import logging
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import registry.loader  # noqa: F401 - a run in a process that has it keeps nothing
from registry.cli import main

ROOT = Path(__file__).resolve().parent.parent

Run = Callable[..., tuple[int, str, str]]

TOGETHER = ("tests/browser/", "tests/failures/")
"""Folders whose files share sites that take long to build, or one process from which runs are forked."""


def pytest_configure() -> None:
    """Try the same examples each time, since `make fuzz` looks for new ones; let Ctrl+C reach what the tests start."""
    if importlib.util.find_spec("hypothesis") is not None:  # which the tests of a GPU need not have
        from hypothesis import settings

        settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
        settings.load_profile("repeatable")
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as after `nohup`: what the tests start would ignore it
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker whole files, or folders, so that what their tests share is made once, and long ones first.

    Groups named by `xdist_group` are silently no groups under pytest 9.2 and xdist 3.8.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow and not item.nodeid.startswith(TOGETHER))


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of published cards that the registry is held against; they are not part of the project."""
    folder = Path(os.environ.get("MIR_CORPORA", ROOT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        pytest.skip("the published cards are not here: set MIR_CORPORA to their folder")
    return folder


@pytest.fixture
def mir(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `mir` in this process; returns the exit code, what it printed and what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mir", *map(str, arguments)])
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        with pytest.raises(SystemExit) as left:
            main()
        # A command leaves things as they are best for a process that ends; this one goes on.
        gc.unfreeze()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert isinstance(left.value.code, int)
        return left.value.code, out, err

    return run


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server on this machine."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    inner, turn = server._server.app, threading.Lock()  # type: ignore[union-attr]

    def one_at_a_time(*request: Any) -> list[bytes]:
        # S3 looks at a condition and writes in one step; two threads of moto's may both look before either writes.
        with turn:
            return list(inner(*request))

    server._server.app = one_at_a_time  # type: ignore[union-attr]
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a new bucket, which this process and those that it starts may use."""
    import fsspec

    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"bucket-{uuid.uuid4()}"
    fsspec.filesystem("s3", use_listings_cache=False).mkdir(bucket)
    return f"s3://{bucket}"
