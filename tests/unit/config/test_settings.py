from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.clock import SimClock, SystemClock, write_clock
from config.duration import format_duration, parse_duration
from config.errors import ConfigError
from config.reading import tables_of
from config.sample import sample
from config.settings import ClockSettings, Settings, WallSettings, load, make_clock


def write(folder: Path, text: str) -> Path:
    path = folder / "presensi.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(path: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, environment or {})
    return str(caught.value)


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(None, {})
    assert settings.wall.port == 8080
    assert settings.wall.unpaired == "counts"
    assert settings.collector.count_check == timedelta(seconds=30)
    assert settings.board.freshness == timedelta(minutes=3)
    assert settings.city.zone.key == "Asia/Jakarta"


def test_file_then_environment_win(tmp_path: Path) -> None:
    path = write(tmp_path, '[wall]\nport = 9000\ntitle = "Balai Kota"\n[collector]\nsettle = "250ms"\n')
    settings = load(path, {"PRESENSI_WALL_PORT": "9001", "PRESENSI_CONFIG": "x", "PRESENSI_OTHER_THING": "1"})
    assert (settings.wall.port, settings.wall.title) == (9001, "Balai Kota")
    assert settings.collector.settle == timedelta(milliseconds=250)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        WallSettings().port = 1


def test_a_relative_folder_of_rules_counts_from_the_settings_file_and_a_series_is_a_name(
    tmp_path: Path,
) -> None:
    for written, meant in (("./aturan", tmp_path / "aturan"), ("kota/a.toml", tmp_path / "kota" / "a.toml")):
        path = write(tmp_path, f'[board]\nrules = "{written}"\n')
        assert Path(load(path, {}).board.rules) == meant
    assert load(write(tmp_path, '[board]\nrules = "flexi"\n'), {}).board.rules == "flexi"


def test_relative_files_count_from_the_settings_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[store]\nurl = "sqlite:///data/p.db"\npassword_file = "pw"\n'
        '[collector]\ncomm_keys_file = "/etc/keys.toml"\n',
    )
    settings = load(path, {})
    assert settings.store.url == f"sqlite:///{tmp_path}/data/p.db"
    assert settings.store.password_file == tmp_path / "pw"
    assert settings.collector.comm_keys_file == Path("/etc/keys.toml")
    assert load(write(tmp_path, ""), {}).store.url == f"sqlite:///{tmp_path}/var/presensi.db"


def test_absolute_and_server_addresses_stay(tmp_path: Path) -> None:
    for url in ("sqlite:////srv/p.db", "postgresql://presensi@db.example/presensi", "sqlite:///:memory:"):
        assert load(write(tmp_path, f'[store]\nurl = "{url}"\n'), {}).store.url == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[wall]\n\nprot = 1\n", 'presensi.toml:3: [wall] prot: unknown setting; did you mean "port"?'),
        ("[wal]\n", 'presensi.toml:1: [wal]: unknown table; did you mean "wall"?'),
        ("[city]\nport = 1\n", "presensi.toml:2: [city] port: unknown setting; it belongs below [wall]"),
        ("port = 1\n", 'presensi.toml:1: [port]: unknown table; the setting "port" belongs below [wall]'),
        ("wall = 1\n", "presensi.toml:1: [wall]: this is a table; write [wall]"),
        (
            "wall.port = 70000\n",
            "presensi.toml:1: [wall] port: should be less than or equal to 65535, not 70000",
        ),
        ("[collector]\nsettle = 3\n", "presensi.toml:2: [collector] settle: 3 has no unit"),
        ('[collector]\nsettle = "3 sec"\n', 'presensi.toml:2: [collector] settle: "3 sec" is not a duration'),
        ('[collector]\ncount_check = "0s"\n', "presensi.toml:2: [collector] count_check: should be greater"),
        ('[collector]\nbackoff_most = "1ms"\n', "presensi.toml:1: [collector]: backoff_most is shorter"),
        ('[city]\ntimezone = "Asia/Jakrta"\n', 'did you mean "Asia/Jakarta"?'),
        ('[store]\nurl = "mysql://x"\n', "begins with sqlite:/// or postgresql://"),
        ("[wall\n", "presensi.toml: not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_key_reason_and_remedy(
    tmp_path: Path, text: str, said: str
) -> None:
    message = refusal(write(tmp_path, text))
    assert message.startswith(str(tmp_path))
    assert said in message
    assert "\n" not in message


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, "[wall]\nprot = 1\nport = 0\n"), {"PRESENSI_WALL_TITEL": "x"})
    assert {line.split(": ")[0] for line in message.splitlines()} == {
        "PRESENSI_WALL_TITEL",
        f"{tmp_path}/presensi.toml:2",
        f"{tmp_path}/presensi.toml:3",
    }


def test_a_password_in_a_setting_is_refused_and_not_repeated(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, '[store]\nurl = "postgresql://p:geheim@db/presensi"\n'))
    assert "password_file" in message
    assert "geheim" not in message


def test_a_missing_or_unreadable_file_says_what_to_do(tmp_path: Path) -> None:
    assert "presensi config sample" in refusal(tmp_path / "none.toml")
    assert "cannot be read" in refusal(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[city]\nname = "\xe9"\n')
    assert "cannot be read" in refusal(path)


def test_every_setting_is_documented_in_the_sample() -> None:
    text = sample(Settings)
    for name, table in tables_of(Settings).items():
        assert f"[{name}]" in text
        for key, field in table.model_fields.items():
            assert field.description, f"[{name}] {key} has no description"
            assert re.search(rf"^# .+\n#{key} = ", text, re.MULTILINE), f"[{name}] {key} is not in the sample"


def test_the_sample_holds_the_defaults_and_nothing_else(tmp_path: Path) -> None:
    assert load(write(tmp_path, sample(Settings)), {}) == load(write(tmp_path, ""), {})
    taken = re.sub(r"^#(\w)", r"\1", sample(Settings), flags=re.MULTILINE)
    assert set(tomllib.loads(taken)) == set(tables_of(Settings))
    assert load(write(tmp_path, taken), {}) == load(write(tmp_path, ""), {})


@given(st.integers(0, 10**12).map(lambda ms: timedelta(milliseconds=ms)))
def test_a_duration_reads_back_as_it_was_written(duration: timedelta) -> None:
    assert abs(parse_duration(format_duration(duration)) - duration) < timedelta(milliseconds=1)


@pytest.mark.parametrize("text", ["", "3", "s", "3 s", "3x", "-3s", "3s ", "1e3s", "999999999999d"])
def test_a_text_without_number_and_unit_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


def test_the_clock_is_the_machines_unless_a_clock_file_is_named(tmp_path: Path) -> None:
    assert isinstance(make_clock(ClockSettings()), SystemClock)
    path = tmp_path / "clock.json"
    with pytest.raises(ConfigError, match="presensi simulate clock"):
        make_clock(ClockSettings(file=path))
    write_clock(path, SystemClock().now(), 15.0)
    clock = make_clock(ClockSettings(file=path))
    assert isinstance(clock, SimClock)
    assert clock.rate == 15.0
