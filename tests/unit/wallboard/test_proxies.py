"""Whom a request is from: our own proxy is believed, a header that anybody can write is not."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import pytest

from wallboard.proxies import MOST_TOLD, BehindProxies

TRUSTED = ["127.0.0.1", "10.0.1.0/24", "fd00::/64"]


def seen(peer: str, trusted: list[str] | None = None, **headers: str) -> tuple[str, str]:
    """Address and scheme as the application sees them."""
    found: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], _start: object) -> Iterable[bytes]:
        found.append(environ)
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_X_FORWARDED_{name}": value for name, value in headers.items()}
    BehindProxies(application, TRUSTED if trusted is None else trusted)(environ, lambda *_: None)
    return found[0]["REMOTE_ADDR"], found[0]["wsgi.url_scheme"]


@pytest.mark.parametrize("trusted", [TRUSTED, []])
def test_a_header_of_anybody_else_is_ignored(trusted: list[str]) -> None:
    assert seen("192.0.2.7", trusted, FOR="10.9.9.9", PROTO="https") == ("192.0.2.7", "http")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "10.9.9.9, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "10.9.9.9, 192.0.2.7, 10.0.1.5", "192.0.2.7"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("fd00::1", "192.0.2.7", "192.0.2.7"),
        ("::ffff:127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours_counts(peer: str, forwarded: str, address: str) -> None:
    assert seen(peer, FOR=forwarded) == (address, "http")


@pytest.mark.parametrize(
    ("said", "scheme"),
    [("https", "https"), ("http", "http"), ("http, https", "https"), ("HTTPS", "https"), ("gopher", "http")],
)
def test_our_proxy_says_whether_the_screen_came_over_https(said: str, scheme: str) -> None:
    assert seen("127.0.0.1", FOR="192.0.2.7", PROTO=said) == ("192.0.2.7", scheme)


def test_a_screen_without_any_proxy_stays_what_it_is() -> None:
    assert seen("192.0.2.7") == ("192.0.2.7", "http")
    assert seen("127.0.0.1") == ("127.0.0.1", "http")


def test_an_unknown_proxy_is_told_of_once_and_nobody_fills_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    served = BehindProxies(lambda *_: [], [])
    for number in range(3 * MOST_TOLD):
        for _ in range(2):
            served({"REMOTE_ADDR": f"192.0.2.{number}", "HTTP_X_FORWARDED_FOR": "10.1.1.1"}, lambda *_: None)
    assert len(caplog.records) == MOST_TOLD
    assert "192.0.2.0" in caplog.text
    assert "trusted_proxies" in caplog.text
