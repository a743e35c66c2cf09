"""A file server on this machine that can misbehave the ways real ones do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class FileServer:
    """Serves `files`; `broken` maps a path to how many bytes its next answers send before the connection ends.

    Attributes:
        requests: (path, Range header) of every request, in order.
        statuses: Answers to give first, by path.
        redirects: Where a path leads.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    broken: dict[str, list[int]] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    state = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append((self.path, self.headers.get("Range")))
            if state.statuses.get(self.path):
                self.send_error(state.statuses[self.path].pop(0))
                return
            if self.path in state.redirects:
                self.send_response(302)
                self.send_header("Location", state.redirects[self.path])
                self.end_headers()
                return
            if self.path not in state.files:
                self.send_error(404)
                return
            data, start = state.files[self.path], 0
            tag = f'"{hash(data)}"'
            byte_range = self.headers.get("Range")
            if byte_range and self.headers.get("If-Range") == tag:
                start = int(byte_range.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            cut = state.broken.get(self.path)
            end = start + cut.pop(0) if cut else len(data)
            self.wfile.write(data[start:end])

        def do_HEAD(self) -> None:
            state.requests.append((self.path, "HEAD"))
            if self.path not in state.files:
                self.send_error(404)
                return
            self.send_response(200)
            if state.files[self.path]:
                self.send_header("Content-Length", str(len(state.files[self.path])))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
