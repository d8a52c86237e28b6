"""Where a request really comes from, and whether that lies in a network that was named."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network


def networks(texts: Sequence[str]) -> tuple[IpNetwork, ...]:
    """The networks that `texts` write. Raises `ValueError` for one that is none."""
    return tuple(ip_network(text) for text in texts)


def caller(peer: str, forwarded_for: str, trusted: Sequence[IpNetwork]) -> str:
    """The address of whoever made the request that came from `peer`.

    `forwarded_for` is X-Forwarded-For as it came, believed only from the end that a trusted proxy wrote: the
    last address in it that is not itself a trusted proxy's. Whatever stands before that anybody may have
    written.
    """
    found = peer
    hops = [hop.strip() for hop in forwarded_for.split(",")] if forwarded_for else []
    while hops and is_within(found, trusted):
        hop = hops.pop()
        if _read(hop) is None:
            break
        found = hop
    return found


def is_within(address: str, allowed: Sequence[IpNetwork]) -> bool:
    """Whether `address` lies in one of the networks; one that cannot be read lies in none."""
    known = _read(address)
    return known is not None and any(known.version == net.version and known in net for net in allowed)


def _read(text: str) -> IpAddress | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A listener on "::" sees IPv4 callers as ::ffff:10.0.0.8.
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
