"""A part of a file on a host: a few kilobytes where the whole has gigabytes."""

from __future__ import annotations

import time
import urllib.error

from registry.download.connection import opener
from registry.download.http import UNANSWERED, GoneError, passing_wait, request_for
from registry.download.hub_files import address_on_hub, explained_on_hub, hub_token
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
    for attempt in range(1, policy.attempts + 1):
        try:
            return _read(url, start, end, policy)
        except WeightsError as error:
            wait = passing_wait(error.__cause__)
            if wait is None or attempt == policy.attempts:
                raise explained_on_hub(url, error) from error.__cause__
            time.sleep(max(policy.backoff * 2 ** (attempt - 1), wait))
    raise AssertionError("the last attempt answers or raises")


def _read(url: str, start: int, end: int, policy: Policy) -> bytes:
    resolved = address_on_hub(url)
    asked = request_for(resolved or url, policy)
    token = hub_token() if resolved else None
    if token:
        asked.add_unredirected_header("Authorization", f"Bearer {token}")
    asked.add_header("Range", f"bytes={start}-{end - 1}")
    try:
        with opener(policy).open(asked, timeout=policy.timeout) as answer:
            whole = answer.status != 206
            if whole and start > _MOST_UNASKED:
                raise WeightsError(f"{url}: the host gives only the whole file")
            if not whole and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-"):
                raise WeightsError(f"{url}: the host gives another part of the file than was asked for")
            return bytes(answer.read(end)[start:] if whole else answer.read(end - start))
    except urllib.error.HTTPError as error:
        if error.code == 416:
            return b""
        kind = GoneError if error.code in (404, 410) else WeightsError
        raise kind(f"{url} cannot be read: the host answers {error.code}") from error
    except UNANSWERED as error:
        raise WeightsError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from error
