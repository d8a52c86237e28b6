"""The city's view in a real browser, on the real server and a real store."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from simulators.city.places import units
from tests.support.browser import FULL_HD, NOTEBOOK, PHONE, PROJECTOR, UHD, Incidents
from tests.support.wall_city import (
    BARU,
    BKD,
    BKD_TERMINAL,
    PERHUBUNGAN,
    SOSIAL,
    City,
    MakeCity,
    city_roster,
    with_bkd,
)
from tests.support.wall_page import LIVE, fragment, tile, total, view

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def morning(make_shared_city: MakeCity) -> City:
    """07:20: the office of 34 is there for each test to press at; one of the other has come, in time."""
    city = make_shared_city(with_bkd())
    city.press(1001, "07:12:33")
    return city


@pytest.fixture(scope="module")
def crowded(make_shared_city: MakeCity) -> City:
    """Fifty offices of two people."""
    offices = {unit: (f"Unit Kerja Nomor {unit}", f"Unit {unit}", 2) for unit in range(2, 52)}
    return make_shared_city(city_roster(offices))


@pytest.fixture(scope="module")
def named(make_shared_city: MakeCity) -> City:
    """The offices of the simulated city, and one that somebody named at length, each with a terminal."""
    shorts = [unit.short_name for unit in units() if unit.office]
    shorts.append("Dinas Pekerjaan Umum dan Penataan Ruang")
    offices = {BARU + number: (short, short, 2) for number, short in enumerate(shorts, 1)}
    return make_shared_city(city_roster(offices, terminals=max(offices)))


def test_the_counts_of_the_store_are_on_the_wall(city: City, page: Page) -> None:
    city.press(1001, "07:12:33")
    page.goto(city.wall.url)
    total(page, "required", 9)
    total(page, "present", 1)
    total(page, "not_yet", 8)
    expect(page.locator(tile(SOSIAL))).to_contain_text("1/4")
    expect(page.get_by_text("SEMENTARA")).to_be_visible()
    expect(page.get_by_text("1/2 mesin terbaca")).to_be_visible()


def test_a_punch_that_is_committed_appears_on_its_tile_and_in_the_ticker(morning: City, page: Page) -> None:
    page.goto(morning.wall.url)
    expect(page.locator(tile(BKD))).to_contain_text("0/34")
    morning.press(1012, "07:19:58", BKD_TERMINAL)
    expect(page.locator(tile(BKD))).to_contain_text("1/34")
    expect(page.locator(tile(BKD))).to_contain_text("2%")
    newest = page.locator("[data-ticker]").first
    expect(newest).to_contain_text("Pegawai 12, S.Sos.")
    expect(newest).to_contain_text("07:19:58")


def test_every_number_leads_to_the_people_behind_it(morning: City, page: Page) -> None:
    page.goto(morning.wall.url)
    page.locator(f'{view("city")} [data-state="not_yet"]').first.click()
    expect(page.locator(view("names"))).to_be_visible()
    assert fragment(page) == "#/names/not_yet"
    page.go_back()
    page.locator(f'{view("city")} [data-state="present"]').first.click()
    expect(page.locator("[data-office]")).to_have_count(2)
    assert fragment(page) == "#/?state=present"
    page.go_back()
    expect(page.locator(tile(PERHUBUNGAN))).to_be_visible()


def test_a_number_of_a_tile_leads_to_that_offices_people_in_that_state(morning: City, page: Page) -> None:
    page.goto(morning.wall.url)
    page.locator(f'{tile(SOSIAL)} [data-state="not_yet"]').first.click()
    expect(page.locator('[data-group="not_yet"] [data-person]')).to_have_count(3)
    expect(page.locator('[data-group="present"]')).to_have_count(0)
    assert fragment(page) == f"#/unit/{SOSIAL}/not_yet"


def test_people_without_a_terminal_are_no_share_of_anything(morning: City, page: Page) -> None:
    page.goto(morning.wall.url)
    expect(page.locator(tile(BARU))).to_be_visible()
    expect(page.locator(tile(BARU))).not_to_contain_text("%")


def test_the_language_switch_changes_every_label_and_is_remembered(morning: City, page: Page) -> None:
    page.goto(morning.wall.url)
    expect(page.get_by_text("Wajib hadir saat ini")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_text("Required now")).to_be_visible()
    expect(page.get_by_text("Wajib hadir saat ini")).to_have_count(0)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.get_by_text("Required now")).to_be_visible()
    page.goto(f"{morning.wall.url}/?lang=id")
    expect(page.get_by_text("Wajib hadir saat ini")).to_be_visible()


def test_the_theme_is_a_matter_of_the_address_or_of_a_key(morning: City, page: Page) -> None:
    page.goto(f"{morning.wall.url}/?theme=light")
    expect(page.locator(LIVE)).to_be_visible()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_wall_without_people_says_what_to_do(make_city: MakeCity, page: Page) -> None:
    city = make_city()
    page.goto(city.wall.url)
    expect(page.get_by_text("Belum ada pegawai.")).to_be_visible()
    expect(page.get_by_text("presensi import roster")).to_be_visible()


@pytest.mark.parametrize("size", [FULL_HD, NOTEBOOK, PROJECTOR])
def test_fifty_offices_fit_without_scrolling(crowded: City, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(crowded.wall.url)
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


CUT_NAMES = """() => {
    const box = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const cut = [];
    for (const tile of document.querySelectorAll('[data-office]')) {
        const [short, marker] = ['.short', '.marker'].map((part) => tile.querySelector(part));
        const edges = tile.getBoundingClientRect();
        const right = marker ? marker.getBoundingClientRect().left : edges.right;
        const figures = tile.querySelector('.of') ?? tile.querySelector('.percent');
        for (const line of short.children) {
            const text = box(line);
            if (text.left < edges.left || text.right > right || text.top < edges.top
                || text.bottom > box(figures).bottom || getComputedStyle(line).textOverflow !== 'clip')
                cut.push(line.textContent);
        }
    }
    return cut;
}"""


@pytest.mark.parametrize("size", [FULL_HD, NOTEBOOK, PROJECTOR, UHD, PHONE])
def test_the_name_of_an_office_is_whole_on_its_tile_also_beside_a_dark_terminal(
    named: City, page: Page, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    doors = [door.id for door in named.store.terminals.list()]
    for dark in (False, True):
        for door in doors:
            named.report(door, *((None, "06:45") if dark else ("07:20",)))
        page.goto(named.wall.url)
        expect(page.locator("[data-office] .marker")).to_have_count(len(doors) if dark else 0)
        expect(page.locator("[data-office]")).to_have_count(46)
        page.evaluate("document.fonts.ready.then(() => true)")
        told = page.locator("[data-office] .short").all_inner_texts()
        assert "Diskopukmperindag" in [text.replace("-\n", "") for text in told]
        assert page.evaluate(CUT_NAMES) == []


@pytest.mark.parametrize("route", ["#/", f"#/unit/{SOSIAL}", "#/names", "#/terminals", "#/day"])
def test_nothing_stands_beyond_the_edge_of_a_telephone(morning: City, page: Page, route: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{morning.wall.url}/{route}")
    expect(page.locator(LIVE)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_rush_of_punches_costs_the_monitor_a_few_layouts_each_and_no_more(
    crowded: City, page: Page
) -> None:
    """A wall runs on a small computer behind a monitor. Tiles that restarted an animation with every punch
    once kept a core busy with 1,400 style recalculations a second, until nothing was drawn any more.
    """
    page.emulate_media(reduced_motion="no-preference")
    page.goto(crowded.wall.url)
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
        crowded.press(1001 + number, "07:19:30")
        page.wait_for_timeout(100)
    total(page, "present", punches)
    cost = {name: (metric(name) - before[name]) / punches for name in names}
    assert cost["RecalcStyleCount"] < 8, cost
    assert cost["LayoutCount"] < 8, cost


def test_no_page_asks_anybody_but_the_walls_server(morning: City, page: Page, incidents: Incidents) -> None:
    for route in ("#/", f"#/unit/{SOSIAL}", "#/names", "#/terminals", "#/day"):
        page.goto(f"{morning.wall.url}/{route}")
        expect(page.locator(LIVE)).to_be_visible()
    assert incidents.asked_outside(morning.wall.url) == []
