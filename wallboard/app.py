"""The Flask application of the wall: one page, its files, a health check. Live data goes over `realtime`."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, jsonify

from realtime.rows import BeatRow
from wallboard.page import Page

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


def create_app(page: Page, beat: Callable[[], BeatRow]) -> Flask:
    """The application; `beat` says how live the wall is. Live data is added by `realtime.hub.create_hub`."""
    app = Flask(__name__, static_folder=str(page.dist / "assets"), static_url_path="/assets")
    # The names of the assets hold a hash of their content.
    app.config.update(SEND_FILE_MAX_AGE_DEFAULT=ONE_YEAR, MAX_CONTENT_LENGTH=MAX_BODY)

    @app.get("/")
    def index() -> Response:
        response = Response(page.current().text, mimetype="text/html")
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
