"""One file over HTTP: bounded, resumed, retried, and never from an address that the policy refuses."""

from __future__ import annotations

import http.client
import json
import random
import re
import ssl
import string
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import quote

from registry.download.connection import opener
from registry.download.policy import Policy
from registry.files import reason
from registry.types import OutputError, WeightsError

Progress = Callable[[str, int, int | None], None]
"""Told what is being fetched, the bytes that are there, and how many there will be, where that is known."""

_CHUNK = 1 << 20
_PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Answers after which it is worth asking again."""
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_WAIT_SECONDS = 60.0
UNANSWERED = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError)
"""What a connection fails with."""


class GoneError(WeightsError):
    """The host answers that it has no such file."""


class _TryAgainError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def download(
    url: str, part: Path, policy: Policy, progress: Progress | None = None, *, token: str | None = None
) -> Mapping[str, str]:
    """Fetch a URL into `part`, going on from what is already there.

    Args:
        url: The file.
        part: Where it goes.
        policy: What may be fetched.
        progress: Told how much is there.
        token: Shown to the host of the URL, and to no other that it leads to.

    Returns:
        The headers of the host's last answer.

    Raises:
        GoneError: The host has no such file.
        WeightsError: It cannot be fetched, is larger than the policy allows, or the policy refuses it.
        OutputError: It cannot be kept.
    """
    opened = opener(policy)
    request = request_for(url, policy, token)
    failures = 0
    while True:
        before = _size(part)
        try:
            headers = _attempt(opened, request, url, part, policy, progress)
        except _TryAgainError as error:
            failures = 1 if _size(part) >= before + _CHUNK else failures + 1
            if failures >= policy.attempts:
                raise WeightsError(f"{url} cannot be fetched after {failures} attempts: {error}") from error
            pause = policy.backoff * 2 ** (failures - 1) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            time.sleep(min(max(pause, error.wait), _MAX_WAIT_SECONDS))
        else:
            _validator_file(part).unlink(missing_ok=True)
            return headers


def size_of(url: str, policy: Policy) -> int:
    """Ask a host how many bytes a file has, without fetching it.

    Raises:
        GoneError: The host has no such file.
        WeightsError: The policy refuses the URL, or the host does not answer or does not say.
    """
    request = request_for(url, policy)
    request.method = "HEAD"
    try:
        with opener(policy).open(request, timeout=policy.timeout) as answer:
            length = _length(answer.headers)
    except UNANSWERED as error:
        raise refusal(error, url, "asked") from error
    if length is None:
        raise WeightsError(f"the host does not say how large {url} is")
    return length


def request_for(url: str, policy: Policy, token: str | None = None) -> urllib.request.Request:
    """What to ask a host, made of the very parts that the policy has looked at; the token is for that host alone."""
    checked = quote(policy.check(url).geturl(), safe=string.punctuation, errors="replace")
    request = urllib.request.Request(checked, headers={"User-Agent": "mir", "Accept-Encoding": "identity"})  # noqa: S310 - the policy allows https and http only
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def refusal(error: OSError | http.client.HTTPException, url: str, verb: str) -> WeightsError:
    """What a connection failed with (`UNANSWERED`), as a sentence: `verb` says what cannot be done with the URL."""
    if not isinstance(error, urllib.error.HTTPError):
        return WeightsError(f"{url} cannot be {verb}: {_printable(str(getattr(error, 'reason', error)))}")
    answer = f"the host answers {_answer(error)}"
    if error.code in (404, 410):
        return GoneError(f"{url} is not there: {answer}")
    return WeightsError(f"{url} cannot be {verb}: {answer}")


def passing_wait(error: BaseException | None) -> float | None:
    """Seconds after which a host asks to be asked again, at most a minute; `None` where asking again is no use.

    The Hub says them as `t` of a `RateLimit`: `"api";r=0;t=55`.
    """
    if not isinstance(error, urllib.error.HTTPError) or error.code not in _PASSING:
        return None
    limit = re.search(r";\s*t=([0-9]{1,9})", error.headers.get("RateLimit", ""))
    wait = limit[1] if limit else error.headers.get("Retry-After", "")
    return min(float(wait), _MAX_WAIT_SECONDS) if re.fullmatch(r"[0-9]{1,9}", wait) else 0.0


def _attempt(
    opened: urllib.request.OpenerDirector,
    request: urllib.request.Request,
    url: str,
    part: Path,
    policy: Policy,
    progress: Progress | None,
) -> Mapping[str, str]:
    validator = _validator(part, url)
    start = _size(part) if validator else 0
    for name, value in (("Range", f"bytes={start}-"), ("If-Range", validator or "")):
        request.remove_header(name.capitalize())
        if start:
            request.add_header(name, value)
    try:
        with opened.open(request, timeout=policy.timeout) as answer:
            _receive(answer, url, part, start, policy, progress)
            headers: Mapping[str, str] = answer.headers
            return headers
    except urllib.error.HTTPError as error:
        _explain(error, url, part)
    except UNANSWERED as error:
        why = getattr(error, "reason", error)
        if isinstance(why, ssl.SSLCertVerificationError):
            raise WeightsError(
                f"{url} is not fetched: its host's certificate is not valid: {why.verify_message}"
            ) from error
        raise _TryAgainError(_printable(str(why)) or type(error).__name__) from error


def _explain(error: urllib.error.HTTPError, url: str, part: Path) -> NoReturn:
    if error.code in _REDIRECTS:
        raise WeightsError(f"{url} redirects too often") from error
    if error.code == 416:
        part.unlink(missing_ok=True)
        raise _TryAgainError("the partial file does not fit the one on the host") from error
    wait = passing_wait(error)
    if wait is not None:
        raise _TryAgainError(_answer(error), wait) from error
    raise refusal(error, url, "fetched") from error


def _answer(error: urllib.error.HTTPError) -> str:
    return _printable(f"{error.code} {error.reason}")


def _printable(text: str) -> str:
    """What a host says, as a piece of a sentence."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:100]).strip()


