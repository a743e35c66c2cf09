"""One file over HTTP: bounded, resumed, retried, and never from an address that the policy refuses."""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from registry.types import WeightsError
from registry.verify.weights.cache import Progress
from registry.verify.weights.policy import Policy

_CHUNK = 1 << 20
_PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Answers after which it is worth asking again."""
_MAX_WAIT_SECONDS = 60.0


class GoneError(WeightsError):
    """The host answers that it has no such file."""


class _TryAgainError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def download(url: str, part: Path, policy: Policy, progress: Progress | None = None) -> None:
    """Fetch a URL into `part`, going on from what is already there.

    Raises:
        GoneError: The host has no such file.
        WeightsError: It cannot be fetched, is larger than the policy allows, or the policy refuses it.
    """
    opener = _opener(policy)
    failures = 0
    while True:
        before = _size(part)
        try:
            _attempt(opener, url, part, policy, progress)
        except _TryAgainError as error:
            failures = 1 if _size(part) >= before + _CHUNK else failures + 1
            if failures >= policy.attempts:
                raise WeightsError(f"{url} cannot be fetched after {failures} attempts: {error}") from error
            pause = policy.backoff * 2 ** (failures - 1) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            time.sleep(min(max(pause, error.wait), _MAX_WAIT_SECONDS))
        else:
            _validator_file(part).unlink(missing_ok=True)
            return


def size_of(url: str, policy: Policy) -> int:
    """Ask a host how many bytes a file has, without fetching it.

    Raises:
        GoneError: The host has no such file.
        WeightsError: The policy refuses the URL, or the host does not answer or does not say.
    """
    policy.check(url)
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "mir", "Accept-Encoding": "identity"})  # noqa: S310 - the policy allows https and http only
    try:
        with _opener(policy).open(request, timeout=policy.timeout) as answer:
            length = str(answer.headers.get("Content-Length", ""))
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            raise GoneError(f"{url} is not there: the host answers {error.code} {error.reason}") from error
        raise WeightsError(f"{url} cannot be asked: the host answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise WeightsError(f"{url} cannot be asked: {getattr(error, 'reason', error)}") from error
    if not length.isdecimal():
        raise WeightsError(f"the host does not say how large {url} is")
    return int(length)


def _attempt(
    opener: urllib.request.OpenerDirector, url: str, part: Path, policy: Policy, progress: Progress | None
) -> None:
    policy.check(url)
    validator = _validator(part, url)
    start = _size(part) if validator else 0
    headers = {"User-Agent": "mir", "Accept-Encoding": "identity"}
    if start and validator:
        headers |= {"Range": f"bytes={start}-", "If-Range": validator}
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=policy.timeout) as answer:  # noqa: S310
            _receive(answer, url, part, start, policy, progress)
    except urllib.error.HTTPError as error:
        _explain(error, url, part)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _TryAgainError(str(getattr(error, "reason", error)) or type(error).__name__) from error


def _explain(error: urllib.error.HTTPError, url: str, part: Path) -> None:
    if error.code in (404, 410):
        raise GoneError(f"{url} is not there: the host answers {error.code} {error.reason}") from error
    if error.code == 416:
        part.unlink(missing_ok=True)
        raise _TryAgainError("the partial file does not fit the one on the host") from error
    if error.code in _PASSING:
        wait = error.headers.get("Retry-After", "")
        raise _TryAgainError(f"{error.code} {error.reason}", float(wait) if wait.isdigit() else 0.0) from error
    raise WeightsError(f"{url} cannot be fetched: the host answers {error.code} {error.reason}") from error


def _receive(answer: Any, url: str, part: Path, start: int, policy: Policy, progress: Progress | None) -> None:
    resumed = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-")
    have = start if resumed else 0
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isdigit() else None
    _bound(total or 0, url, policy)
    if not resumed:
        _remember(part, url, answer.headers)
    try:
        with part.open("ab" if resumed else "wb") as file:
            have = _copy(answer, file, have, total, url, policy, progress)
    except OSError as error:
        if isinstance(error, ConnectionError | TimeoutError):
            raise
        raise WeightsError(f"{url} cannot be kept in {part.parent}: {error.strerror or error}") from error
    if total is not None and have < total:
        raise _TryAgainError(f"the connection ended after {have} of {total} bytes")


def _copy(
    answer: Any, file: IO[bytes], have: int, total: int | None, url: str, policy: Policy, progress: Progress | None
) -> int:
    while chunk := answer.read(_CHUNK):
        have += len(chunk)
        _bound(have, url, policy)
        file.write(chunk)
        if progress is not None:
            progress(url, have, total)
    return have


def _bound(size: int, url: str, policy: Policy) -> None:
    if size > policy.max_bytes:
        raise WeightsError(f"{url} is larger than the {policy.max_bytes} bytes that are allowed")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _validator_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _validator(part: Path, url: str) -> str | None:
    """What the host said identifies the version of the file that the partial download is of."""
    try:
        record = json.loads(_validator_file(part).read_text(encoding="utf-8"))
        return str(record["validator"]) if record["url"] == url and record["validator"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(part: Path, url: str, headers: Mapping[str, str]) -> None:
    tag = headers.get("ETag") or ""
    validator = headers.get("Last-Modified") if not tag or tag.startswith("W/") else tag
    _validator_file(part).write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where the policy would have let the first request go."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        parts = self.policy.check(newurl)
        if req.type == "https" and parts.scheme != "https":
            raise WeightsError(f"{req.full_url} leads from https to {newurl[:200]}, which is refused")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(policy: Policy) -> urllib.request.OpenerDirector:
    """An opener that looks at the address it is really connected to, since a name can lead anywhere."""

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            policy.check_address(self.host, self.port, self.sock.getpeername()[0])

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            policy.check_address(self.host, self.port, self.sock.getpeername()[0])

    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(http.client.HTTPConnection if req.has_proxy() else Plain, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            # A proxy is the user's own choice, and it is the proxy that resolves the host's name.
            return self.do_open(http.client.HTTPSConnection if _proxied(req) else Secure, req)

    return urllib.request.build_opener(PlainHandler, SecureHandler, _Redirects(policy))


def _proxied(request: urllib.request.Request) -> bool:
    return getattr(request, "_tunnel_host", None) is not None
