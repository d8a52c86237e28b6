import pytest

from attendance.ids import TerminalId
from attendance.terminal import LogCursor
from collector.reconcile import Tally, Verdict

CURSOR = LogCursor(TerminalId(1), 2, 100, b"x" * 160, stored=95, duplicates=4, quarantined=1)


@pytest.mark.parametrize(
    ("cursor", "records", "punches", "verdict"),
    [
        (CURSOR, 100, 95, Verdict.EVEN),
        (CURSOR, 100, 300, Verdict.EVEN),
        (CURSOR, 103, 95, Verdict.BEHIND),
        (CURSOR, None, 95, Verdict.BEHIND),
        (CURSOR, 100, 94, Verdict.SHORT),
        (None, 100, 0, Verdict.NEVER_READ),
    ],
)
def test_every_record_of_a_terminal_is_accounted_for_or_it_is_said(
    cursor: LogCursor | None, records: int | None, punches: int, verdict: Verdict
) -> None:
    assert Tally(cursor, records, punches).verdict is verdict
