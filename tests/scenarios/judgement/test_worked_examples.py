"""The worked examples of this folder, judged by the real assembler, rule packs, judge and explanation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from attendance.day_result import DayStatus, WaitCode
from attendance.explain import explain
from attendance.facts import PersonDay
from attendance.input_hash import input_hash
from attendance.judgement import judge
from attendance.result_body import from_body, to_body
from tests.support.worked_cases import FRESHNESS, make
from tests.support.worked_city import PERSON, TERMINAL_NAMES, ZONE
from tests.support.worked_comparison import differences
from tests.support.worked_examples import Located, read, read_all

EXAMPLES = read_all()
LEAST = 150
ACCUSING = {DayStatus.ABSENT, DayStatus.LATE, DayStatus.LEFT_EARLY}

UNSIGNED = [
    one for one in EXAMPLES if not any(entry.jenis in ("datang", "pulang") for entry in one.example.koreksi)
]
"""Those in which no correction of BKD vouches for a coming or a leaving."""

each_example = pytest.mark.parametrize("located", EXAMPLES, ids=[one.id for one in EXAMPLES])


@each_example
def test_what_the_officer_wrote_comes_out(located: Located) -> None:
    case = make(located.example)
    result = case.judged()
    said = explain(result, case.book.by_id(result.pack), ZONE, TERMINAL_NAMES.__getitem__)
    assert said.id, "an Indonesian explanation"
    assert said.en, "an English explanation"
    found = differences(located.example, result, said.id)
    if found:
        pytest.fail("\n".join([located.id, *found, f"penjelasan: {said.id}", "", *_contents(located)]))


@each_example
def test_storing_an_example_loses_nothing(located: Located) -> None:
    result = make(located.example).judged()
    body = to_body(result)
    assert from_body(body) == result
    assert to_body(from_body(body)) == body


@each_example
def test_the_order_in_which_facts_came_never_matters(located: Located) -> None:
    case = make(located.example)
    facts = case.person_day()
    turned = facts._replace(
        marks=tuple(reversed(facts.marks)),
        reach=replace(
            facts.reach,
            horizons=tuple(reversed(facts.reach.horizons)),
            outages=tuple(reversed(facts.reach.outages)),
        ),
        claimed=tuple(reversed(facts.claimed)),
    )
    assert judge(turned, case.now, FRESHNESS) == judge(facts, case.now, FRESHNESS)
    assert input_hash(turned, case.now) == input_hash(facts, case.now)


@pytest.mark.parametrize("located", UNSIGNED, ids=[one.id for one in UNSIGNED])
def test_with_every_terminal_unread_nobody_is_accused(located: Located) -> None:
    """What is held against somebody rests on the horizons."""
    case = make(located.example)
    unread = {
        terminal_id: replace(horizon, online=False, read_through=None)
        for terminal_id, horizon in case.horizons.items()
    }
    facts: PersonDay = case.assembler.person_day(PERSON, case.day, case.marks, unread)
    result = judge(facts, case.now, FRESHNESS)
    assert result.status not in ACCUSING
    assert result.late_grade is None
    assert result.early_grade is None
    assert result.forgot is None
    assert not any(spell.status in ACCUSING for spell in result.spells)


def test_there_are_enough_examples_and_no_title_stands_twice() -> None:
    titles = [located.example.judul for located in EXAMPLES]
    assert len(titles) >= LEAST
    assert sorted(set(titles)) == sorted(titles)


def test_every_status_and_every_reason_to_wait_has_an_example() -> None:
    results = [make(located.example).judged() for located in EXAMPLES]
    assert {result.status for result in results} == set(DayStatus)
    assert {result.reason.code for result in results if result.reason is not None} == set(WaitCode)


BAD_SHEETS: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("an unknown key", lambda text: text.replace("absen =", "absn ="), ["Masuk tepat waktu", "absn"]),
    ("an unknown word", lambda text: text.replace('"hadir"', '"hadr"'), ["Masuk tepat waktu", "hadr"]),
    ("no date", lambda text: text.replace("hari =", "# hari ="), ["Masuk tepat waktu", "hari"]),
    ("no TOML", lambda text: text.replace("[contoh.hasil]", "[contoh.hasil"), ["contoh.toml"]),
]
SHEET = """topik = "Contoh"
[[contoh]]
judul = "Masuk tepat waktu"
hari = 2026-11-23
absen = ["07:20", "16:01"]
[contoh.hasil]
status = "hadir"
"""


@pytest.mark.parametrize(
    ("spoil", "named"), [(spoil, named) for _, spoil, named in BAD_SHEETS], ids=[row[0] for row in BAD_SHEETS]
)
def test_a_sheet_with_a_mistake_is_refused_by_file_and_title(
    spoil: Callable[[str], str], named: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "contoh.toml"
    path.write_text(SHEET)
    assert len(read(path)) == 1
    path.write_text(spoil(SHEET))
    with pytest.raises(ValueError, match=r"contoh\.toml") as refused:
        read(path)
    for word in named:
        assert word in str(refused.value)


def _contents(failed: Located) -> list[str]:
    """The table of contents of the file, with a mark at the example that failed."""
    lines = []
    for topic, located in groupby(EXAMPLES, key=lambda one: one.topic):
        if topic == failed.topic:
            lines = [
                f"{'>' if one == failed else ' '} {one.number:2d}. {one.example.judul}" for one in located
            ]
    return [f"{failed.topic}.toml:", *lines]
