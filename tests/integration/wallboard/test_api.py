"""The API for shift rosters, asked over HTTP as another program of the city asks it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from attendance.ids import Nip, PersonId
from attendance.shifts import Shift
from config.clock import SystemClock
from config.errors import ConfigError
from config.sections import ApiSettings
from store import Store
from store.changes import Topic
from tests.support.rosters import plant, small_roster
from tests.support.wall_process import WallProcess
from wallboard.api.blueprint import MAX_BODY, create_api
from wallboard.api.roster_rows import MOST_FAULTS, MOST_ROWS
from wallboard.api.token import ApiToken

TOKEN = "only-a-token-of-this-test-" * 2
NIPS = ("198001012005011001", "198001012005011002", "198001012005011003")
PLANTED = date(2020, 1, 1)
Row = dict[str, Any]


def row(nip: str = NIPS[0], day: str = "2026-11-03", **changes: object) -> Row:
    return {"nip": nip, "day": day, "codes": ["P"], "on_call": False, "reference": "Jadwal 1"} | changes


class Client:
    """Another program of the city."""

    def __init__(self, url: str) -> None:
        self.roster = f"{url}/api/v1/shift-roster"
        self.headers = {"Authorization": f"Bearer {TOKEN}"}

    def put(self, rows: object, **headers: str) -> requests.Response:
        return requests.put(self.roster, json=rows, headers=self.headers | headers, timeout=30)

    def get(self, query: str) -> requests.Response:
        return requests.get(f"{self.roster}?{query}", headers=self.headers, timeout=30)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def ward(store: Store) -> Store:
    roster = small_roster()
    people = tuple(replace(person, nip=Nip(nip)) for person, nip in zip(roster.people, NIPS, strict=True))
    plant(store, replace(roster, people=people))
    for code, starts, ends in (("P", time(7), time(14)), ("S", time(14), time(21)), ("M", time(21), time(7))):
        store.shifts.define(Shift(code, code, starts, ends, date(2016, 1, 1)), by="t", at=datetime.now(UTC))
    return store


@contextmanager
def served(store: Store, token: ApiToken, settings: ApiSettings) -> Iterator[Client]:
    app = Flask("api")
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.register_blueprint(create_api(store, SystemClock(), token, settings))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def client(ward: Store, token_file: Path) -> Iterator[Client]:
    with served(ward, ApiToken(token_file), ApiSettings(rate=1000)) as found:
        yield found


def entered(store: Store) -> list[tuple[int, str, tuple[str, ...], bool]]:
    entries = store.shifts.entries_between(date(2000, 1, 1), date(2100, 1, 1))
    return [(entry.person_id, entry.day.isoformat(), entry.codes, entry.on_call) for entry in entries]


def test_a_months_roster_is_entered_told_to_the_board_and_signed_and_comes_back_the_same(
    client: Client, ward: Store
) -> None:
    rows = [
        row(),
        row(NIPS[1], codes=["P", "S"]),
        row(NIPS[2], codes=[], on_call=True),
        row(day="2026-11-04", codes=[]),
    ]
    feed = ward.changes.feed()
    feed.position()
    answer = client.put(rows)
    assert (answer.status_code, answer.json()) == (200, {"rows": 4, "changed": 4})
    [change] = feed.next(5.0)
    feed.close()
    assert (change.topic, change.person_ids) == (Topic.DUTY, (PersonId(1), PersonId(2), PersonId(3)))
    assert entered(ward) == [
        (1, "2026-11-03", ("P",), False),
        (2, "2026-11-03", ("P", "S"), False),
        (3, "2026-11-03", (), True),
        (1, "2026-11-04", (), False),
    ]
    line = ward.audit.latest()[0]
    assert (line.actor, line.action) == ("api 127.0.0.1", "roster.entered")
    back = client.get("month=2026-11&unit=2")
    assert back.status_code == 200
    assert back.headers["Cache-Control"] == "no-store"
    assert back.json()["rows"] == sorted(rows, key=lambda it: (it["day"], it["nip"]))
    assert client.put(back.json()["rows"]).json() == {"rows": 4, "changed": 0}


def test_a_roster_with_faults_is_refused_whole_and_every_fault_is_named_without_a_nip(
    client: Client, ward: Store
) -> None:
    rows = [
        row(),
        row("198001012005011009"),
        row("19800101200501100"),
        row(NIPS[1], day="03-01-2017"),
        row(NIPS[1], day="2017-W01-1"),
        row(NIPS[1], codes="P"),
        row(NIPS[1], codes=["X"]),
        row(NIPS[1], codes=["P", "P"]),
        row(NIPS[1], day="2015-12-31"),
        row(NIPS[1], on_call="ya"),
        row(NIPS[1], reference=" "),
        row(NIPS[1], note="x"),
        row(),
        "P",
    ]
    answer = client.put(rows)
    assert answer.status_code == 422
    assert [(it["row"], it["field"]) for it in answer.json()["faults"]] == [
        (2, "nip"),
        (3, "nip"),
        (4, "day"),
        (5, "day"),
        (6, "codes"),
        (7, "codes"),
        (8, "codes"),
        (9, "codes"),
        (10, "on_call"),
        (11, "reference"),
        (12, "note"),
        (13, "day"),
        (14, ""),
    ]
    assert all(it["reason"] and it["remedy"] for it in answer.json()["faults"])
    assert not any(str(it["nip"]) in answer.text for it in rows if isinstance(it, dict))
    assert entered(ward) == []


def test_what_is_no_list_of_rows_is_refused_with_what_to_send(client: Client) -> None:
    headers = client.headers | {"Content-Type": "application/json"}
    for body in (b"", b"{", b"{}", b"[]", b"[" * 100_000, b"\xff\xfe", b'{"a": 1e999}', b"9" * 10_000):
        answer = requests.put(client.roster, data=body, headers=headers, timeout=30)
        assert answer.status_code == 422
        assert set(answer.json()) == {"error", "remedy"}


@pytest.mark.parametrize("field", ["nip", "day", "codes", "on_call", "reference"])
def test_any_value_in_any_field_is_a_named_fault_or_right(client: Client, field: str) -> None:
    values: list[object] = [None, 1, True, [], {}, "", "x" * 1000, "\0", ["P", 1], 10**400, 1.5]
    for value in values:
        answer = client.put([row() | {field: value}])
        assert answer.status_code in (200, 422), answer.text
        if answer.status_code == 422:
            assert {it.get("field", field) for it in answer.json().get("faults", [{}])} == {field}


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN],
)
def test_nobody_without_the_token_is_let_in(client: Client, ward: Store, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for answer in (
        requests.put(client.roster, json=[row()], headers=headers, timeout=30),
        requests.get(f"{client.roster}?month=2026-11", headers=headers, timeout=30),
        requests.get(client.roster.replace("shift-roster", "else"), headers=headers, timeout=30),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(answer.json()) == {"error", "remedy"}
    assert entered(ward) == []


def test_only_the_networks_that_are_named_may_call(ward: Store, token_file: Path) -> None:
    settings = ApiSettings(rate=1000, networks=("10.9.0.0/16",))
    with served(ward, ApiToken(token_file), settings) as client:
        assert client.put([row()]).status_code == 403
    with served(ward, ApiToken(token_file), ApiSettings(rate=1000, networks=("127.0.0.1",))) as client:
        assert client.put([row()]).status_code == 200


def test_who_calls_too_often_is_told_when_to_come_again_whether_the_token_is_right_or_not(
    ward: Store, token_file: Path
) -> None:
    with served(ward, ApiToken(token_file), ApiSettings(rate=0.01)) as client:
        client.headers = {"Authorization": "Bearer guess"}
        seen = [client.get("month=2026-11") for _ in range(12)]
        assert [answer.status_code for answer in seen] == [401] * 10 + [429] * 2
        assert seen[-1].headers["Retry-After"] == "100"
        client.headers = {"Authorization": f"Bearer {TOKEN}"}
        assert client.put([row()]).status_code == 429


def test_a_body_larger_than_a_roster_is_refused_unread(client: Client) -> None:
    assert client.put([row(reference="x" * 150) for _ in range(MOST_ROWS)]).status_code == 422
    headers = client.headers | {"Content-Type": "application/json"}
    large = requests.put(client.roster, data=b" " * (MAX_BODY + 1), headers=headers, timeout=30)
    assert large.status_code == 413
    assert set(large.json()) == {"error", "remedy"}
    many = client.put([row()] * (MOST_ROWS + 1))
    assert many.status_code == 422
    assert f"{MOST_ROWS}" in many.json()["error"]


def test_a_list_of_nonsense_is_answered_with_no_more_faults_than_somebody_reads(client: Client) -> None:
    answer = client.put([{}] * MOST_ROWS)
    assert answer.status_code == 422
    assert len(answer.json()["faults"]) < MOST_FAULTS + 10


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("month=2017-13", 422),
        ("month=2017-1", 422),
        ("month=9999-12", 422),
        ("month=2026-11&unit=x", 404),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(client: Client, query: str, status: int) -> None:
    answer = client.get(query)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "remedy"}


def test_other_paths_methods_and_kinds_of_body_are_refused_as_json(client: Client) -> None:
    other = client.roster.replace("shift-roster", "corrections")
    assert requests.post(other, headers=client.headers, timeout=30).status_code == 404
    assert requests.delete(client.roster, headers=client.headers, timeout=30).status_code == 405
    plain = requests.put(client.roster, data="[]", headers=client.headers, timeout=30)
    assert plain.status_code == 415
    assert set(plain.json()) == {"error", "remedy"}


def test_a_database_that_is_gone_is_told_so_and_no_value_is_logged(
    client: Client, ward: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with ward.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE shifts RENAME TO shifts_away")
    answer = client.put([row()])
    assert answer.status_code in (500, 503)
    assert set(answer.json()) == {"error", "remedy"}
    assert NIPS[0] not in caplog.text + answer.text


def test_a_new_token_works_without_a_restart_and_an_open_file_lets_nobody_in(
    client: Client, token_file: Path
) -> None:
    token_file.write_text("n" * 32)
    assert client.put([row()]).status_code == 401
    client.headers = {"Authorization": f"Bearer {'n' * 32}"}
    assert client.put([row()]).status_code == 200
    token_file.chmod(0o644)
    assert client.put([row()]).status_code == 503


@pytest.mark.parametrize(
    ("content", "mode", "hint"),
    [
        ("x" * 31, 0o600, "openssl"),
        ("x" * 20 + " " + "x" * 20, 0o600, "openssl"),
        (TOKEN, 0o604, "chmod 600"),
    ],
)
def test_a_token_file_that_cannot_serve_is_refused_at_the_start(
    tmp_path: Path, content: str, mode: int, hint: str
) -> None:
    path = tmp_path / "weak"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=hint):
        ApiToken(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        ApiToken(tmp_path / "none")


def test_the_wall_serves_the_api_only_where_a_token_is_set(
    ward: Store, database_url: str, token_file: Path, tmp_path: Path
) -> None:
    seen = []
    for settings in ("", f'[api]\ntoken_file = "{token_file}"\n'):
        process = WallProcess(tmp_path, database_url, settings=settings)
        process.start()
        try:
            seen.append(Client(process.url).put([row()]).status_code)
        finally:
            process.stop()
    assert seen == [404, 200]
    assert entered(ward) == [(1, "2026-11-03", ("P",), False)]
