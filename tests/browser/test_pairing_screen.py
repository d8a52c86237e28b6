"""A screen becomes a wall in a real browser: the code on it, what it says then, and that it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, Playwright, expect

from presensi.cli import cli
from store.wall_secrets import COOKIE, typed
from tests.support.browser import ARGUMENTS, LAUNCH_SECONDS, STEP_SECONDS, chromium
from tests.support.wall_city import City, MakeCity, city_roster
from tests.support.wall_page import view

pytestmark = pytest.mark.browser

CODE = "[data-code]"


@pytest.fixture
def closed(make_city: MakeCity, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> City:
    """A city whose walls show nothing to a screen that is not paired."""
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    return make_city(city_roster(), unpaired="nothing")


def presensi(*arguments: str) -> None:
    done = CliRunner().invoke(cli, ["wall", *arguments])
    assert done.exit_code == 0, done.output


def pair(page: Page, *options: str) -> None:
    """What somebody at the console does who reads the code on the screen."""
    code = page.locator(CODE).inner_text()
    assert typed(code) is not None
    presensi("pair", code, "--name", "Ruang Wali Kota", *options)


def test_the_code_on_the_screen_makes_it_a_wall_with_a_name_and_names(closed: City, page: Page) -> None:
    page.goto(closed.wall.url)
    expect(page.locator(view("pairing"))).to_be_visible()
    expect(page.locator(view("city"))).to_have_count(0)
    code = page.locator(CODE).inner_text()
    page.reload()
    expect(page.locator(CODE)).to_have_text(code)
    pair(page, "--names")
    expect(page.locator(view("city"))).to_be_visible()
    expect(page.get_by_text("Ruang Wali Kota")).to_be_visible()
    page.goto(f"{closed.wall.url}/#/unit/2")
    expect(page.locator("[data-person]")).to_have_count(4)
    expect(page.get_by_text("Pegawai 1,")).to_be_visible()


def test_no_script_can_read_the_credential(closed: City, page: Page) -> None:
    page.goto(closed.wall.url)
    pair(page)
    expect(page.locator(view("city"))).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    [cookie] = [each for each in page.context.cookies() if each["name"] == COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_a_wall_of_counts_never_receives_a_name(closed: City, page: Page) -> None:
    page.goto(closed.wall.url)
    pair(page, "--unit", "2")
    expect(page.locator(view("office"))).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(0)
    assert "Pegawai" not in page.content()


def test_a_revoked_wall_goes_blank_and_shows_a_new_code(closed: City, page: Page) -> None:
    page.goto(closed.wall.url)
    pair(page, "--names")
    expect(page.locator(view("city"))).to_be_visible()
    presensi("revoke", "1", "--reason", "dijual")
    expect(page.locator(view("pairing"))).to_be_visible()
    expect(page.locator(view("city"))).to_have_count(0)
    expect(page.get_by_text("Layar ini sudah dicabut")).to_be_visible()
    expect(page.locator(CODE)).to_be_visible()
    page.reload()
    expect(page.locator(view("pairing"))).to_be_visible()
    pair(page)
    expect(page.locator(view("city"))).to_be_visible()


def test_a_wall_is_let_go_from_its_own_help(closed: City, page: Page) -> None:
    page.goto(closed.wall.url)
    pair(page)
    expect(page.locator(view("city"))).to_be_visible()
    page.keyboard.press("?")
    page.get_by_role("button", name="Lepas").click()
    page.get_by_role("button", name="Lepas").click()
    expect(page.locator(view("pairing"))).to_be_visible()
    assert closed.store.walls.devices()[0].revoked


def start(playwright: Playwright, folder: Path) -> Page:
    """A browser with the profile in `folder`, as a kiosk starts it."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium(), args=list(ARGUMENTS), timeout=LAUNCH_SECONDS * 1000
    )
    context.set_default_timeout(STEP_SECONDS * 1000)
    return context.pages[0]


def test_a_browser_that_is_started_again_is_still_the_wall(
    closed: City, playwright: Playwright, tmp_path: Path
) -> None:
    first = start(playwright, tmp_path / "profile")
    first.goto(closed.wall.url)
    pair(first)
    expect(first.locator(view("city"))).to_be_visible()
    first.context.close()
    again = start(playwright, tmp_path / "profile")
    again.goto(closed.wall.url)
    expect(again.locator(view("city"))).to_be_visible()
    expect(again.get_by_text("Ruang Wali Kota")).to_be_visible()
    again.context.close()
    assert len(closed.store.walls.devices()) == 1
