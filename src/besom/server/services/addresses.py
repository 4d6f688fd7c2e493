"""Addresses: how much of a client's is its sender's, and whether the server's leads anywhere but to itself."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_PREFIX = 64
"""Bits of an IPv6 address that tell networks apart; what follows is its owner's to choose."""


def block_of(address: str) -> str:
    """What stands for everybody who may be the same sender: an IPv4 address, the first 64 bits of an IPv6 address;
    whatever is neither, as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), _PREFIX), strict=False).network_address)


def is_of_this_machine(url: str) -> bool:
    """Whether an address means the machine itself, to whoever reads it: nobody else gets there by it."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
