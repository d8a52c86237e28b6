"""Where a request through a reverse proxy comes from, and whether it came there over HTTPS.

Done once, before anything else sees the request: the pages, the pairing, the API and Socket.IO all read the
address and the scheme that stand in it then. What a proxy that nobody named says of others is not believed;
that it says so is logged, as its screens would share one address for ever without anybody noticing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from config.addresses import caller, is_within, networks

log = logging.getLogger(__name__)

WsgiApp = Callable[..., Iterable[bytes]]

MOST_TOLD = 8
"""Of how many unknown proxies the log tells; anybody can write such a header."""
FOR, SCHEME = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"


class BehindProxies:
    """The application, told of each request where it really comes from. Thread-safe."""

    def __init__(self, application: WsgiApp, trusted: Sequence[str]) -> None:
        """`trusted`: the proxies' addresses and networks. Raises `ValueError` for one that is none."""
        self._application = application
        self._trusted = networks(trusted)
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        peer = str(environ.get("REMOTE_ADDR") or "")
        if is_within(peer, self._trusted):
            environ["REMOTE_ADDR"] = caller(peer, environ.get(FOR, ""), self._trusted)
            # Of several words the last is the nearest proxy's.
            scheme = environ.get(SCHEME, "").rsplit(",", 1)[-1].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        elif FOR in environ or SCHEME in environ:
            self._tell(peer)
        return self._application(environ, start_response)

    def _tell(self, peer: str) -> None:
        with self._lock:
            if peer in self._told or len(self._told) >= MOST_TOLD:
                return
            self._told.add(peer)
        log.warning(
            "%s says that it forwards for others and is not believed; "
            "if it is your proxy, add it to [wall] trusted_proxies: until then its screens share one address",
            peer,
        )
