from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.errors import RosterError
from attendance.nip import check_nip


@pytest.mark.parametrize("text", ["198001012005011001", "19800101 200501 1 001", " 198001012005012999\n"])
def test_a_nip_may_be_printed_with_blanks_between_its_groups(text: str) -> None:
    assert check_nip(text) == "".join(text.split())


def test_the_code_of_a_contract_in_place_of_the_month_is_not_refused() -> None:
    assert check_nip("199012312023211001") == "199012312023211001"
    assert check_nip("200012312018211001") == "200012312018211001"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "digits only"),
        ("19800101200501100A", "digits only"),
        ("١٩٨٠٠١٠١٢٠٠٥٠١١٠٠١", "digits only"),
        ("19800101200501100", "18 digits, this one has 17"),
        ("1.98001E+17", "format the column as text"),
        ("1,98001012005011E+17", "format the column as text"),
        ("198002302005011001", "no such day"),
        ("000001012005011001", "no such day"),
        ("198001012005131001", "month of appointment"),
        ("198001012005001001", "month of appointment"),
        ("198001011997121001", "before the 18th birthday"),
        ("198001012005013001", "sex"),
        ("198001012005011000", "000"),
    ],
)
def test_a_wrong_nip_is_refused_with_the_reason_and_without_the_number(text: str, reason: str) -> None:
    with pytest.raises(RosterError, match=reason) as caught:
        check_nip(text)
    assert not text or text not in str(caught.value)


def test_an_appointment_in_the_month_of_the_eighteenth_birthday_is_possible() -> None:
    assert check_nip("198001311998011001")


digits = st.text("0123456789", min_size=17, max_size=19)


@given(st.one_of(st.text(max_size=24), digits, digits.map(lambda tail: "1980" + tail[4:])))
def test_any_text_is_either_a_nip_or_refused_as_a_roster_error(text: str) -> None:
    with suppress(RosterError):
        assert len(check_nip(text)) == 18
