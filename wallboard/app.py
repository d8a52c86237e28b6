"""The Flask application of the wall: one page, its files, a health check. Live data goes over `realtime`."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, jsonify

from realtime.rows import BeatRow

DIST = Path(__file__).parent / "static" / "dist"
"""Where the build hook of the front end puts the page."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

ONE_YEAR = 31_536_000
MAX_BODY = 64 * 1024
"""Bytes. The pages take no uploads; Socket.IO's polling posts are small."""

_BUILT_TITLE = "<title>Presensi</title>"


class FrontendMissing(Exception):
    """The wall's page has not been built; `pip install` of Presensi builds it."""


def create_app(title: str, beat: Callable[[], BeatRow], dist: Path = DIST) -> Flask:
    """The application; `title` is the page's, `beat` says how live the wall is.

    Live data is added by `realtime.hub.create_hub`.
    Raises `FrontendMissing` when `dist` holds no built page.
    """
    try:
        page = (dist / "index.html").read_text("utf-8")
    except OSError as error:
        raise FrontendMissing(
            f"the wall's page is not built ({dist} is empty); install Presensi with `pip install .`, "
            "or in a checkout run `make setup`"
        ) from error
    page = page.replace(_BUILT_TITLE, f"<title>{html.escape(title)}</title>", 1)

    app = Flask(__name__, static_folder=str(dist / "assets"), static_url_path="/assets")
    # The names of the assets hold a hash of their content.
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR, MAX_CONTENT_LENGTH=MAX_BODY)

    @app.get("/")
    def index() -> Response:
        response = Response(page, mimetype="text/html")
        response.cache_control.no_cache = True
        response.add_etag()
        return response

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        now = beat()
        response = jsonify(ok=not now["stale"], as_of=now["as_of"], stale=now["stale"], reason=now["reason"])
        response.cache_control.no_store = True
        return response, 503 if now["stale"] else 200

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if response.status_code == 200 and response.cache_control.max_age == ONE_YEAR:
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response

    return app
