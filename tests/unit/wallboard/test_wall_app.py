"""The page, its files and the health check, without any live data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from realtime.rows import BeatRow
from wallboard.app import create_app
from wallboard.page import FrontendMissing, Page

AS_OF = "2026-11-23T07:31:20+07:00"


def beat(*, stale: bool = False) -> BeatRow:
    reason = "collector" if stale else None
    return BeatRow(city=AS_OF, rate=1.0, as_of=AS_OF, read=2, terminals=2, stale=stale, reason=reason)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-a1b2c3.js").write_text("export {};", "utf-8")
    (tmp_path / "index.html").write_text("<!doctype html><title>Presensi</title>", "utf-8")
    return tmp_path


def client(dist: Path, title: str = "Presensi", now: Callable[[], BeatRow] = beat) -> FlaskClient:
    return create_app(Page(title, dist), now).test_client()


def test_the_page_allows_scripts_and_connections_from_its_own_server_only(dist: Path) -> None:
    policy = client(dist).get("/").headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert {rules["script-src"], rules["style-src"], rules["connect-src"], rules["font-src"]} == {"'self'"}
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/healthz", "/assets/index-a1b2c3.js", "/no-such-page"])
def test_every_answer_carries_the_security_headers_and_opens_itself_to_no_other_site(
    dist: Path, path: str
) -> None:
    headers = client(dist).get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_hashed_files_are_kept_for_ever_and_the_page_is_asked_for_again(dist: Path) -> None:
    wall = client(dist)
    assert "immutable" in wall.get("/assets/index-a1b2c3.js").headers["Cache-Control"]
    assert "max-age=31536000" in wall.get("/assets/index-a1b2c3.js").headers["Cache-Control"]
    assert wall.get("/").headers["Cache-Control"] == "no-cache"


def test_a_missing_file_is_not_kept(dist: Path) -> None:
    response = client(dist).get("/assets/gone.js")
    assert response.status_code == 404
    assert "immutable" not in response.headers.get("Cache-Control", "")


def test_no_file_outside_the_assets_is_served(dist: Path) -> None:
    assert client(dist).get("/assets/../index.html").status_code == 404
    assert client(dist).get("/assets/%2e%2e/index.html").status_code == 404


def test_the_health_check_says_how_far_the_data_goes(dist: Path) -> None:
    response = client(dist).get("/healthz")
    assert response.status_code == 200
    assert response.json == {"ok": True, "as_of": AS_OF, "stale": False, "reason": None}


def test_a_stale_wall_is_not_healthy(dist: Path) -> None:
    response = client(dist, now=lambda: beat(stale=True)).get("/healthz")
    assert response.status_code == 503
    assert response.json == {"ok": False, "as_of": AS_OF, "stale": True, "reason": "collector"}


def test_the_title_of_the_page_is_the_setting_and_cannot_become_markup(dist: Path) -> None:
    assert b"<title>Kota &lt;b&gt; &amp; Desa</title>" in client(dist, "Kota <b> & Desa").get("/").data


def told_build(page: bytes) -> str:
    [build] = re.findall(r'<meta name="presensi-build" content="([0-9a-f]{12})" />', page.decode("utf-8"))
    return str(build)


def test_the_page_tells_its_build_which_is_another_for_another_page(dist: Path) -> None:
    page = Page("Presensi", dist)
    wall = create_app(page, beat).test_client()
    first = told_build(wall.get("/").data)
    assert first == page.build() == hashlib.sha256((dist / "index.html").read_bytes()).hexdigest()[:12]

    (dist / "index.html").write_text("<!doctype html><title>Presensi</title>!", "utf-8")
    assert told_build(wall.get("/").data) == page.build() != first


def test_while_an_upgrade_has_taken_the_page_away_the_last_one_is_served(dist: Path) -> None:
    page = Page("Presensi", dist)
    build = page.build()
    (dist / "index.html").unlink()
    assert told_build(create_app(page, beat).test_client().get("/").data) == build


def test_a_wall_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FrontendMissing, match="pip install"):
        Page("Presensi", tmp_path)
