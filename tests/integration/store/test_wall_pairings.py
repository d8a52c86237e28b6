"""Pairing: what a screen, a person at the console, and an attacker in the network can do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from store import Store
from store.wall_pairings import MOST, MOST_OF_ADDRESS, Paired, Pairing
from store.wall_secrets import CODE_SIGNS, credential_of, digest, new_secret
from store.wall_tables import wall_pairings
from store.walls import WallFacts

CITY = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
NOW = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)
LIFE = timedelta(minutes=15)
ROOM = WallFacts("Ruang Wali Kota")
SCREEN = "10.1.1.1"


def begin(
    store: Store, address: str = SCREEN, *, now: datetime = NOW, secret: str | None = None
) -> Pairing | None:
    return store.pairings.begin(address, now=now, life=LIFE, secret=secret)


def begun(store: Store, address: str = SCREEN, *, now: datetime = NOW) -> Pairing:
    made = begin(store, address, now=now)
    assert made is not None
    return made


def confirm(store: Store, code: str, *, now: datetime = NOW) -> bool:
    return store.pairings.confirm(code, ROOM, by="ani", at=CITY, now=now) is not None


def test_a_screen_waits_until_its_code_is_confirmed_and_then_fetches_its_credential(city: Store) -> None:
    screen = begun(city)
    assert screen.expires_at == NOW + LIFE
    assert city.pairings.claim(screen.secret, now=NOW) == screen
    assert [waiting.address for waiting in city.pairings.waiting(NOW)] == [SCREEN]
    confirmed = city.pairings.confirm(screen.code, ROOM, by="ani", at=CITY, now=NOW)
    assert confirmed is not None
    assert confirmed.address == SCREEN
    assert city.pairings.waiting(NOW) == []
    claimed = city.pairings.claim(screen.secret, now=NOW)
    assert claimed == Paired(confirmed.wall_id, "Ruang Wali Kota", credential_of(screen.secret))


def test_a_code_is_six_signs_that_cannot_be_misread(city: Store) -> None:
    codes = {begun(city).code for _ in range(20)}
    assert len(codes) == 20
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) <= set(CODE_SIGNS)
    assert not set(CODE_SIGNS) & set("0O1ILU")


def test_neither_secret_nor_credential_lies_in_the_store(city: Store) -> None:
    screen = begun(city)
    assert confirm(city, screen.code)
    claimed = city.pairings.claim(screen.secret, now=NOW)
    assert isinstance(claimed, Paired)
    with city.database.read() as connection:
        stored = str(connection.execute(select(wall_pairings)).all())
    stored += str(city.walls.records()) + str(city.audit.latest())
    assert digest(screen.secret) in stored
    assert screen.secret not in stored
    assert claimed.credential not in stored


def test_a_screen_that_asks_again_is_given_its_own_pairing_while_that_lasts(city: Store) -> None:
    screen = begun(city)
    later = NOW + timedelta(minutes=14)
    assert begin(city, secret=screen.secret, now=later) == screen
    after = begin(city, secret=screen.secret, now=NOW + LIFE)
    assert after is not None
    assert after.code != screen.code
    assert after.secret != screen.secret


def test_a_secret_of_the_screens_own_making_is_not_taken(city: Store) -> None:
    for made in (new_secret(), "short", "x" * 43, "é" * 43, ""):
        pairing = begin(city, secret=made)
        assert pairing is not None
        assert pairing.secret != made
        assert city.pairings.claim(made, now=NOW) is None


def test_an_expired_code_is_worth_nothing(city: Store) -> None:
    screen = begun(city)
    assert not confirm(city, screen.code, now=NOW + LIFE)
    assert city.pairings.claim(screen.secret, now=NOW + LIFE) is None
    assert city.walls.devices() == []


def test_a_code_is_confirmed_once(city: Store) -> None:
    screen = begun(city)
    assert confirm(city, screen.code)
    assert not confirm(city, screen.code)
    assert len(city.walls.devices()) == 1


def test_a_wrong_code_pairs_nothing_and_is_not_numbered(city: Store) -> None:
    begun(city)
    assert not confirm(city, "222222")
    assert (city.walls.devices(), city.walls.revision(), city.audit.latest()) == ([], 0, [])


def test_a_lost_answer_is_given_again_until_the_wall_was_seen(city: Store) -> None:
    screen = begun(city)
    assert confirm(city, screen.code)
    first = city.pairings.claim(screen.secret, now=NOW)
    assert isinstance(first, Paired)
    revision = city.walls.revision()
    assert city.pairings.claim(screen.secret, now=NOW) == first
    assert city.walls.revision() == revision
    city.walls.seen([first.wall_id], CITY)
    assert city.pairings.claim(screen.secret, now=NOW) is None
    assert city.walls.by_credential(first.credential) is not None


def test_a_screen_confirmed_at_the_last_second_has_time_to_fetch(city: Store) -> None:
    screen = begun(city)
    last = NOW + LIFE - timedelta(seconds=1)
    assert confirm(city, screen.code, now=last)
    assert isinstance(city.pairings.claim(screen.secret, now=last + timedelta(minutes=4)), Paired)
    assert city.pairings.claim(screen.secret, now=last + timedelta(minutes=6)) is None


def test_a_wall_revoked_before_it_fetched_gets_no_credential(city: Store) -> None:
    screen = begun(city)
    confirmed = city.pairings.confirm(screen.code, ROOM, by="ani", at=CITY, now=NOW)
    assert confirmed is not None
    assert city.walls.revoke(confirmed.wall_id, by="ani", why="salah layar", at=CITY)
    assert city.pairings.claim(screen.secret, now=NOW) is None
    assert city.walls.devices()[0].credential is None


def test_one_address_cannot_begin_without_end(city: Store) -> None:
    for _ in range(MOST_OF_ADDRESS):
        begun(city)
    assert begin(city) is None
    assert begin(city, "10.1.1.2") is not None
    assert begin(city, now=NOW + LIFE) is not None


@pytest.fixture
def besieged(city: Store) -> Store:
    """A store whose pairings a few addresses have taken up wholly."""
    for number in range(MOST // MOST_OF_ADDRESS):
        for _ in range(MOST_OF_ADDRESS):
            begun(city, f"10.9.9.{number}")
    return city


def test_many_addresses_together_cannot_begin_without_end_nor_keep_others_out(besieged: Store) -> None:
    honest = begun(besieged, "10.1.1.1")
    assert len(besieged.pairings.waiting(NOW)) == MOST
    assert begin(besieged, "10.9.9.3") is None
    assert confirm(besieged, honest.code)
    assert isinstance(besieged.pairings.claim(honest.secret, now=NOW), Paired)


def test_who_takes_no_more_than_others_is_not_pushed_out(city: Store) -> None:
    first = begun(city, "10.1.0.1")
    for number in range(MOST - 1):
        begun(city, f"10.2.{number // 200}.{number % 200}")
    assert begin(city, "10.1.0.2") is None
    assert city.pairings.claim(first.secret, now=NOW) == first
