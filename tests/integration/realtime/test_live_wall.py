"""The hub over a real store, looked at through real Socket.IO connections."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from random import Random

import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlalchemy import event, insert

from attendance.ids import PersonId, TerminalId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause
from config.clock import SimClock
from store import Store
from store.schema import punches
from tests.support.boards import health
from tests.support.days import MONDAY, at
from tests.support.mornings import OFFICE, SetClock, append, both_read, punch
from tests.support.walls import Wall, serving, wait_until, wall

SEED = 20261123


def test_a_monitor_gets_a_snapshot_and_then_the_punch_as_a_delta(city: Store, clock: SimClock) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        rows = monitor.join("city")
        assert rows["total"]["not_yet"] == 3
        assert not any(key.startswith("k:") for key in rows)
        monitor.join(OFFICE)
        version = monitor.seen["city"].version

        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.row(OFFICE, "p:1").get("status") == "present")
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)
        ticker = [row for key, row in monitor.seen["city"].rows.items() if key.startswith("k:")]
        assert [(row["at"], row["person"], row["status"]) for row in ticker] == [
            ("06:58:00", "Orang 1", "present")
        ]
        assert monitor.seen["city"].version > version
        assert monitor.resyncs == 0


def test_nobody_whose_terminal_is_dark_is_ever_shown_absent(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.join(OFFICE)
        city.terminals.save_health([health(1, "07:00"), health(2, "07:00", online=False, since="06:45")])
        set_clock("07:31")
        city.terminals.save_health([health(1, "07:31"), health(2, "07:00", online=False, since="06:45")])
        monitor.until(lambda: monitor.beats[-1]["as_of"] == "2026-11-23T07:31:00+07:00")
        monitor.until(lambda: monitor.row(OFFICE, "p:2").get("status") == "waiting")
        monitor.until(lambda: monitor.row(OFFICE, "p:2")["reason"]["code"] == "dark")
        assert monitor.row(OFFICE, "p:2")["reason"]["terminal"] == "Mesin 2"
        assert monitor.row("city", "u:2")["dark"] == 1

        set_clock("07:50")
        append(city, punch("1002", "07:20", 2))
        city.terminals.save_health(both_read("07:50"))
        monitor.until(lambda: monitor.row(OFFICE, "p:2")["status"] == "present")
        monitor.until(lambda: monitor.row(OFFICE, "p:3")["status"] == "absent")
        monitor.until(
            lambda: (total := monitor.row("city", "total"))["absent"] == 2 and total["present"] == 1
        )
        assert "absent" not in monitor.statuses(OFFICE, "p:2")


def test_the_limit_passes_without_any_punch_and_without_reading_punches_again(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("07:30:58")
    statements: list[str] = []

    @event.listens_for(city.database.engine, "before_cursor_execute")
    def _note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join(OFFICE)
        assert monitor.row(OFFICE, "unit")["not_yet"] == 3
        statements.clear()
        set_clock("07:30:58", rate=4)
        monitor.until(lambda: monitor.row(OFFICE, "unit")["waiting"] == 3)
        assert {monitor.row(OFFICE, f"p:{number}")["status"] for number in (1, 2, 3)} == {"waiting"}
        assert not [statement for statement in statements if "punches" in statement]


def test_a_horizon_is_believed_only_after_the_punches_it_vouches_for_were_read(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    """The horizon may be seen before the notice of a punch under it arrives; here that never arrives."""
    set_clock("07:40")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join(OFFICE)["unit"]["waiting"] == 3
        unannounced = punch("1001", "07:20")
        with city.database.write() as connection:
            values = unannounced._asdict() | {"capture": unannounced.capture.value}
            connection.execute(insert(punches).values(values))
        city.terminals.save_health(both_read("07:40"))
        monitor.until(lambda: monitor.row(OFFICE, "unit")["absent"] == 2)
        assert monitor.statuses(OFFICE, "p:1") == ["waiting", "present"]


def test_people_wait_again_when_a_terminal_that_vouched_for_them_grows_stale(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("07:40")
    city.terminals.save_health(both_read("07:39"))
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join(OFFICE)["unit"]["absent"] == 3
        set_clock("07:41:59", rate=4)
        monitor.until(lambda: monitor.row(OFFICE, "unit")["waiting"] == 3)


def test_a_monitor_with_another_base_gets_a_snapshot(city: Store, clock: SimClock) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.seen["city"].version -= 1
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.resyncs > 0 and monitor.row("city", "total")["present"] == 1)
        assert monitor.snapshots == 2


def test_after_a_restart_of_the_server_the_epoch_tells_the_monitor_to_begin_anew(
    city: Store, clock: SimClock
) -> None:
    with ExitStack() as monitors:
        with serving(city, clock) as (_, url):
            monitor = monitors.enter_context(wall(url, reconnect=True))
            monitor.join("city")
            first = monitor.seen["city"]
            monitor.client.on("connect", lambda: monitor.emit("join", {"scope": "city"}))
        append(city, punch("1001", "06:58"))
        with serving(city, clock, port=int(url.rsplit(":", 1)[1])):
            monitor.until(lambda: monitor.seen["city"].epoch != first.epoch)
            assert monitor.row("city", "total")["present"] == 1


def test_names_stay_on_the_server_unless_the_wall_may_show_them(city: Store, clock: SimClock) -> None:
    append(city, punch("1001", "06:58"))
    with serving(city, clock, show_names=False) as (_, url), wall(url) as monitor:
        assert set(monitor.join(OFFICE)) == {"unit", "day", "t:1", "t:2"}
        assert "person" not in monitor.join("city")["k:1"]
        assert "Orang" not in str(monitor.history)
    assert city.audit.latest() == []


def test_each_view_of_names_is_logged(city: Store, clock: SimClock) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        assert monitor.join(OFFICE)["p:1"]["name"] == "Orang 1"
        monitor.emit("resync", {"scope": OFFICE})
        monitor.until(lambda: monitor.snapshots == 3)
    entries = city.audit.latest()
    assert [(entry.actor, entry.action, entry.subject, entry.at) for entry in entries] == [
        ("screen:127.0.0.1", "names.viewed", OFFICE, at("07:00")),
        ("screen:127.0.0.1", "names.viewed", "city", at("07:00")),
    ]


def test_a_monitor_that_left_gets_no_more_deltas(city: Store, clock: SimClock) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join(OFFICE)
        monitor.join("city")
        monitor.emit("leave", {"scope": OFFICE})
        monitor.emit("resync", {"scope": OFFICE})
        monitor.until(lambda: bool(monitor.errors))
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)
        append(city, punch("1002", "06:59"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 2)
        assert {delta["scope"] for delta in monitor.deltas} == {"city"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (None, "bad_scope"),
        ("city", "bad_scope"),
        ({}, "bad_scope"),
        ({"scope": ["city"]}, "bad_scope"),
        ({"scope": "office:kota"}, "bad_scope"),
        ({"scope": "x" * 2000}, "bad_scope"),
        ({"scope": "office:999"}, "unknown_office"),
    ],
)
def test_a_wrong_message_gets_a_clear_answer_and_the_connection_stays(
    city: Store, clock: SimClock, message: object, code: str
) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        for name in ("join", "leave", "resync") if code == "bad_scope" else ("join",):
            monitor.errors.clear()
            monitor.emit(name, message)
            monitor.until(lambda: bool(monitor.errors))
            assert monitor.errors[0]["code"] == code
            assert monitor.errors[0]["text"]
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)


def test_no_more_monitors_than_allowed_are_let_in(city: Store, clock: SimClock) -> None:
    with serving(city, clock, max_walls=1) as (_, url):
        with wall(url) as monitor:
            monitor.join("city")
            with pytest.raises(Refused), wall(url):
                pass
        wait_until(lambda: _lets_in(url))


def _lets_in(url: str) -> bool:
    try:
        with wall(url):
            return True
    except Refused:
        return False


def test_excuses_and_outages_change_the_board_as_they_are_entered(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join(OFFICE)["unit"]["absent"] == 3
        city.facts.add_excuse(Excuse(PersonId(1), ExcuseCode.DL, MONDAY, MONDAY, "surat 1"))
        monitor.until(lambda: monitor.row(OFFICE, "p:1")["status"] == "excused")
        assert monitor.row(OFFICE, "p:1")["excuse"] == "duty_travel"
        city.facts.add_outage(Outage(TerminalId(1), OutageCause.POWER, at("07:10"), at("07:40"), "surat 2"))
        monitor.until(lambda: monitor.row(OFFICE, "unit")["waiting"] == 2)
        assert monitor.row(OFFICE, "p:2")["reason"]["code"] == "outage_power"


def test_at_midnight_a_new_day_begins_by_itself(city: Store, clock: SimClock, set_clock: SetClock) -> None:
    set_clock("23:59:59")
    append(city, punch("1001", "07:10"))
    city.terminals.save_health(both_read("23:59"))
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join(OFFICE)
        assert monitor.join("city")["day"]["date"] == "2026-11-23"
        assert monitor.row("city", "day")["provisional"] is False
        assert monitor.row(OFFICE, "unit")["absent"] == 2
        set_clock("23:59:59", rate=4)
        monitor.until(lambda: monitor.row("city", "day")["date"] == "2026-11-24")
        monitor.until(lambda: monitor.row(OFFICE, "unit")["not_due"] == 3)
        assert not any(key.startswith("k:") for key in monitor.seen["city"].rows)
        assert monitor.row("city", "day")["provisional"] is True


def test_a_clock_set_back_lets_the_day_be_judged_anew(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("07:40")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join(OFFICE)["unit"]["waiting"] == 3
        set_clock("07:00")
        monitor.until(lambda: monitor.row(OFFICE, "unit")["not_yet"] == 3)


def test_the_beat_tells_city_time_how_far_the_data_goes_and_a_silent_collector(
    city: Store, clock: SimClock
) -> None:
    city.terminals.save_health([health(1, "06:59:30"), health(2, "06:50", online=False, since="06:51")])
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.until(lambda: len(monitor.beats) >= 3)
        assert monitor.beats[-1] == {
            "city": "2026-11-23T07:00:00+07:00",
            "rate": 0.0,
            "as_of": "2026-11-23T06:59:30+07:00",
            "read": 1,
            "terminals": 2,
            "stale": False,
            "reason": None,
        }


def test_a_collector_that_stopped_an_hour_ago_makes_the_wall_stale(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00", rate=1)
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.until(lambda: bool(monitor.beats) and monitor.beats[-1]["reason"] == "collector")
        city.terminals.note_collector_alive(clock.now() + timedelta(seconds=1))
        monitor.until(lambda: not monitor.beats[-1]["stale"])


def test_in_a_storm_of_punches_every_monitor_ends_with_the_same_rows(city: Store, clock: SimClock) -> None:
    """Joining, leaving and resyncing while punches stream in: no delta falls between."""
    rng = Random(SEED)
    presses = [
        punch(
            rng.choice(["1001", "1002", "1003", "9"]),
            at("06:10") + timedelta(seconds=rng.randrange(2400)),
            rng.choice([1, 2]),
        )
        for _ in range(120)
    ]
    with serving(city, clock) as (_, url), ExitStack() as stack:
        monitors = [stack.enter_context(wall(url)) for _ in range(4)]
        with ThreadPoolExecutor(1) as pool:
            storm = pool.submit(append, city, *presses)
            while not storm.done():
                for monitor in monitors:
                    monitor.emit(
                        rng.choice(["join", "resync", "leave"]), {"scope": rng.choice(["city", OFFICE])}
                    )
                time.sleep(0.03)
            storm.result()
        wait_until(lambda: _settled(monitors))
        assert len({str(sorted(monitor.seen["city"].rows.items())) for monitor in monitors}) == 1
        assert len({str(sorted(monitor.seen[OFFICE].rows.items())) for monitor in monitors}) == 1
        assert sum(monitor.resyncs for monitor in monitors) <= len(monitors), "deltas follow each other"


def _settled(monitors: list[Wall]) -> bool:
    for monitor in monitors:
        monitor.emit("join", {"scope": "city"})
        monitor.emit("join", {"scope": OFFICE})
    time.sleep(0.5)
    return len({monitor.seen["city"].version for monitor in monitors if "city" in monitor.seen}) == 1 and all(
        OFFICE in monitor.seen for monitor in monitors
    )
