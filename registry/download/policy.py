"""What may be downloaded, and from where. A card is written by somebody else, and so is the URL in it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from registry.config import Config
from registry.lazy_regex import lazy_regex
from registry.network import reach
from registry.types import WeightsError

GIB = 2**30

_LONGEST_URL = 4096

_HOST = lazy_regex(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|[0-9a-f]*:[0-9a-f:.]*")
"""A name or an IPv6 address, and nothing that two readers of a URL could take for different hosts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Bounds on downloads.

    Attributes:
        hosts: Hosts that may be asked, such as `example.org`, `*.example.org` or `example.org:8000`; empty means the
            built-in list. One that is named in full may be asked without encryption, by http; no other may.
        private_hosts: Hosts that may be asked besides, each named in full, by http too, and that may have an address of
            this machine or of one's own network, such as `127.0.0.1:8000`; no other may, whatever `hosts` says.
        trust: Whether the card is trusted: files outside of its folder, and pickles that hold more than tensors.
        max_bytes: Largest file.
        timeout: Seconds without an answer after which an attempt is given up.
        slowest: Bytes a second, on average over `timeout`, below which an attempt is given up.
        longest: Seconds that a file may take, with all attempts.
        attempts: Attempts in a row that may bring nothing.
        backoff: Seconds before the second attempt; doubled for each one after it.
    """

    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    trust: bool = False
    max_bytes: int = 16 * GIB
    timeout: float = 30.0
    slowest: int = 1024
    longest: float = 24 * 3600.0
    attempts: int = 5
    backoff: float = 1.0

    @classmethod
    def of(cls, config: Config) -> Policy:
        """Where a caller's settings let downloads come from."""
        return cls(hosts=config.hosts, private_hosts=config.private_hosts)

    def check(self, url: str) -> SplitResult:
        """The parts of a URL that may be asked.

        Raises:
            WeightsError: It may not, and why.
        """
        if len(url) > _LONGEST_URL:
            raise WeightsError(f"'{url[:80]}...' is no URL of weights: it has {len(url)} characters")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise WeightsError(f"'{url[:200]}' is no URL: {error}") from error
        if parts.scheme not in ("https", "http"):
            raise WeightsError(f"weights are not fetched by '{parts.scheme}': {url[:200]}")
        if parts.username is not None or not parts.hostname:
            raise WeightsError(f"a URL of weights must name a host and no user: {url[:200]}")
        if not _HOST.fullmatch(parts.hostname):
            raise WeightsError(f"'{parts.hostname[:200]}' is no name of a host")
        allowed = (*(self.hosts or built_in_hosts()), *self._private)
        if not any(_matches(pattern, parts.hostname, port) for pattern in allowed):
            key = "private-hosts" if _is_private(parts.hostname) else "hosts"
            raise WeightsError(
                f"weights are not fetched from '{parts.hostname}'; add it to {key} in [tool.mir] to allow it"
            )
        if parts.scheme == "http" and not _named((*self.hosts, *self.private_hosts), parts.hostname, port):
            raise WeightsError(
                f"weights are fetched from '{parts.hostname}' only by https; name it in full in hosts of [tool.mir] to "
                "allow http"
            )
        return parts

    def check_address(self, host: str, port: int | None, address: str) -> None:
        """Refuse every address but of machines that everybody can reach, and private ones of `private_hosts`.

        Raises:
            WeightsError: It is another one.
        """
        kind = reach(address)
        if kind == "none":
            raise WeightsError(f"'{host}' leads to {address}, which is not the address of a server")
        if kind == "private" and not _named(self.private_hosts, host, port):
            raise WeightsError(
                f"'{host}' leads to the private address {address}; name it in private-hosts of [tool.mir] to allow it"
            )

    @property
    def _private(self) -> tuple[str, ...]:
        return tuple(pattern for pattern in self.private_hosts if "*" not in pattern)


@cache
def built_in_hosts() -> tuple[str, ...]:
    """The hosts of `hosts.toml`."""
    table = tomllib.loads(Path(__file__).with_name("hosts.toml").read_text(encoding="utf-8"))
    return tuple(table["hosts"])


def _is_private(host: str) -> bool:
    """Whether a host is written as an address that only some machines reach."""
    try:
        return host == "localhost" or reach(host) == "private"
    except ValueError:
        return False  # a name, whose address is looked up later


def _named(patterns: tuple[str, ...], host: str, port: int | None) -> bool:
    """Whether the user has named this very host."""
    return any("*" not in pattern and _matches(pattern, host, port) for pattern in patterns)


def _matches(pattern: str, host: str, port: int | None) -> bool:
    name, colon, named_port = pattern.lower().partition(":")
    if colon and named_port != str(port):
        return False
    if name.startswith("*."):
        return host.endswith(name[1:])
    return name in ("*", host)
