"""A server on this machine that says exactly what it is told to, as raw bytes, however wrong."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Server:
    """Gives the first answer to the first request, and so on; the last one to all that follow.

    Attributes:
        answers: Each a mapping: `head` and `body` are sent as they are, `{port}` filled in; `piece` follows `times`
            times, or for ever; `then` the connection is closed, kept open without a word (`stall`), or fed a byte now
            and then (`drip`).
        requests: What was asked, whole.
    """

    answers: list[dict[str, Any]]
    port: int = 0
    requests: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def talk(self, connection: socket.socket) -> None:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            got = connection.recv(65536)
            if not got:
                return
            request += got
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request.decode("latin-1"))
        head = answer.get("head", "").strip("\n").replace("\n", "\r\n").replace("{port}", str(self.port))
        ending = "\r\n\r\n" if answer.get("whole", True) else ""
        connection.sendall((head + ending + answer.get("body", "")).encode("latin-1", "replace"))
        piece = answer.get("piece", "").encode("latin-1")
        if answer.get("times") == "for ever":
            piece *= 65536 // len(piece)
            while not self.over.is_set():
                connection.sendall(piece)
        else:
            connection.sendall(piece * answer.get("times", 1))
        then = answer.get("then", "close")
        while then in ("stall", "drip") and not self.over.wait(0.05):
            if then == "drip":
                connection.sendall(b"x")


@contextmanager
def serving(answers: list[dict[str, Any]], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(answers)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        def converse(connection: socket.socket) -> None:
            try:
                with tls.wrap_socket(connection, server_side=True) if tls else connection as spoken:
                    server.talk(spoken)
            except OSError:
                pass  # the other side has had enough, which is what is tested

        threading.Thread(target=accept, daemon=True).start()
        yield server
        server.over.set()
        # `close` alone leaves `accept` waiting.
        listening.shutdown(socket.SHUT_RDWR)
