"""What an address of the network means: a machine that everybody can reach, one of this network, or none."""

from __future__ import annotations

import ipaddress
from typing import Literal

Reach = Literal["public", "private", "none"]
"""Who can reach an address: everybody, those in the same network, or nobody by unicast."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 addresses behind a NAT64 gateway (RFC 6052)."""

_GLOBAL = ipaddress.ip_network("2000::/3")
"""IPv6's global unicast (RFC 4291); everything else is local, deprecated or not given to anybody."""

_TUNNELS = (ipaddress.ip_network("2001::/32"), ipaddress.ip_network("64:ff9b:1::/48"))
"""Teredo, and the addresses that a network translates by rules of its own (RFC 8215)."""

_NOBODY = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Addresses of protocols, at one of which a cloud gives out its secrets, relays that are no more, and documentation
(RFC 6890, RFC 7526, RFC 9637), which some versions of Python take for public.
"""

_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"),
    )
)
"""This machine, and networks of one's own. Link-local addresses are none: clouds answer there with their secrets."""


def reach(address: str) -> Reach:
    """Who can reach an address, by what it means where it stands for another one.

    >>> reach("93.184.216.34"), reach("::ffff:10.0.0.1"), reach("ff02::1")
    ('public', 'private', 'none')

    Raises:
        ValueError: It is no address.
    """
    ip = meant(ipaddress.ip_address(address.partition("%")[0]))
    if any(ip.version == network.version and ip in network for network in _PRIVATE):
        return "private"
    public = ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
    public = public and not any(ip.version == network.version and ip in network for network in _NOBODY)
    if isinstance(ip, ipaddress.IPv6Address):
        public = public and ip in _GLOBAL and not any(ip in network for network in _TUNNELS)
    return "public" if public else "none"


def meant(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address leads to; itself where it leads to none."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
