"""A part of a file on a host: a few kilobytes where the whole has gigabytes."""

from __future__ import annotations

import time
from urllib.error import HTTPError
from urllib.request import Request

from registry.download.connection import opener
from registry.download.http import UNANSWERED, passing_wait, refusal, request_for
from registry.download.hub_files import explained, hub_token, parts_of, url_of
from registry.download.policy import Policy
from registry.types import WeightsError

_MOST_UNASKED = 1 << 24
"""Bytes before the part that are read where a host gives only the whole file."""


def read_range(url: str, start: int, end: int, policy: Policy) -> bytes:
    """Ask a host for the bytes of a file from one offset up to another; fewer come where it ends.

    Args:
        url: At https, or at the Hub as `hf://owner/name[@revision]/file`.
        start: The first byte.
        end: The byte after the last.
        policy: What may be asked.

    Raises:
        GoneError: The host has no such file.
        WeightsError: The policy refuses it, the host does not give it, or it gives only the whole and that is large.
    """
    plain, token, place = url, None, None
    if url.startswith("hf:"):
        place = parts_of(url)
        plain, token = url_of(*place), hub_token()
    failures = 0
    while True:
        request = request_for(plain, policy, token)
        request.add_header("Range", f"bytes={start}-{end - 1}")
        try:
            return _read(request, url, start, end, policy)
        except WeightsError as error:
            failures += 1
            wait = passing_wait(error.__cause__)
            if wait is None or failures == policy.attempts:
                raise (explained(error, *place, address=url) if place else error) from error.__cause__
            time.sleep(max(policy.backoff * 2 ** (failures - 1), wait))


def _read(request: Request, url: str, start: int, end: int, policy: Policy) -> bytes:
    try:
        with opener(policy).open(request, timeout=policy.timeout) as answer:
            whole = answer.status != 206
            if whole and start > _MOST_UNASKED:
                raise WeightsError(f"{url}: the host gives only the whole file")
            if not whole and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-"):
                raise WeightsError(f"{url}: the host gives another part of the file than was asked for")
            return bytes(answer.read(end)[start:] if whole else answer.read(end - start))
    except UNANSWERED as error:
        if isinstance(error, HTTPError) and error.code == 416:
            return b""
        raise refusal(error, url, "read") from error
