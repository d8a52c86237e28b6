"""Where a call comes from: what a proxy of ours says is believed, what anybody can write is not."""

from __future__ import annotations

import pytest

from config.addresses import caller, is_within, networks

PROXIES = networks(["10.0.0.1", "10.0.1.0/24"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "10.9.9.9", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "10.9.9.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.1.5", "192.0.2.7"),
        ("10.0.0.1", "10.0.1.5", "10.0.1.5"),
        ("10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",", "10.0.0.1"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_caller_is_whom_the_last_trusted_proxy_saw(peer: str, forwarded: str, found: str) -> None:
    assert caller(peer, forwarded, PROXIES) == found


@pytest.mark.parametrize(
    ("address", "network", "inside"),
    [
        ("10.4.0.9", "10.4.0.0/24", True),
        ("10.4.1.9", "10.4.0.0/24", False),
        ("::ffff:10.4.0.9", "10.4.0.0/24", True),
        ("fd00::9", "fd00::/64", True),
        ("fd00::9", "10.4.0.0/24", False),
        ("", "0.0.0.0/0", False),
        ("terminal", "0.0.0.0/0", False),
    ],
)
def test_an_address_lies_in_a_network_of_its_own_kind_or_in_none(
    address: str, network: str, inside: bool
) -> None:
    assert is_within(address, networks([network])) is inside
