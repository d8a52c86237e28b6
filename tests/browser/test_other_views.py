"""The lists of names, the plan of terminals and the recap of the day, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.ids import PersonId, UnitId
from attendance.people import Excuse, ExcuseCode
from tests.support.browser import Incidents
from tests.support.days import MONDAY, at
from tests.support.wall_city import (
    BKD,
    BKD_TERMINAL,
    DARK,
    LIT,
    PERHUBUNGAN,
    SOSIAL,
    City,
    MakeCity,
    city_roster,
    with_bkd,
)
from tests.support.wall_page import LIVE, fragment, jump_from_now_on, total, view
from tests.support.walls import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def judged(make_shared_city: MakeCity) -> City:
    """08:00, and nothing happens any more; nobody of the 34 came."""
    city = make_shared_city(with_bkd())
    city.report(BKD_TERMINAL, "08:00")
    city.judge()
    return city


@pytest.fixture
def frozen(make_city: MakeCity) -> City:
    """08:00, after a freeze at 07:30: of the first office one was in time, three were absent; two waited."""
    city = make_city(with_bkd())
    city.press(1001, "07:12:33")
    for door in (LIT, BKD_TERMINAL):
        city.report(door, "07:30:05")
    # Else it might keep the morning as it stood before it read that.
    city.until_read("07:30:05")
    city.set_clock("07:30:05")
    wait_until(lambda: city.store.freezes.of(MONDAY) is not None)
    city.report(BKD_TERMINAL, "08:00")
    city.judge()
    return city


def test_who_is_late_and_absent_is_listed_by_name(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/names/late")
    person = page.locator("[data-person]")
    expect(person).to_have_count(1)
    expect(person).to_contain_text("Pegawai 2")
    expect(person).to_contain_text("17 menit")
    expect(person).to_contain_text("Dinsos")
    page.goto(f"{judged.wall.url}/#/names/absent")
    expect(page.locator("[data-person]").first).to_be_visible()
    expect(page.get_by_text("Pegawai 2,")).to_have_count(0)


def people_on(page: Page) -> list[str]:
    """Whom the page of the list shows."""
    expect(page.locator("[data-person]").first).to_be_visible()
    found: list[str] = page.locator("[data-person]").evaluate_all(
        "found => found.map((one) => one.dataset.person)"
    )
    return found


def test_a_long_list_turns_its_pages_by_itself(judged: City, page: Page, incidents: Incidents) -> None:
    page.set_viewport_size({"width": 1024, "height": 500})
    jump_from_now_on(page, incidents)
    page.goto(f"{judged.wall.url}/#/names/absent")
    first = people_on(page)
    for _ in range(20):
        page.clock.run_for(4_000)
        if people_on(page) != first:
            break
        # Without a beat for five seconds a wall is stale, and its pages rest.
        heard = len(incidents.received)
        while len(incidents.received) == heard:
            page.wait_for_timeout(50)
    assert set(people_on(page)).isdisjoint(first)


def test_the_pages_of_a_list_show_everybody_once(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/names/absent")
    shown: list[str] = []
    while len(shown) < 36:
        before = people_on(page)
        assert set(before).isdisjoint(shown)
        shown += before
        page.get_by_role("button", name="Halaman berikutnya").click()
        expect(page.locator(f'[data-person="{before[0]}"]')).to_have_count(0)
    assert len(shown) == 36


def test_a_name_leads_to_the_office_of_that_person(judged: City, page: Page) -> None:
    page.goto(f"{judged.wall.url}/#/names/late")
    page.locator("[data-person] button, [data-person] a").first.click()
    expect(page.locator(view("office"))).to_be_visible()
    assert fragment(page).startswith(f"#/unit/{SOSIAL}")


def test_the_plan_shows_each_terminal_and_for_how_long_a_dark_one_was_not_read(
    judged: City, page: Page
) -> None:
    page.goto(f"{judged.wall.url}/#/terminals")
    expect(page.locator(f"{view('terminals')} [data-district] [data-terminal]")).to_have_count(3)
    dark = page.locator(f'[data-district] [data-terminal="{DARK}"]')
    expect(dark).to_have_attribute("data-condition", "offline")
    expect(dark).to_have_accessible_name(re.compile("Mesin 2: terputus 75 menit, sejak 06:45"))
    expect(page.locator(view("terminals"))).to_contain_text("terputus 75 menit, sejak 06:45")


def test_before_the_cut_off_the_recap_says_when_it_comes(city: City, page: Page) -> None:
    page.goto(f"{city.wall.url}/#/day")
    expect(page.locator(view("day"))).to_contain_text("07.30")
    expect(page.locator("[data-freeze]")).to_have_count(0)


def test_what_is_corrected_after_the_freeze_is_told_as_updated_and_never_in_silence(
    frozen: City, page: Page
) -> None:
    page.goto(f"{frozen.wall.url}/#/day")
    expect(page.locator("[data-freeze='07:30']")).to_be_visible()
    expect(page.locator(view("day"))).not_to_contain_text("Pegawai 5,")
    frozen.press(1005, "07:11:00", DARK)
    frozen.report(DARK, "08:00")
    frozen.store.facts.add_excuse(Excuse(PersonId(3), ExcuseCode.DL, MONDAY, MONDAY, "SPT/9"))
    expect(page.locator('[data-corrected="4"].corrected')).to_be_visible()
    recap = page.locator(view("day"))
    expect(recap).to_contain_text(re.compile("diperbarui menjadi", re.IGNORECASE))
    expect(recap).to_contain_text("Dishub")
    expect(recap.locator('.person[data-corrected="5"]')).to_contain_text("menunggu data menjadi hadir")
    expect(recap.locator('.person[data-corrected="3"]')).to_contain_text("Pegawai 3,")
    page.keyboard.press("l")
    expect(page.locator(view("day"))).to_contain_text(re.compile("updated to", re.IGNORECASE))


def test_a_holiday_that_is_entered_after_the_freeze_is_told_beside_it(frozen: City, page: Page) -> None:
    frozen.store.calendars.add_entry(holiday("Pemilihan"), by="test", at=at("08:00"))
    page.goto(f"{frozen.wall.url}/#/day")
    expect(page.locator("[data-hours-changed]")).to_have_text(
        "Hari ini kini hari libur; rekap pukul 07.30 dibuat sebelum itu."
    )


def test_the_freeze_is_the_same_after_a_restart(frozen: City, page: Page, incidents: Incidents) -> None:
    incidents.server_may_be_away = True
    page.goto(f"{frozen.wall.url}/#/day")
    freeze = page.locator("[data-freeze]")
    expect(freeze).to_be_visible()
    before = freeze.inner_text()
    frozen.wall.kill()
    frozen.wall.start()
    page.reload()
    expect(freeze).to_be_visible()
    assert freeze.inner_text() == before


def test_every_view_speaks_both_languages(judged: City, page: Page) -> None:
    for route in ("#/", f"#/unit/{BKD}", "#/names/absent", "#/terminals", "#/day"):
        texts = []
        for language in ("id", "en"):
            page.goto(f"{judged.wall.url}/?lang={language}{route}")
            expect(page.locator(LIVE)).to_be_visible()
            expect(page.locator("html")).to_have_attribute("lang", language)
            texts.append(page.locator("[data-view]").inner_text())
        assert texts[0] != texts[1], route


@pytest.fixture(scope="module")
def early(make_shared_city: MakeCity) -> City:
    """07:20: of 3 offices with 260 people one has come, and one terminal is dark."""
    sizes = {SOSIAL: 120, PERHUBUNGAN: 100, BKD: 40}
    offices = {unit: (f"Dinas {unit}", f"Unit {unit}", size) for unit, size in sizes.items()}
    return make_shared_city(city_roster(offices, terminals=BKD_TERMINAL))


def test_before_the_cut_off_who_has_not_come_is_counted_by_office_instead_of_named_on_many_pages(
    early: City, page: Page
) -> None:
    early.press(1001, "07:12:33")
    page.goto(f"{early.wall.url}/#/names")
    expect(page.locator("[data-count-of]")).to_have_count(3)
    expect(page.locator(f"[data-count-of='{SOSIAL}']")).to_contain_text(re.compile(r"Unit 2\s+119\s*$"))
    expect(page.get_by_text("Masih ada waktu sampai pukul 07.30.")).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(0)
    page.locator(f"[data-count-of='{BKD}'] a").click()
    expect(page.locator("[data-group='not_yet'] [data-person]")).to_have_count(40)
    assert fragment(page) == f"#/unit/{BKD}/not_yet"


def test_all_the_names_of_a_long_list_are_reached_by_hand(early: City, page: Page) -> None:
    page.goto(f"{early.wall.url}/#/names/not_yet")
    expect(page.locator("[data-count-of]").first).to_be_visible()
    page.get_by_role("button", name="Tampilkan semua nama").click()
    first = people_on(page)
    page.get_by_role("button", name="Halaman berikutnya").click()
    expect(page.locator(f'[data-person="{first[0]}"]')).to_have_count(0)
    assert set(people_on(page)).isdisjoint(first)
    page.locator("[role=group] [data-state='not_yet']").click()
    expect(page.locator("[data-count-of]").first).to_be_visible()


def test_the_remote_control_chooses_an_office_of_the_counts(early: City, page: Page) -> None:
    page.goto(f"{early.wall.url}/#/names")
    expect(page.locator("[data-count-of]")).to_have_count(3)
    page.locator("[data-count-of] a").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-count-of='{PERHUBUNGAN}'] a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(view("office"))).to_be_visible()
    assert fragment(page) == f"#/unit/{PERHUBUNGAN}/not_yet"


def holiday(name: str, kind: CalendarKind = CalendarKind.HOLIDAY, unit: int | None = None) -> CalendarEntry:
    return CalendarEntry(MONDAY, MONDAY, kind, name, None if unit is None else UnitId(unit), "SK 1")


def test_a_holiday_is_a_calm_screen_that_names_it_and_nobody_is_missing(city: City, page: Page) -> None:
    city.store.calendars.add_entry(holiday("Hari Jadi Kota"), by="test", at=at("07:00"))
    page.goto(city.wall.url)
    expect(page.locator("[data-day-off]")).to_contain_text("Hari Jadi Kota")
    expect(page.get_by_text("Hari libur", exact=True)).to_be_visible()
    expect(page.locator(LIVE)).to_be_visible()
    for state in ("required", "absent", "late", "not_yet"):
        expect(page.locator(f'[data-total="{state}"]')).to_have_count(0)
    page.keyboard.press("l")
    expect(page.get_by_text("Holiday", exact=True)).to_be_visible()
    expect(page.locator("[data-day-off]")).to_contain_text("Hari Jadi Kota")
    for route in (f"#/unit/{SOSIAL}", "#/names", "#/day"):
        page.goto(f"{city.wall.url}/?lang=id{route}")
        expect(page.get_by_text("Hari libur: Hari Jadi Kota")).to_be_visible()


def test_joint_leave_is_called_so_and_an_office_that_works_all_the_same_is_shown(
    city: City, page: Page
) -> None:
    leave = holiday("Cuti Bersama Hari Raya Natal", CalendarKind.JOINT_LEAVE)
    city.store.calendars.add_entry(leave, by="test", at=at("07:00"))
    pattern = WorkPattern(UnitId(SOSIAL), "five_day", True, MONDAY, None)
    city.store.calendars.set_pattern(pattern, by="test", at=at("07:00"))
    page.goto(city.wall.url)
    expect(page.locator("[data-day-off]")).to_have_text("Hari Raya Natal ")
    expect(page.get_by_text("Cuti bersama", exact=True)).to_be_visible()
    expect(page.locator("[data-office]")).to_have_count(1)
    total(page, "required", 4)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator(view("office"))).to_be_visible()
    expect(page.get_by_text("Cuti bersama")).to_have_count(0)


def test_an_office_with_a_day_off_of_its_own_says_which_while_the_city_works(city: City, page: Page) -> None:
    city.store.calendars.add_entry(holiday("Libur semester", unit=SOSIAL), by="test", at=at("07:00"))
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.get_by_text("Hari libur: Libur semester")).to_be_visible()
    page.goto(f"{city.wall.url}/#/")
    expect(page.get_by_text("Wajib hadir saat ini")).to_be_visible()
    expect(page.locator("[data-day-off]")).to_have_count(0)
