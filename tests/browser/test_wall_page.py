"""The wall in a real browser, on the real server and a real store."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from tests.browser.conftest import DARK, LIT, City, MakeCity, city_roster
from tests.support.browser import FULL_HD, NOTEBOOK, PROJECTOR, Incidents
from tests.support.days import MONDAY

pytestmark = pytest.mark.browser

SOSIAL, PERHUBUNGAN, BARU = 2, 3, 4


def total(page: Page, state: str, number: int | str) -> None:
    expect(page.locator(f'[data-total="{state}"]').first).to_have_text(re.compile(rf"^{number}(\s|\d+%|$)"))


def tile(page: Page, office: int) -> str:
    return f'[data-office="{office}"]'


def judged(city: City) -> None:
    """08:00: of the first office one is in time, one 17 minutes late, two are absent; its data is all in."""
    city.press(1001, "07:12:33")
    city.press(1002, "07:47:10")
    city.report(LIT, "08:00")
    city.set_clock("08:00")


def test_the_counts_of_the_store_are_on_the_wall(city: City, page: Page) -> None:
    city.press(1001, "07:12:33")
    page.goto(city.wall.url)
    total(page, "required", 9)
    total(page, "present", 1)
    total(page, "not_yet", 8)
    expect(page.locator(tile(page, SOSIAL))).to_contain_text("1/4")
    expect(page.get_by_text("SEMENTARA")).to_be_visible()
    expect(page.get_by_text("1/2 mesin terbaca")).to_be_visible()


def test_a_punch_that_is_committed_appears_on_its_tile_and_in_the_ticker(city: City, page: Page) -> None:
    page.goto(city.wall.url)
    total(page, "present", 0)
    city.press(1003, "07:19:58")
    total(page, "present", 1)
    expect(page.locator(tile(page, SOSIAL))).to_contain_text("25%")
    newest = page.locator("[data-ticker]").first
    expect(newest).to_contain_text("Pegawai 3, S.Sos.")
    expect(newest).to_contain_text("07:19:58")


def test_a_click_on_an_office_shows_who_is_absent_and_who_is_late_by_how_much(city: City, page: Page) -> None:
    judged(city)
    page.goto(city.wall.url)
    page.click(tile(page, SOSIAL))
    expect(page.get_by_role("dialog", name="Dinas Sosial")).to_be_visible()
    absent = page.locator('[data-group="absent"] [data-person]')
    expect(absent).to_have_text([re.compile("Pegawai 3"), re.compile("Pegawai 4")])
    late = page.locator('[data-group="late"]')
    expect(late).to_contain_text("Pegawai 2")
    expect(late).to_contain_text("17 menit")
    expect(late).to_contain_text("TL1")
    assert page.evaluate("location.hash") == f"#/unit/{SOSIAL}"
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_person_of_an_opened_office_tells_why_in_both_languages(city: City, page: Page) -> None:
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
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
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("#why-3")).to_contain_text("Absent without explanation: no punch")
    late.click()
    expect(page.locator("#why-2")).to_contain_text("In at 07:47, 17 minutes late (TL1); due 07:30–16:00")
    late.click()
    expect(page.locator("#why-2")).to_be_hidden()


def test_a_remote_control_leads_from_person_to_person_and_opens_the_explanation(
    city: City, page: Page
) -> None:
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator("[data-person]")).to_have_count(4)
    focused = "document.activeElement.closest('[data-person]')?.dataset.person"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "3"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "4"
    page.keyboard.press("Enter")
    expect(page.locator("#why-4")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(page.locator("#why-3")).to_be_visible()
    expect(page.locator("#why-4")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "3"
    city.press(1003, "07:58:00")
    expect(page.locator('[data-group="late"] [data-person="3"]')).to_be_visible()
    expect(page.get_by_role("button", name="Pegawai 3")).to_be_focused()
    expect(page.locator("#why-3")).to_contain_text("terlambat 28 menit")


def test_an_excuse_says_no_kind_of_leave_on_the_wall(city: City, page: Page, incidents: Incidents) -> None:
    city.store.facts.add_excuse(Excuse(PersonId(1), ExcuseCode.CS, MONDAY, MONDAY, "SK 800/17 sakit jantung"))
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    page.get_by_role("button", name="Pegawai 1").click()
    expect(page.locator("#why-1")).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Pegawai 1" in sent
    assert not re.search(r"sakit|sick|800/17|CS\b", sent, re.IGNORECASE)


def test_an_opened_office_follows_live(city: City, page: Page) -> None:
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator('[data-group="absent"] [data-person]')).to_have_count(2)
    city.press(1004, "07:59:30")
    expect(page.locator('[data-group="absent"] [data-person]')).to_have_count(1)
    expect(page.locator('[data-group="late"] [data-person]').first).to_contain_text("29 menit")


def test_people_of_a_dark_terminal_wait_for_data_with_the_reason_and_are_never_absent(
    city: City, page: Page
) -> None:
    judged(city)
    page.goto(city.wall.url)
    total(page, "waiting", 5)
    total(page, "absent", 2)
    expect(page.locator(tile(page, PERHUBUNGAN))).to_contain_text("menunggu")
    expect(page.locator(tile(page, PERHUBUNGAN))).not_to_contain_text("%")
    expect(page.get_by_text("terputus sejak 06:45").first).to_be_visible()
    page.click(tile(page, PERHUBUNGAN))
    waiting = page.locator('[data-group="waiting"]')
    expect(waiting).to_contain_text("Mesin Mesin 2 terputus sejak 06:45.")
    expect(waiting.locator("[data-person]")).to_have_count(3)
    expect(page.locator('[data-group="absent"]')).to_have_count(0)


def test_when_the_dark_terminal_is_read_its_people_are_judged(city: City, page: Page) -> None:
    judged(city)
    page.goto(city.wall.url)
    total(page, "waiting", 5)
    city.press(1005, "07:05:00", DARK)
    city.report(DARK, "08:00")
    total(page, "waiting", 2)
    total(page, "absent", 4)
    total(page, "present", 2)


def test_an_office_without_a_terminal_waits_and_says_so(city: City, page: Page) -> None:
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{BARU}")
    expect(page.locator('[data-group="waiting"]')).to_contain_text("Unit ini belum mempunyai mesin.")


def test_offices_are_worst_first_and_one_that_waits_for_data_is_not_the_worst(city: City, page: Page) -> None:
    judged(city)
    page.goto(city.wall.url)
    total(page, "absent", 2)
    assert page.locator("[data-office]").evaluate_all("tiles => tiles[0].dataset.office") == str(SOSIAL)


def test_the_language_switch_changes_every_label_and_is_remembered(city: City, page: Page) -> None:
    page.goto(city.wall.url)
    expect(page.get_by_text("Wajib hadir saat ini")).to_be_visible()
    page.get_by_role("button", name="EN").click()
    expect(page.get_by_text("Required now")).to_be_visible()
    expect(page.get_by_text("Wajib hadir saat ini")).to_have_count(0)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.get_by_text("Required now")).to_be_visible()
    page.goto(f"{city.wall.url}/?lang=id")
    expect(page.get_by_text("Wajib hadir saat ini")).to_be_visible()


def test_a_wall_whose_server_died_says_so_and_dims_and_recovers_by_itself(
    city: City, page: Page, incidents: Incidents
) -> None:
    incidents.server_may_be_away = True
    page.goto(city.wall.url)
    total(page, "present", 0)
    expect(page.locator('[data-live="true"]')).to_be_visible()
    city.wall.kill()
    expect(page.get_by_role("alert")).to_contain_text("Sambungan ke server terputus sejak 07:20")
    expect(page.locator('[data-live="false"]')).to_be_visible()
    city.press(1001, "07:12:33")
    city.wall.start()
    total(page, "present", 1)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator('[data-live="true"]')).to_be_visible()


def test_a_remote_control_with_arrows_and_enter_is_enough(city: City, page: Page) -> None:
    judged(city)
    page.goto(city.wall.url)
    total(page, "absent", 2)
    order: list[str] = page.locator("[data-office]").evaluate_all("ts => ts.map(t => t.dataset.office)")
    page.locator("[data-office]").first.focus()
    page.keyboard.press("ArrowRight")
    focused = "document.activeElement.dataset.office"
    assert page.evaluate(focused) == order[1]
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(tile(page, int(order[1])))).to_be_focused()


def test_an_opened_office_closes_by_itself_after_a_minute(
    city: City, page: Page, incidents: Incidents
) -> None:
    # A minute that passes in a moment has no beats: the page takes the line for dead and makes it anew.
    incidents.server_may_be_away = True
    page.clock.install()
    page.goto(city.wall.url)
    page.click(tile(page, SOSIAL))
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.run_for(45_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.run_for(20_000)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_where_names_are_not_to_be_shown_no_name_leaves_the_server(
    make_city: MakeCity, page: Page, incidents: Incidents
) -> None:
    city = make_city(city_roster(), show_names=False)
    judged(city)
    page.goto(city.wall.url)
    page.click(tile(page, SOSIAL))
    expect(page.get_by_text("Nama tidak ditampilkan di layar ini")).to_be_visible()
    expect(page.get_by_role("dialog").locator('[data-total="absent"]')).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("[data-ticker]").first).to_contain_text("Dinsos")
    sent = "\n".join(incidents.received)
    assert "Dinsos" in sent
    assert "Pegawai" not in sent


def test_each_view_of_names_is_logged(city: City, page: Page) -> None:
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator("[data-person]").first).to_be_visible()
    entries = [(entry.action, entry.subject) for entry in city.store.audit.latest()]
    assert ("names.viewed", f"office:{SOSIAL}") in entries


def test_no_staff_number_and_no_pin_is_on_the_wire(city: City, page: Page, incidents: Incidents) -> None:
    judged(city)
    page.goto(f"{city.wall.url}/#/unit/{SOSIAL}")
    expect(page.locator("[data-person]").first).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Pegawai 2" in sent
    assert "19800101200501" not in sent
    assert not re.search(r'"100\d"', sent)


def test_a_wall_without_people_says_what_to_do(make_city: MakeCity, page: Page) -> None:
    city = make_city()
    page.goto(city.wall.url)
    expect(page.get_by_text("Belum ada pegawai.")).to_be_visible()
    expect(page.get_by_text("presensi import roster")).to_be_visible()


def test_a_silent_collector_is_told_on_the_wall(city: City, page: Page) -> None:
    page.goto(city.wall.url)
    total(page, "present", 0)
    city.wall.set_clock("07:20", rate=1.0)
    expect(page.get_by_role("alert")).to_contain_text("Pembaca mesin tidak memberi kabar", timeout=30_000)


@pytest.mark.parametrize("size", [FULL_HD, NOTEBOOK, PROJECTOR])
def test_fifty_offices_fit_without_scrolling(make_city: MakeCity, page: Page, size: tuple[int, int]) -> None:
    offices = {unit: (f"Unit Kerja Nomor {unit}", f"Unit {unit}", 2) for unit in range(2, 52)}
    city = make_city(city_roster(offices))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(city.wall.url)
    expect(page.locator("[data-office]")).to_have_count(50)
    found = page.evaluate(
        """() => {
            const root = document.documentElement;
            const boxes = [...document.querySelectorAll('[data-office]')].map(t => t.getBoundingClientRect());
            return JSON.stringify({
                scrolls: root.scrollWidth > innerWidth || root.scrollHeight > innerHeight,
                outside: boxes.filter(b => b.right > innerWidth || b.bottom > innerHeight).length,
                narrowest: Math.min(...boxes.map(b => b.width)),
                overlapping: boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1
                    && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)),
            });
        }"""
    )
    measured = json.loads(found)
    assert not measured["scrolls"]
    assert measured["outside"] == 0
    assert not measured["overlapping"]
    assert measured["narrowest"] > size[0] / 16


def test_a_rush_of_punches_costs_the_monitor_a_few_layouts_each_and_no_more(
    make_city: MakeCity, page: Page
) -> None:
    """A wall runs on a small computer behind a monitor. Tiles that restarted an animation with every punch
    once kept a core busy with 1,400 style recalculations a second, until nothing was drawn any more.
    """
    page.emulate_media(reduced_motion="no-preference")
    offices = {unit: (f"Unit Kerja Nomor {unit}", f"Unit {unit}", 2) for unit in range(2, 52)}
    city = make_city(city_roster(offices))
    page.goto(city.wall.url)
    expect(page.locator("[data-office]")).to_have_count(50)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def metric(name: str) -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(found["value"] for found in metrics if found["name"] == name))

    names = ("RecalcStyleCount", "LayoutCount")
    before = {name: metric(name) for name in names}
    punches = 60
    for number in range(punches):
        city.press(1001 + number, "07:19:30")
        page.wait_for_timeout(100)
    total(page, "present", punches)
    cost = {name: (metric(name) - before[name]) / punches for name in names}
    assert cost["RecalcStyleCount"] < 8, cost
    assert cost["LayoutCount"] < 8, cost
