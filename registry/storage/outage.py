"""A store that does not answer for a while: who asks waits for it, as long as it answered before."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import chain, repeat
from typing import Any, Protocol, TypeVar

from registry.types import StoreAwayError

_PATIENCE = 600.0
"""Seconds that a store may be away before those who ask it are told so."""

_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between one try and the next; the last one again and again."""

_NAMES = frozenset(
    {
        *("ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "HTTPClientError"),
        *("ProxyConnectionError", "ReadTimeoutError", "ResponseStreamingError"),
        *("ClientConnectionError", "ClientConnectorError", "ClientOSError", "ClientPayloadError"),
        *("ServerDisconnectedError", "ServerTimeoutError", "TransportError"),
    }
)
"""What botocore, aiohttp and google-auth raise where a connection cannot be made or breaks off."""

_CODES = frozenset({"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown", "Throttling"})
"""S3's codes for an answer that may be another one later."""

Result = TypeVar("Result")


class Outage:
    """Whether a store answers. Several threads may ask it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._answered = False
        self._since: float | None = None
        self._given_up = threading.Event()

    def over(self) -> None:
        """Note that it answers."""
        self._answered, self._since = True, None

    def wait(self, seconds: float) -> bool:
        """Wait until it may be asked again; false where that is of no use: it never answered, or is away too long."""
        if not self._answered:
            return False
        if self._since is None:
            self._since = time.monotonic()
            logging.getLogger(__name__).warning(
                "%s does not answer; it is tried again for %g minutes", self._where, _PATIENCE / 60
            )
        return time.monotonic() - self._since < _PATIENCE and not self._given_up.wait(seconds)

    def give_up(self) -> None:
        """Wait no more, now or later: whoever asks wants to end."""
        self._given_up.set()


class _Asked(Protocol):
    outage: Outage


def patiently(method: Callable[..., Result]) -> Callable[..., Result]:
    """A method that asks a store, tried again while the store is away; it may be called twice as well as once."""

    @wraps(method)
    def tried(store: _Asked, *arguments: Any, **named: Any) -> Result:
        for seconds in chain(_WAITS, repeat(_WAITS[-1])):
            try:
                result = method(store, *arguments, **named)
            except StoreAwayError:
                if not store.outage.wait(seconds):
                    raise
            else:
                store.outage.over()
                return result
        raise AssertionError

    return tried


def is_away(error: BaseException) -> bool:
    """Whether a store's library says that the store does not answer, or cannot just now."""
    return any(_says_away(cause) for cause in _chain(error))


def silence_abandoned() -> None:
    """Keep asyncio from printing the traceback of each request of a store's library that nobody waits for any more.

    Whoever asks is told by an exception of its own; everything else that asyncio has to say is left alone.
    """
    logging.getLogger("asyncio").addFilter(_is_of_interest)


def _is_of_interest(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return error is None or not is_away(error)


def _says_away(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError) or type(error).__name__ in _NAMES:
        return True
    response = getattr(error, "response", None)
    facts = response if isinstance(response, dict) else {}
    status = facts.get("ResponseMetadata", {}).get("HTTPStatusCode") or getattr(error, "status", None)
    status = status or getattr(error, "code", None)
    code = str(facts.get("Error", {}).get("Code", ""))
    return code in _CODES or (isinstance(status, int) and (status >= 500 or status in (408, 429)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    ids: set[int] = set()
    while error is not None and id(error) not in ids:
        ids.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
