from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.adms.attlog import count_lines
from devices.adms.operlog import PushUser, encode_user_line, parse_operlog

BODY = (
    b"OPLOG 4\t1\t2026-11-23 07:00:00\t0\t0\t0\t0\n"
    b"USER PIN=1001\tName=Siti Aminah\tPri=14\tPasswd=8421\tCard=[0000000123]\tGrp=1\tTZ=0000000100000000\n"
    b"FP PIN=1001\tFID=0\tSize=4\tValid=1\tTMP=QUJD\n"
    b"FACE PIN=1001\tFID=50\tSIZE=4\tVALID=1\tTMP=QUJD\n"
)


def test_users_are_read_and_everything_else_only_counted() -> None:
    operations = parse_operlog(BODY)
    assert operations.users == (PushUser("1001", "Siti Aminah", 14, "[0000000123]"),)
    assert (operations.ignored, operations.lines) == (3, 4)


def test_neither_password_nor_template_is_taken_over() -> None:
    kept = repr(parse_operlog(BODY))
    assert "8421" not in kept
    assert "QUJD" not in kept


def test_a_name_in_gb2312_and_one_cut_in_mid_character_fail_nothing() -> None:
    chinese = "USER PIN=7\tName=测试员\tPri=0\n".encode("gb2312")
    cut = "USER PIN=8\tName=Þórður".encode()[:-1] + b"\xff\tPri=0\n"
    first, second = parse_operlog(chinese + cut).users
    assert first.name == "测试员"
    assert second.pin == "8"


def test_an_empty_post_and_a_user_without_a_pin_have_nobody() -> None:
    assert parse_operlog(b"").lines == 0
    assert parse_operlog(b"USER Name=nobody\tPasswd=1\n") == parse_operlog(b"OPLOG 0\n")


def test_what_was_written_is_read() -> None:
    user = PushUser("A-17", "Ni Wayan", 6, "")
    assert parse_operlog(encode_user_line(user)).users == (user,)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_and_every_line_is_accounted_for(body: bytes) -> None:
    operations = parse_operlog(b"USER PIN=" + body)
    assert operations.lines == count_lines(b"USER PIN=" + body)
    for user in operations.users:
        assert user.name.isprintable()
