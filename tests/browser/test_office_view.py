"""An office's people in a real browser: the click from "BKD, 34 people" to their names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from tests.support.browser import Incidents
from tests.support.days import MONDAY
from tests.support.wall_city import (
    BARU,
    BKD,
    BKD_TERMINAL,
    DARK,
    FIRST_OF_BKD,
    PERHUBUNGAN,
    SOSIAL,
    City,
    MakeCity,
    city_roster,
    with_bkd,
)
from tests.support.wall_page import fragment, tile, total, view

pytestmark = pytest.mark.browser

CAME_IN_TIME, CAME_LATE = 24, 7
"""Of the 34 of BKD; the other three are absent."""


@pytest.fixture(scope="module")
def judged(make_shared_city: MakeCity) -> City:
    """08:00, and nobody presses any more."""
    city = make_shared_city(with_bkd())
    for number in range(CAME_IN_TIME):
        city.press(FIRST_OF_BKD + number, f"07:{number + 1:02}:30", BKD_TERMINAL)
    for number in range(CAME_LATE):
        city.press(FIRST_OF_BKD + CAME_IN_TIME + number, f"07:{31 + 3 * number}:10", BKD_TERMINAL)
    city.report(BKD_TERMINAL, "08:00")
    city.store.facts.add_excuse(Excuse(PersonId(4), ExcuseCode.CS, MONDAY, MONDAY, "SK 800/17 sakit jantung"))
    city.judge()
    return city


def test_one_click_on_bkd_with_its_34_people_shows_the_names_of_who_is_absent_and_late(
    judged: City, page: Page
) -> None:
    page.goto(judged.wall.url)
    bkd = page.locator(tile(BKD))
    expect(bkd).to_contain_text("/34")
    expect(bkd).to_contain_text("BKD")
    page.locator(f"{tile(BKD)}").click(position={"x": 12, "y": 12})
    expect(page.locator(view("office"))).to_be_visible()
    expect(page.get_by_text("Badan Kepegawaian")).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(34)
    absent = page.locator('[data-group="absent"] [data-person]')
    expect(absent).to_have_text([re.compile(f"Pegawai {number}") for number in (41, 42, 43)])
    late = page.locator('[data-group="late"] [data-person]')
    expect(late).to_have_count(CAME_LATE)
    expect(late.first).to_contain_text("Pegawai 40")
    expect(late.first).to_contain_text("19 menit")
    assert fragment(page) == f"#/unit/{BKD}"
    page.go_back()
    expect(page.locator(view("city"))).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(0)


def test_minutes_and_class_are_told_of_who_is_late(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/unit/{SOSIAL}")
    late = page.locator('[data-group="late"]')
    expect(late).to_contain_text("Pegawai 2")
    expect(late).to_contain_text("17 menit")
    expect(late).to_contain_text("TL1")


def test_a_person_tells_why_in_both_languages(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/unit/{SOSIAL}")
    late = page.get_by_role("button", name="Pegawai 2")
    absent = page.get_by_role("button", name="Pegawai 3")
    expect(late).to_have_attribute("aria-expanded", "false")
    late.click()
    expect(late).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#why-2")).to_contain_text(
        "Masuk 07.47, terlambat 17 menit (TL1); jadwal 07.30–16.00, aturan Standar 2023 butir 2."
    )
    absent.click()
    expect(page.locator("#why-3")).to_contain_text("Tanpa keterangan: tidak ada rekaman")
    expect(page.locator("#why-2")).to_be_hidden()
    page.keyboard.press("l")
    expect(page.locator("#why-3")).to_contain_text("Absent without explanation: no punch")
    late.click()
    expect(page.locator("#why-2")).to_contain_text("In at 07:47, 17 minutes late (TL1); due 07:30–16:00")
    late.click()
    expect(page.locator("#why-2")).to_be_hidden()


def test_an_excuse_says_no_kind_of_leave_on_the_wall(judged: City, page: Page, incidents: Incidents) -> None:
    page.goto(f"{judged.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator('[data-group="excused"]')).to_contain_text("Cuti/izin")
    page.get_by_role("button", name="Pegawai 4").click()
    expect(page.locator("#why-4")).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Pegawai 4" in sent
    assert not re.search(r"sakit|sick|800/17|CS\b", sent, re.IGNORECASE)


def test_people_of_a_dark_terminal_wait_for_data_with_the_reason_and_are_never_absent(
    judged: City, page: Page
) -> None:
    page.goto(judged.wall.url)
    total(page, "waiting", 5)
    total(page, "absent", 4)
    expect(page.locator(tile(PERHUBUNGAN))).to_contain_text("menunggu")
    expect(page.locator(tile(PERHUBUNGAN))).not_to_contain_text("%")
    expect(page.get_by_text("terputus sejak 06:45").first).to_be_visible()
    page.goto(f"{judged.wall.url}/#/unit/{PERHUBUNGAN}")
    waiting = page.locator('[data-group="waiting"]')
    expect(waiting).to_contain_text("Mesin Mesin 2 terputus sejak 06:45.")
    expect(waiting.locator("[data-person]")).to_have_count(3)
    expect(page.locator('[data-group="absent"]')).to_have_count(0)


def test_an_office_without_a_terminal_waits_and_says_so(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/unit/{BARU}")
    expect(page.locator('[data-group="waiting"]')).to_contain_text("Unit ini belum mempunyai mesin.")


def test_no_office_ranks_by_what_is_not_known_or_by_a_handful_of_people(judged: City, page: Page) -> None:
    page.goto(judged.wall.url)
    expect(page.locator("[data-office]")).to_have_count(4)
    assert page.locator("[data-office]").evaluate_all("tiles => tiles[0].dataset.office") == str(BKD)


def test_no_staff_number_and_no_pin_is_on_the_wire(judged: City, page: Page, incidents: Incidents) -> None:
    for route in (f"#/unit/{SOSIAL}", "#/names", "#/day", "#/terminals"):
        page.goto(f"{judged.wall.url}/{route}")
        expect(page.locator('[data-live="true"]')).to_be_visible()
    expect(page.locator("[data-view='terminals']")).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Pegawai 2" in sent
    assert "19800101200501" not in sent
    assert not re.search(r'"10[0-4]\d"', sent)


def test_each_view_of_names_is_logged(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/unit/{BARU}")
    expect(page.locator("[data-person]").first).to_be_visible()
    entries = [(entry.action, entry.subject) for entry in judged.store.audit.latest()]
    assert ("names.viewed", f"office:{BARU}") in entries


def test_an_opened_office_follows_live_and_the_focus_stays_with_the_person(
    make_city: MakeCity, page: Page
) -> None:
    city = make_city(city_roster())
    city.judge()
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator('[data-group="absent"] [data-person]')).to_have_count(2)
    focused = "document.activeElement.closest('[data-person]')?.dataset.person"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "3"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "4"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(page.locator("#why-3")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "3"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.closest('nav') !== null"), "above the people are the figures"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "3"
    city.press(1003, "07:58:00")
    expect(page.locator('[data-group="late"] [data-person="3"]')).to_be_visible()
    expect(page.locator('[data-group="late"] [data-person="3"]')).to_contain_text("28 menit")
    expect(page.get_by_role("button", name="Pegawai 3")).to_be_focused()
    expect(page.locator("#why-3")).to_contain_text("terlambat 28 menit")
    expect(page.locator('[data-group="absent"] [data-person]')).to_have_count(1)


def test_when_the_dark_terminal_is_read_its_people_are_judged(city: City, page: Page) -> None:
    city.judge()
    page.goto(city.wall.url)
    total(page, "waiting", 5)
    city.press(1005, "07:05:00", DARK)
    city.report(DARK, "08:00")
    total(page, "waiting", 2)
    total(page, "absent", 4)
    total(page, "present", 2)
