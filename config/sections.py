"""The tables of `presensi.toml`: one model each.

Every field has a default and a description; `presensi config sample` is printed from them. Terminals,
people, schedules and rules are not settings: they live in the store. Secrets are not settings either: a
setting names the file that holds the secret.
"""

from __future__ import annotations

from datetime import time, timedelta
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from config.day_span import DaySpan, SpanOfDay
from config.duration import Duration


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


OptionalFile = Annotated[Path | None, BeforeValidator(_empty_is_none)]
"""A file name; empty means none."""


def _split_at_commas(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise ValueError(
                f'"{value}" is not an address or a network, as in "10.0.0.5" or "10.0.0.0/24"'
            ) from None
    return values


Networks = Annotated[tuple[str, ...], BeforeValidator(_split_at_commas), AfterValidator(_networks)]
"""IP addresses and networks (CIDR); in the environment with commas between."""

_ZERO = timedelta()
_FILE_SCHEMES = ("sqlite",)
_SERVER_SCHEMES = ("postgresql", "postgresql+psycopg")


class Section(BaseModel):
    """One table of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class CitySettings(Section):
    """The city whose attendance this is."""

    name: str = Field(default="Kota Contoh", min_length=1, description="Shown at the top of every wall.")
    timezone: str = Field(
        default="Asia/Jakarta",
        description="Time zone of the city and of its terminals' clocks, by its IANA name.",
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zones = available_timezones()
        if value not in zones:
            near = get_close_matches(value, sorted(zones), 1, 0.5)
            raise ValueError(
                f'"{value}" is not a time zone' + (f'; did you mean "{near[0]}"?' if near else "")
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.timezone)


class StoreSettings(Section):
    """Where punches, people and terminals are kept."""

    url: str = Field(
        default="sqlite:///var/presensi.db",
        description="sqlite:///FILE for one machine, postgresql://USER@HOST/DATABASE for a city. "
        "A relative FILE counts from the folder of this settings file. No password here: see password_file.",
    )
    password_file: OptionalFile = Field(
        default=None,
        description="File whose first line is the PostgreSQL password; readable by Presensi's user only.",
    )

    @field_validator("url")
    @classmethod
    def _usable_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            password = parts.password
        except ValueError as error:
            raise ValueError(f"not a database address ({error})") from None
        if parts.scheme not in _FILE_SCHEMES + _SERVER_SCHEMES:
            raise ValueError("a database address begins with sqlite:/// or postgresql://")
        if password:
            raise ValueError(
                "a password does not belong in a setting; put it into a file and name it in password_file"
            )
        return value


class CollectorSettings(Section):
    """How terminals are read. Durations here are real time, also in the demo."""

    count_check: Duration = Field(
        default=timedelta(seconds=30),
        gt=_ZERO,
        description="How often a terminal is asked for its number of records: the proof of completeness.",
    )
    keepalive: Duration = Field(
        default=timedelta(seconds=30),
        gt=_ZERO,
        description="A live session without any other traffic for this long is asked for its clock.",
    )
    connect_timeout: Duration = Field(
        default=timedelta(seconds=5),
        gt=_ZERO,
        description="How long a terminal may take to accept a connection.",
    )
    reply_timeout: Duration = Field(
        default=timedelta(seconds=5),
        gt=_ZERO,
        description="How long a terminal may take for one small request.",
    )
    bulk_timeout: Duration = Field(
        default=timedelta(seconds=120), gt=_ZERO, description="How long one whole log read may take."
    )
    silence_timeout: Duration = Field(
        default=timedelta(seconds=20),
        gt=_ZERO,
        description="Longest silence in the middle of a read: a terminal may take some seconds to prepare a "
        "long log, not more.",
    )
    bulk_reads: int = Field(
        default=4, ge=1, le=64, description="How many terminals' logs are read at the same time, at most."
    )
    backoff_first: Duration = Field(
        default=timedelta(seconds=1),
        gt=_ZERO,
        description="Pause after a terminal's first failure; it doubles with each.",
    )
    backoff_most: Duration = Field(
        default=timedelta(seconds=60), gt=_ZERO, description="Longest pause between two attempts."
    )
    settle: Duration = Field(
        default=timedelta(seconds=1),
        ge=_ZERO,
        description="After a live punch, the log is read to prove it no later than this.",
    )
    clock_tolerance: Duration = Field(
        default=timedelta(seconds=60),
        gt=_ZERO,
        description="A terminal's clock that differs from city time by more than this is reported.",
    )
    set_clocks: bool = Field(
        default=True,
        description="Whether a terminal's clock that is off is set in the quiet hours; never back over a "
        "recorded punch, and never when most terminals agree that it is this machine's clock that is off.",
    )
    quiet_hours: SpanOfDay = Field(
        default=DaySpan(time(1), time(3)),
        description="When clocks may be set, by the city's clocks.",
    )
    comm_keys_file: OptionalFile = Field(
        default=None,
        description="TOML file of the terminals' comm keys: default = 0, and a table [terminals] "
        'with "SERIAL" = KEY. Readable by Presensi\'s user only.',
    )
    follow: Literal["live", "poll"] = Field(
        default="live",
        description="live: hold a session and receive punches at once. poll: connect, read, hang up. "
        "A terminal's own choice in the roster wins.",
    )

    @model_validator(mode="after")
    def _growing_backoff(self) -> Self:
        if self.backoff_most < self.backoff_first:
            raise ValueError("backoff_most is shorter than backoff_first")
        return self


class BoardSettings(Section):
    """How the day is judged."""

    freshness: Duration = Field(
        default=timedelta(minutes=3),
        gt=_ZERO,
        description="City time a terminal may go unread before its people are shown as waiting for data.",
    )
    rules: str = Field(
        default="standard",
        min_length=1,
        description="The rules: a series that comes with Presensi, a folder of rule packs, or one TOML file. "
        "A relative name with a / counts from the folder of this settings file.",
    )


class WallSettings(Section):
    """The web pages on the monitors."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. 127.0.0.1 is this machine only; 0.0.0.0 is all its networks.",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port to listen on.")
    unpaired: Literal["nothing", "counts", "names"] = Field(
        default="counts",
        description="What a screen may show that was not paired: nothing but its pairing code, counts, or "
        "names too. names is for rehearsals with invented people only: it needs a simulated clock.",
    )
    pairing_minutes: int = Field(
        default=15, ge=1, le=1440, description="How long the pairing code on a screen holds, in minutes."
    )
    coalesce: Duration = Field(
        default=timedelta(milliseconds=100),
        ge=_ZERO,
        description="Changes within this time reach a monitor together.",
    )
    max_walls: int = Field(
        default=400, ge=1, le=5000, description="How many monitors may be connected at once."
    )
    workers: Literal["threads", "gevent"] = Field(
        default="threads",
        description="How monitors are served: by threads, good for some hundreds, or by gevent, for "
        'thousands; that one needs `pip install "presensi[gevent]"`.',
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto "
        "are believed, for the API too. Behind a proxy that is not named here all screens share one address.",
    )
    title: str = Field(default="Presensi", min_length=1, description="Title of the web page.")


class ApiSettings(Section):
    """Where another program of the city, such as the hospital's, enters shift rosters. On the wall's port."""

    token_file: OptionalFile = Field(
        default=None,
        description="File whose first line is the token that callers must give, at least 32 characters, "
        "readable by Presensi's user only. Empty: there is no API.",
    )
    networks: Networks = Field(
        default=(),
        description="Addresses or networks (CIDR) that may call. Empty: any that knows the token. The token "
        "travels readably: beyond this machine, let a proxy with TLS stand before the wall.",
    )
    rate: float = Field(
        default=1.0, gt=0, le=1000, description="Requests a second that one address may make."
    )


class GatewaySettings(Section):
    """Where terminals that push (ADMS) call. Durations here are real time, also in the demo."""

    enabled: bool = Field(
        default=True, description="Whether `presensi up` runs the gateway beside the collector and the wall."
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on: that of the network the terminals are in, and no other.",
    )
    port: int = Field(default=8081, ge=1, le=65535, description="TCP port to listen on.")
    keys_file: OptionalFile = Field(
        default=None,
        description='TOML file of the keys (pushcommkey) that terminals have to give: default = "KEY", and '
        'a table [terminals] with "SERIAL" = "KEY". Readable by Presensi\'s user only. Empty: none is '
        "asked for.",
    )
    trusted_proxies: Networks = Field(
        default=(),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For is believed. A "
        "terminal's network rule is held against the address that they tell.",
    )
    delay: Duration = Field(
        default=timedelta(seconds=10),
        ge=timedelta(seconds=1),
        description="How often terminals ask for commands, and so show that they are there.",
    )
    error_delay: Duration = Field(
        default=timedelta(seconds=30),
        ge=timedelta(seconds=1),
        description="When terminals try again after a failure.",
    )
    proof: Duration = Field(
        default=timedelta(seconds=45),
        gt=_ZERO,
        description="How often a terminal is asked how many punches it holds: the proof of completeness.",
    )
    command_timeout: Duration = Field(
        default=timedelta(minutes=2), gt=_ZERO, description="A command not answered by then is given up."
    )
    request_timeout: Duration = Field(
        default=timedelta(seconds=15),
        gt=_ZERO,
        description="How long one request may take to arrive, and how long it may wait for the database.",
    )
    max_body: int = Field(
        default=2 * 1024 * 1024,
        ge=16 * 1024,
        le=64 * 1024 * 1024,
        description="Largest upload, in bytes; a larger one stays on the terminal.",
    )
    max_batch: int = Field(
        default=1_000,
        ge=1,
        le=5_000,
        description="Punches of one upload that are committed together; a larger one goes in pieces, and is "
        "acknowledged after the last.",
    )
    rate: float = Field(
        default=20.0,
        gt=0,
        description="Requests a second that one terminal may make; those beyond wait on the terminal.",
    )
    queue: int = Field(
        default=200,
        ge=4,
        le=2_000,
        description="Requests in hand at once; those beyond wait on the terminals.",
    )


class ClockSettings(Section):
    """City time. Leave it alone in production."""

    file: OptionalFile = Field(
        default=None,
        description="A clock file, as the demo and rehearsals use it; empty: the machine's own clock.",
    )


class LogSettings(Section):
    """What is written to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least grave message that is written."
    )
