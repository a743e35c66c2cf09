"""What may be downloaded, and from where. A card is written by somebody else, and so is the URL in it."""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from registry.types import WeightsError

GIB = 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Bounds on downloads.

    Attributes:
        hosts: Hosts that may be asked, such as `example.org`, `*.example.org` or `127.0.0.1:8000`; empty means the
            built-in list. A host that is named here in full may have a private address; no other may.
        trust: Whether the card is trusted: files outside of its folder, and pickles that hold more than tensors.
        max_bytes: Largest file.
        timeout: Seconds without an answer after which an attempt is given up.
        attempts: Attempts in a row that may bring nothing.
        backoff: Seconds before the second attempt; doubled for each one after it.
    """

    hosts: tuple[str, ...] = ()
    trust: bool = False
    max_bytes: int = 16 * GIB
    timeout: float = 30.0
    attempts: int = 5
    backoff: float = 1.0

    def check(self, url: str) -> SplitResult:
        """The parts of a URL that may be asked.

        Raises:
            WeightsError: It may not, and why.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise WeightsError(f"'{url[:200]}' is no URL: {error}") from error
        if parts.scheme not in ("https", "http"):
            raise WeightsError(f"weights are not fetched by '{parts.scheme}': {url[:200]}")
        if parts.username is not None or not parts.hostname:
            raise WeightsError(f"a URL of weights must name a host and no user: {url[:200]}")
        if not any(_matches(pattern, parts.hostname, port) for pattern in self.hosts or built_in_hosts()):
            raise WeightsError(
                f"weights are not fetched from '{parts.hostname}'; add it to hosts in [tool.mir] to allow it"
            )
        return parts

    def check_address(self, host: str, port: int | None, address: str) -> None:
        """Refuse an address inside a private network, unless its host is named in full.

        Raises:
            WeightsError: It is private.
        """
        found = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        named = any("*" not in pattern and _matches(pattern, host, port) for pattern in self.hosts)
        if not found.is_global and not named:
            raise WeightsError(
                f"'{host}' leads to the private address {found}; add it to hosts in [tool.mir] to allow it"
            )


@cache
def built_in_hosts() -> tuple[str, ...]:
    """The hosts of `hosts.toml`."""
    table = tomllib.loads(Path(__file__).with_name("hosts.toml").read_text(encoding="utf-8"))
    return tuple(table["hosts"])


def _matches(pattern: str, host: str, port: int | None) -> bool:
    name, colon, wanted = pattern.lower().partition(":")
    if colon and wanted != str(port):
        return False
    if name.startswith("*."):
        return host.endswith(name[1:])
    return name in ("*", host)
