"""The wall of an agency with offices below it, in the simulated city: just these offices, counts right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from config.clock import write_clock
from presensi.cli import cli
from simulators.city.build import build_city
from simulators.city.places import HEALTH_CODE
from simulators.scenario import Scenario, build
from simulators.truth import DarkWindow, TruthStatus
from store import Store
from store.wall_pairings import Paired
from store.wall_secrets import shown
from tests.support.browser import MONITORS, Incidents
from tests.support.databases import FreshDatabase
from tests.support.days import MONDAY, at
from tests.support.paired_walls import hold
from tests.support.scenario_wall import scenario_wall
from tests.support.wall_page import LIVE, tile, total, view
from tests.support.wall_process import WallProcess

pytestmark = pytest.mark.browser

SEED = 2017
NOW = datetime(2026, 11, 23, 8, 0)
DARK_CENTRE = "1.42"
"""A health centre none of whose terminals could be read since before anybody came."""
ASKED = (
    TruthStatus.PRESENT,
    TruthStatus.LATE,
    TruthStatus.NOT_YET,
    TruthStatus.WAITING,
    TruthStatus.ABSENT,
    TruthStatus.LEFT_EARLY,
)


@dataclass(frozen=True)
class Town:
    """The simulated city at 08:00 with its wall, which shows nothing to a screen that is not paired."""

    scenario: Scenario
    store: Store
    wall: WallProcess
    folder: Path
    url: str

    def truth(self) -> dict[str, Counter[TruthStatus]]:
        """How many people are in which state, by the code of their office; those of the agency."""
        office_of = {it.nip: self.scenario.city.office_of(it.unit_code) for it in self.scenario.city.people}
        found: dict[str, Counter[TruthStatus]] = {}
        for nip, state in self.scenario.truth.states_at(NOW).items():
            office = office_of[nip]
            assert office is not None
            if HEALTH_CODE in (office.code, office.parent_code):
                found.setdefault(office.code, Counter())[state.status] += 1
        return found

    def pair(self, monkeypatch: pytest.MonkeyPatch, *options: str) -> Paired:
        """A screen shows a code, and the operator types it with the agency's."""
        real = datetime.now(UTC)
        begun = self.store.pairings.begin("127.0.0.1", now=real, life=timedelta(hours=1), secret=None)
        assert begun is not None
        write_clock(self.folder / "desk.json", at("08:00"), 0)
        monkeypatch.setenv("PRESENSI_STORE_URL", self.url)
        monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(self.folder / "desk.json"))
        command = ["wall", "pair", shown(begun.code), "--name", "Lobi Dinkes", "--unit", HEALTH_CODE]
        done = CliRunner().invoke(cli, [*command, *options])
        assert done.exit_code == 0, done.output
        found = self.store.pairings.claim(begun.secret, now=real)
        assert isinstance(found, Paired)
        return found


@pytest.fixture(scope="module")
def town(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    doors = build_city(SEED, MONDAY).terminals
    cut = [it.serial for it in doors if f"{it.unit_code}.".startswith(f"{DARK_CENTRE}.")]
    dark = [DarkWindow(serial, datetime(2026, 11, 22, 20, 0), None) for serial in cut]
    scenario = build(SEED, MONDAY, history_days=0, dark=dark)
    url = module_database("sqlite")
    with scenario_wall(scenario, url, folder, NOW, unpaired="nothing") as (store, wall):
        yield Town(scenario, store, wall, folder, url)


@pytest.fixture
def ids(town: Town) -> dict[str, int]:
    return {unit.code: unit.id for unit in town.store.roster.load(MONDAY).units}


@pytest.mark.parametrize("size", MONITORS)
@pytest.mark.parametrize("level", ["counts", "names"])
def test_the_agencys_wall_shows_just_its_offices_with_their_counts(
    town: Town,
    ids: dict[str, int],
    page: Page,
    incidents: Incidents,
    monkeypatch: pytest.MonkeyPatch,
    level: str,
    size: tuple[int, int],
) -> None:
    truth = town.truth()
    assert len(truth) == 8
    assert truth[DARK_CENTRE][TruthStatus.WAITING] > 20
    assert truth[DARK_CENTRE][TruthStatus.ABSENT] == 0
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wall = town.pair(monkeypatch, *(["--names"] if level == "names" else []))
    hold(page.context, town.wall.url, wall)
    page.goto(town.wall.url)
    expect(page.locator("[data-office]")).to_have_count(len(truth))
    for code, states in truth.items():
        required = sum(states[state] for state in ASKED)
        figures = re.compile(rf"\b{states[TruthStatus.PRESENT]}/{required}\b")
        expect(page.locator(tile(ids[code]))).to_contain_text(figures)
    city = sum(truth.values(), Counter())
    total(page, "required", sum(city[state] for state in ASKED))
    for state in (TruthStatus.PRESENT, TruthStatus.LATE, TruthStatus.ABSENT, TruthStatus.WAITING):
        total(page, state.value, city[state])
    expect(page.locator(tile(ids["1.25"]))).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Dinkes PPKB\s*Lobi Dinkes$"))
    expect(page.get_by_role("banner")).to_contain_text("Kota Contoh")
    expect(page.get_by_role("link", name="Semua unit", exact=True)).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Dinkes PPKB" in sent
    assert "BKPSDM" not in sent


def test_the_agencys_own_office_view_counts_its_own_people_only(
    town: Town, ids: dict[str, int], page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = town.truth()[HEALTH_CODE]
    hold(page.context, town.wall.url, town.pair(monkeypatch, "--names"))
    page.goto(f"{town.wall.url}/#/unit/{ids[HEALTH_CODE]}")
    expect(page.locator("[data-person]")).to_have_count(sum(states.values()))
    for state, words in ((TruthStatus.ABSENT, "Tanpa keterangan"), (TruthStatus.PRESENT, "Hadir")):
        expect(page.get_by_role("link", name=f"{states[state]} {words}", exact=True)).to_be_visible()


def test_only_a_wall_with_names_lists_the_people_of_all_its_offices(
    town: Town, page: Page, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = sum(states[TruthStatus.ABSENT] for states in town.truth().values())
    names = [it.name for it in town.scenario.city.people]
    hold(page.context, town.wall.url, town.pair(monkeypatch))
    page.goto(town.wall.url)
    expect(page.locator(LIVE)).to_be_visible()
    page.goto(f"{town.wall.url}/#/names/absent")
    expect(page.locator(LIVE)).to_be_visible()
    sent = "\n".join(incidents.received)
    assert "Dinkes PPKB" in sent
    assert not [name for name in names if " " in name and name in sent]
    page.context.clear_cookies()
    hold(page.context, town.wall.url, town.pair(monkeypatch, "--names"))
    page.goto("about:blank")
    page.goto(town.wall.url)
    page.locator(f'{view("city")} [data-state="absent"]').first.click()
    expect(page.locator(view("names"))).to_be_visible()
    expect(page.get_by_role("button", name=f"Tanpa keterangan {absent}", exact=True)).to_be_visible()
