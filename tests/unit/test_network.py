"""Addresses by what they mean."""

import pytest

from registry.network import reach

MEANINGS = {
    "public": (
        "93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1",
    ),
    "private": (
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "fc00::1%eth0",
        "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
    ),
    "none": (
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "169.254.169.254", "192.0.2.1",
        "198.18.0.1", "192.0.0.8", "192.0.0.1", "192.0.0.192", "192.88.99.1", "3fff::1",
        "::", "fec0::1", "fe80::1", "ff02::1", "ff0e::1", "64:ff9b:1::1", "::127.0.0.1", "::93.184.216.34", "2001::1",
        "2001:db8::1", "100::1", "4000::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
        "::ffff:0:127.0.0.1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("meaning", "address"), [(key, address) for key, addresses in MEANINGS.items() for address in addresses]
)
def test_an_address_is_what_it_leads_to(meaning: str, address: str) -> None:
    assert reach(address) == meaning