def _length(headers: Mapping[str, str]) -> int | None:
    """What the host says of the length of its answer, where that is a number."""
    length = headers.get("Content-Length") or ""
    return int(length) if re.fullmatch(r"[0-9]{1,19}", length) else None


def _receive(answer: Any, url: str, part: Path, start: int, policy: Policy, progress: Progress | None) -> None:
    encoding = answer.headers.get("Content-Encoding") or "identity"
    if encoding.lower() != "identity":
        raise WeightsError(f"{url} comes compressed by '{encoding[:40]}', which was not asked for")
    resumed = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-")
    if resumed and _version(answer.headers) not in (None, _validator(part, url)):
        part.unlink(missing_ok=True)
        raise _TryAgainError("the file on the host is another one than before")
    if answer.status == 206 and not resumed:
        part.unlink(missing_ok=True)
        raise _TryAgainError("the host sends a part of the file that was not asked for")
    have = start if resumed else 0
    length = _length(answer.headers)
    total = None if length is None else have + length
    _bound(total or 0, url, policy)
    try:
        with part.open("ab" if resumed else "wb") as file:
            if not resumed:
                # Only now that the old bytes are gone: killed in between, the next run would go on from them.
                _remember(part, url, answer.headers)
            have = _copy(answer, file, have, total, url, policy, progress)
    except OSError as error:
        raise OutputError(f"{url} cannot be kept in {part.parent}: {reason(error)}") from error
    if total is not None and have < total:
        raise _TryAgainError(f"the connection ended after {have} of {total} bytes")


def _copy(
    answer: Any, file: IO[bytes], have: int, total: int | None, url: str, policy: Policy, progress: Progress | None
) -> int:
    while chunk := _chunk(answer):
        have += len(chunk)
        _bound(have, url, policy)
        file.write(chunk)
        if progress is not None:
            progress(url, have, total)
    return have


def _chunk(answer: Any) -> bytes:
    try:
        # `read` would take a chunk of a negative length for all that ever comes, and keep it in memory.
        chunk: bytes = answer.read1(_CHUNK)
    except OSError as error:  # of the connection; those of the file are another matter
        raise _TryAgainError(_printable(str(error)) or type(error).__name__) from error
    return chunk


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
    record = {"url": url, "validator": _version(headers)}
    _validator_file(part).write_text(json.dumps(record), encoding="utf-8")


def _version(headers: Mapping[str, str]) -> str | None:
    """What the host says identifies this version of the file."""
    tag = headers.get("ETag") or ""
    return headers.get("Last-Modified") if not tag or tag.startswith("W/") else tag
