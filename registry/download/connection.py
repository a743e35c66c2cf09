"""Connections to unknown hosts: only to addresses that the policy allows, and within its limits of time and rate.

Everything that arrives passes a meter, because `http.client` alone can be kept busy for ever: by a byte now and then,
by headers or trailers that never end, by chunks of a negative length.
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import time
import urllib.request
from functools import lru_cache
from typing import Any

from registry.download.policy import Policy
from registry.types import WeightsError

_HEADERS = 1 << 20
"""Bytes that may come besides a file of the largest size."""


def opener(policy: Policy) -> urllib.request.OpenerDirector:
    """What opens the connections of one file; the time that the policy gives it begins now."""
    until = time.monotonic() + policy.longest
    context = _trusting(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **keywords: Any) -> None:
            super().__init__(sock, *args, **keywords)
            self.fp = io.BufferedReader(_Meter(self.fp.detach(), policy, until))

    class Plain(http.client.HTTPConnection):
        response_class = Response

    class Secure(http.client.HTTPSConnection):
        response_class = Response

    class DirectlyPlain(Plain):
        def connect(self) -> None:
            self.sock = _reach(self.host, self.port, policy)

    class DirectlySecure(Secure):
        def connect(self) -> None:
            self.sock = context.wrap_socket(_reach(self.host, self.port, policy), server_hostname=self.host)

    # A proxy is the user's own choice, and it is the proxy that resolves the host's name.
    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(Plain if req.has_proxy() else DirectlyPlain, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            proxied = getattr(req, "_tunnel_host", None) is not None
            return self.do_open(Secure if proxied else DirectlySecure, req, context=context)

    return urllib.request.build_opener(PlainHandler, SecureHandler, _Redirects(policy))


@lru_cache(maxsize=4)
def _trusting(file: str | None, folder: str | None) -> ssl.SSLContext:  # noqa: ARG001 - read by ssl, and decide
    """The authorities that are trusted; to read them takes longer than to fetch a card."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _reach(host: str, port: int, policy: Policy) -> socket.socket:
    """A connection to an address of the host. It is looked up once, so that the address checked is the one used.

    Raises:
        WeightsError: The policy refuses the address.
        OSError: None of the host's addresses answers.
    """
    failure = OSError(f"'{host}' has no address")
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        policy.check_address(host, port, str(address[0]))
        try:
            return socket.create_connection((str(address[0]), port), timeout=policy.timeout)
        except OSError as error:
            failure = error
    raise failure


class _Meter(io.RawIOBase):
    """What arrives on a connection, as long as it is neither too much nor too slow."""

    def __init__(self, raw: io.RawIOBase, policy: Policy, until: float) -> None:
        self.raw = raw
        self.policy = policy
        self.until = until
        self.left = policy.max_bytes + _HEADERS
        self.since = time.monotonic()
        self.arrived = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self.raw.readinto(buffer)
        self.left -= count or 0
        self.arrived += count or 0
        now = time.monotonic()
        if self.left < 0 or now > self.until:
            raise WeightsError(
                f"the host sends more than {self.policy.max_bytes} bytes"
                if self.left < 0
                else f"the host takes longer than the {self.policy.longest:.0f} seconds that are allowed"
            )
        if now - self.since >= self.policy.timeout:
            if self.arrived < self.policy.slowest * (now - self.since):
                raise TimeoutError(f"the host sends fewer than {self.policy.slowest} bytes a second")
            self.since, self.arrived = now, 0
        return count

    def close(self) -> None:
        self.raw.close()
        super().close()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where the policy would have let the first request go."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        parts = self.policy.check(newurl)
        if req.type == "https" and parts.scheme != "https":
            raise WeightsError(f"{req.full_url} leads from https to {newurl[:200]}, which is refused")
        fp.close()  # urllib would read whatever comes with a redirect into memory
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if following is not None and token and (following.type, following.host) == (req.type, req.host):
            following.add_unredirected_header("Authorization", token)
        return following
