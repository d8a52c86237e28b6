"""The push terminal on a real connection."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from devices.adms import commands
from devices.driver import AttLogRecord, BadRecord
from simulators.adms.dialects import DIALECTS, NEW, NO_HOST, OLD, X100_C, PushDialect
from simulators.adms.terminal import PushTerminal
from simulators.faults import Fault, Faults, When
from simulators.terminal import SimUser, TerminalSim
from tests.unit.simulators.adms.post import Post, listening

NOW = datetime(2026, 11, 23, 7, 30)
FAST = 500.0
UPLOAD_FAULTS = ("lost", "duplicated", "delayed", "eof-mid-chunk", "corrupt-line")
BACKLOG = [
    AttLogRecord(str(1 + n % 90), NOW - timedelta(days=9) + timedelta(seconds=7 * n), 1, 255, "", 0)
    for n in range(300)
]


def terminal(post: Post, dialect: PushDialect = NEW) -> PushTerminal:
    made = PushTerminal(
        TerminalSim("P1"), lambda: NOW, post.url, dialect=dialect, pace=FAST, sync_clock=False
    )
    made.terminal.enrol([SimUser("1001", "Siti")])
    return made


def truth(of: PushTerminal) -> set[tuple[str, datetime]]:
    return {(record.pin, record.device_time) for record in of.unit.log}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
async def test_every_dialect_sends_its_backlog_and_then_each_finger(dialect: PushDialect) -> None:
    async with listening() as post:
        pushing = terminal(post, dialect)
        pushing.fill(BACKLOG)
        await pushing.start()
        await pushing.drained(5)
        pressed = pushing.press("1001", NOW)
        await pushing.drained(5)
        await pushing.stop()
    assert post.punches == truth(pushing)
    assert ("1001", pressed.device_time) in post.punches
    assert len(post.items) == 301
    assert len(pushing.terminal.log) == 301


async def test_an_old_client_speaks_http_1_0_on_a_connection_for_each_request_without_content_type() -> None:
    async with listening() as post:
        pushing = terminal(post, OLD)
        pushing.fill(BACKLOG[:1])
        await pushing.start()
        await pushing.drained(5)
        await pushing.stop()
    upload = next(head for head in post.heads if "ATTLOG" in head)
    assert upload.startswith("POST /iclock/cdata?SN=P1&table=ATTLOG&Stamp=")
    assert " HTTP/1.0\r\n" in upload
    assert "User-Agent: iClock Proxy/1.09\r\n" in upload
    assert "Content-Type" not in upload
    assert post.connections == len(post.heads)


async def test_one_make_sends_no_host_and_another_posts_results_where_punches_go() -> None:
    async with listening() as post:
        bare, x100 = terminal(post, NO_HOST), terminal(post, X100_C)
        post.commands.append(("5", commands.CHECK))
        await x100.start()
        await bare.start()
        bare.press("1001", NOW)
        await bare.drained(5)
        while not post.results:
            await x100.drained(5)
        await bare.stop()
        await x100.stop()
    assert any("Host:" not in head for head in post.heads)
    assert any(head.startswith("POST /iclock/cdata?SN=P1 HTTP") for head in post.heads)
    assert post.results[0].id == "5"


async def test_a_new_client_keeps_its_connection() -> None:
    async with listening() as post:
        pushing = terminal(post)
        pushing.fill(BACKLOG)
        await pushing.start()
        await pushing.drained(5)
        await pushing.stop()
    assert post.connections == 1
    assert len(post.heads) >= 4


@pytest.mark.parametrize("fault", UPLOAD_FAULTS)
@pytest.mark.parametrize("dialect", [OLD, NEW], ids=lambda dialect: dialect.name)
async def test_whatever_happens_to_uploads_everything_arrives(dialect: PushDialect, fault: str) -> None:
    async with listening() as post:
        pushing = terminal(post, dialect)
        pushing.faults = Faults([Fault(fault, When(every=2), hold=60)], seed=7)
        await pushing.start()
        pushing.fill(BACKLOG)
        await pushing.drained(20)
        for second in range(12):
            pushing.press("1001", NOW + timedelta(seconds=second))
            await pushing.drained(20)
        await pushing.stop()
    assert pushing.faults.struck[fault] > 0
    assert post.punches == truth(pushing)
    bad = [item for item in post.items if isinstance(item, BadRecord)]
    assert bool(bad) is (fault == "corrupt-line")
    assert bool(post.broken) is (fault == "eof-mid-chunk")
    resent = len(post.items) - len(bad) > len(pushing.unit.log)
    assert resent is (fault in {"lost", "duplicated"})


async def test_a_bare_ok_makes_a_strict_unit_send_the_same_again_and_again() -> None:
    async with listening() as post:
        pushing = terminal(post)
        post.unusual.extend([(200, b"OK\n")] * 2 + [(202, b"OK: 3\n"), (200, b"")])
        pushing.fill(BACKLOG[:3])
        await pushing.start()
        await pushing.drained(20)
        await pushing.stop()
    assert not post.unusual
    assert post.punches == truth(pushing)


async def test_a_cable_that_was_out_leaves_nothing_behind() -> None:
    async with listening() as post:
        pushing = terminal(post)
        await pushing.start()
        await pushing.drained(5)
        await pushing.cut()
        pushing.press("1001", NOW)
        pushing.press("1001", NOW + timedelta(minutes=1))
        with pytest.raises(TimeoutError):
            await pushing.drained(0.2)
        assert not post.punches
        await pushing.restore()
        await pushing.drained(5)
        await pushing.stop()
    assert post.punches == truth(pushing)


async def test_a_server_that_is_away_is_found_again() -> None:
    async with listening() as post:
        url = post.url
    pushing = terminal(Post(url=url))
    pushing.press("1001", NOW)
    await pushing.start()
    with pytest.raises(TimeoutError):
        await pushing.drained(0.2)
    assert not pushing.online
    assert pushing.answers[0] > 0
    await pushing.stop()


@pytest.mark.parametrize("url", ["https://gateway", "gateway:8081", "http://"])
def test_an_address_that_is_no_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        PushTerminal(TerminalSim("P1"), lambda: NOW, url)
