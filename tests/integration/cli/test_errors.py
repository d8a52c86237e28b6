from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from presensi.cli import cli
from presensi.exits import ExitCode
from tests.integration.cli.conftest import Run, started, until
from tests.support.waiting import PATIENCE


def one_sentence(result: Result, code: ExitCode) -> str:
    """The error, which must be one paragraph without a traceback."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    said = re.sub(r"^presensi: ", "", result.output.strip())
    assert "\n" not in said, said
    return said


def test_a_missing_database_says_what_to_run_and_makes_nothing(presensi: Run, tmp_path: Path) -> None:
    for command in (["terminal", "list"], ["up"], ["collect"], ["import", "roster", "units.csv"]):
        assert "run `presensi migrate`" in one_sentence(presensi(*command), ExitCode.STORE)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_says_what_to_run(
    presensi: Run, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", empty_database_url)
    assert "run `presensi migrate`" in one_sentence(presensi("terminal", "list"), ExitCode.STORE)
    assert presensi("migrate").exit_code == 0
    assert presensi("migrate").exit_code == 0
    assert presensi("terminal", "list").exit_code == 0


def test_a_database_from_a_newer_version_is_left_alone(
    presensi: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    for command in (["migrate"], ["terminal", "list"], ["up"], ["wall"]):
        assert "newer version" in one_sentence(presensi(*command), ExitCode.STORE)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_database_server_that_is_not_there_is_named(presensi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv(
            "PRESENSI_STORE_URL", f"postgresql://p@127.0.0.1:{taken.getsockname()[1]}/presensi"
        )
        assert "start the server" in one_sentence(presensi("terminal", "list"), ExitCode.STORE)


def test_an_unknown_setting_is_named_with_its_line(presensi: Run, tmp_path: Path) -> None:
    (tmp_path / "presensi.toml").write_text("[wall]\nprot = 8081\n")
    for command in (
        ["config", "check"],
        ["up"],
        ["terminal", "list"],
        ["collect", "--config", "presensi.toml"],
    ):
        said = one_sentence(presensi(*command), ExitCode.CONFIG)
        assert said == 'presensi.toml:2: [wall] prot: unknown setting; did you mean "port"?'


def test_a_check_looks_at_what_the_settings_name_too(presensi: Run, tmp_path: Path) -> None:
    (tmp_path / "presensi.toml").write_text('[board]\nrules = "standart"\n')
    assert "standard" in one_sentence(presensi("config", "check"), ExitCode.CONFIG)


def test_a_named_settings_file_must_exist(presensi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such settings file" in one_sentence(presensi("--config", "x.toml", "up"), ExitCode.CONFIG)
    assert "no such settings file" in one_sentence(presensi("up", "--config", "x.toml"), ExitCode.CONFIG)
    monkeypatch.setenv("PRESENSI_CONFIG", "y.toml")
    assert "y.toml" in one_sentence(presensi("terminal", "list"), ExitCode.CONFIG)


def test_a_traceback_is_shown_on_request_only(presensi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", "clock.json")
    said = one_sentence(presensi("config", "check"), ExitCode.CONFIG)
    assert "presensi simulate clock" in said
    assert "Traceback" in presensi("--debug", "config", "check").output
    assert "Traceback" in presensi("config", "check", "--debug").output


def test_every_command_explains_itself() -> None:
    def walk(path: list[str]) -> list[list[str]]:
        shown = CliRunner().invoke(cli, [*path, "--help"]).output
        listed = shown.partition("Commands:\n")[2]
        names = re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE)
        return [path, *(step for name in names for step in walk([*path, name]))]

    found = walk([])
    assert ["import", "roster"] in found
    assert ["simulate", "console"] in found
    for path in found:
        result = CliRunner().invoke(cli, [*path, "--help"])
        assert result.exit_code == 0
        assert len(result.output.partition("Options:")[0].split()) > 8, path
        assert "--config" in result.output or not path or "Commands:" in result.output


def test_a_wrong_word_is_a_usage_error(presensi: Run) -> None:
    for command in (["dmeo"], ["up", "--fast"], ["terminal", "probe"], ["demo", "--until", "06:00"]):
        assert presensi(*command).exit_code == ExitCode.USAGE


class TestProbe:
    @pytest.fixture
    def key_file(self, tmp_path: Path) -> Path:
        path = tmp_path / "key"
        path.write_text("1234\n")
        return path

    def test_a_terminal_tells_who_it_is(self, presensi: Run, tmp_path: Path, key_file: Path) -> None:
        arguments = (
            "simulate",
            "terminal",
            "--port",
            "0",
            "--comm-key",
            "1234",
            "--records",
            "50",
            "--dir",
            tmp_path,
        )
        with started(*arguments, "--ahead", "90", log=tmp_path / "log") as process:
            address = self.address(tmp_path / "log")
            shown = presensi("terminal", "probe", address, "--comm-key-file", key_file)
            assert shown.exit_code == 0, shown.output
            for part in ("SIM0000001", "(89|90) s ahead", "50 of"):
                assert re.search(part, shown.output)
            asked = presensi("terminal", "probe", address, "--ask-comm-key", answer="1234\n")
            assert asked.exit_code == 0
            assert "1234" not in asked.output
            told = presensi("terminal", "probe", address, "--comm-key-file", key_file, "--json")
            assert '"serial": "SIM0000001"' in told.output
            assert "comm key" in one_sentence(presensi("terminal", "probe", address), ExitCode.TERMINAL)
            assert process.poll() is None

    @staticmethod
    def address(log: Path) -> str:
        until(lambda: "listens on" in log.read_text(), PATIENCE, log.read_text)
        found = re.search(r"listens on (\S+:\d+)", log.read_text())
        assert found is not None
        return found[1]

    def test_a_comm_key_file_that_holds_none_is_refused(self, presensi: Run, key_file: Path) -> None:
        key_file.write_text("geheim\n")
        said = one_sentence(
            presensi("terminal", "probe", "127.0.0.1:1", "--comm-key-file", key_file), ExitCode.CONFIG
        )
        assert "geheim" not in said
        missing = presensi("terminal", "probe", "127.0.0.1:1", "--comm-key-file", "none")
        assert "cannot be read" in one_sentence(missing, ExitCode.CONFIG)

    def test_nobody_there_says_what_to_check(self, presensi: Run) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            said = one_sentence(
                presensi("terminal", "probe", f"127.0.0.1:{taken.getsockname()[1]}"), ExitCode.TERMINAL
            )
        assert "does not answer" in said
        assert "network cable" in said

    @pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20, b"\0" * 200])
    def test_something_else_than_a_zk_terminal_is_told_apart(self, presensi: Run, greeting: bytes) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve() -> None:
                line, _ = server.accept()
                with line:
                    line.recv(100)
                    line.sendall(greeting)

            thread = threading.Thread(target=serve)
            thread.start()
            said = one_sentence(
                presensi("terminal", "probe", f"127.0.0.1:{server.getsockname()[1]}"), ExitCode.TERMINAL
            )
            thread.join()
        assert "Is this a ZKTeco-style terminal" in said

    def test_an_unknown_driver_names_the_nearest(self, presensi: Run) -> None:
        said = one_sentence(
            presensi("terminal", "probe", "127.0.0.1", "--driver", "zk-tpc"), ExitCode.TERMINAL
        )
        assert "zk-tcp" in said

    def test_an_address_is_host_or_host_and_port(self, presensi: Run) -> None:
        assert presensi("terminal", "probe", "127.0.0.1:x").exit_code == ExitCode.USAGE
