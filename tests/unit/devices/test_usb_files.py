from __future__ import annotations

import pytest

from devices.driver import UserRecord
from devices.usb import FileKind, NotAStickFile, parse
from devices.usb.files import MOST_LINES, read_name
from devices.zk.users import LONG_USER, SHORT_USER, encode_user
from tests.unit.devices.test_usb_attlog import LINE
from tests.unit.devices.test_usb_glg import HEADER, ROW

USERS = [UserRecord(number, str(1000 + number), f"Orang {number}"[:8], 0, 0) for number in range(1, 19)]


@pytest.mark.parametrize(
    ("name", "kind", "device_id", "serial"),
    [
        ("1_attlog.dat", FileKind.ATTLOG, "1", None),
        ("CGKK223862906_attlog.dat", FileKind.ATTLOG, None, "CGKK223862906"),
        ("3392170500123_ATTLOG.DAT", FileKind.ATTLOG, None, "3392170500123"),
        ("attlog.dat", FileKind.ATTLOG, None, None),
        ("1_attlog (2).dat", FileKind.ATTLOG, "1", None),
        ("GLG_001.TXT", FileKind.GLG, None, None),
        ("agl_0001.txt", FileKind.GLG, None, None),
        ("user.dat", FileKind.USERS, None, None),
        ("template.fp10.1", None, None, None),
    ],
)
def test_a_name_is_a_hint_of_kind_and_owner(
    name: str, kind: FileKind | None, device_id: str | None, serial: str | None
) -> None:
    read = read_name(name)
    assert (read.kind, read.device_id, read.serial) == (kind, device_id, serial)


@pytest.mark.parametrize(("data", "kind"), [(LINE, FileKind.ATTLOG), (HEADER + ROW, FileKind.GLG)])
@pytest.mark.parametrize("name", ["renamed.dat", "user.dat", "GLG_001.TXT", "1_attlog.dat"])
def test_what_a_file_holds_counts_more_than_its_name(data: bytes, kind: FileKind, name: str) -> None:
    assert parse(data, name).kind is kind


@pytest.mark.parametrize("size", [LONG_USER, SHORT_USER])
def test_users_of_either_size_are_read_even_where_both_sizes_fit(size: int) -> None:
    users = USERS[:7] if size == LONG_USER else USERS
    data = b"".join(encode_user(user, size) for user in users)
    assert len(data) == 504
    assert parse(data, "user.dat").users == users


def test_a_file_with_no_punch_in_it_is_refused_whatever_its_name() -> None:
    for data, name in (
        (b"\x89PNG\r\n", "1_attlog.dat"),
        (b"hello\n", "GLG_001.TXT"),
        (b"x" * 71, "user.dat"),
    ):
        with pytest.raises(NotAStickFile):
            parse(data, name)


@pytest.mark.parametrize("name", ["1_attlog.dat", "GLG_001.TXT", "user.dat"])
def test_a_file_of_more_lines_than_any_log_has_is_refused_before_they_are_taken_apart(name: str) -> None:
    with pytest.raises(NotAStickFile, match="more lines"):
        parse(LINE + b"ab\n" * (MOST_LINES + 1), name)


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(NotAStickFile):
        parse(b"\0" * 608, "template.dat")


@pytest.mark.parametrize("name", ["1_attlog.dat", "GLG_001.TXT", "user.dat"])
def test_the_empty_file_of_an_empty_terminal_is_a_file(name: str) -> None:
    assert not parse(b"", name).items
