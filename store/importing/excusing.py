"""Planning excuses: those of one kind never overlap, those of different kinds may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attendance.ids import Nip
from store.importing.dating import Dated
from store.importing.entries import ExcuseEntry
from store.importing.facts import ExcuseFact, PersonFact, UnitFact
from store.importing.placing import check_person
from store.importing.problems import Findings


def plan_excuses(
    known: Mapping[Nip, tuple[ExcuseFact, ...]],
    entries: Iterable[ExcuseEntry],
    people: Mapping[Nip, PersonFact],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> Dated[ExcuseFact]:
    """The same kind from the same beginning takes the new end, letter and place; another of the same kind may
    not share a moment with it. Of different kinds on one day the rule pack's order decides.
    """
    after: dict[Nip, list[ExcuseFact]] = {}
    pairs: list[tuple[ExcuseFact | None, ExcuseFact | None]] = []
    told: set[tuple[object, ...]] = set()
    unchanged = 0
    for entry in entries:
        excuse = entry.excuse
        check_person(excuse.nip, people, entry.row, findings)
        mine = after.setdefault(excuse.nip, list(known.get(excuse.nip, ())))
        if excuse.place_code is not None and excuse.place_code not in units:
            findings.problems.append(
                entry.row.problem(
                    "place_code",
                    "is no known unit",
                    "correct the code, or leave it empty outside the city's units",
                )
            )
        if excuse.key in told:
            findings.problems.append(
                entry.row.problem(
                    "first_day", "this excuse stands in another row too", "remove one of the rows"
                )
            )
            continue
        told.add(excuse.key)
        before = next((old for old in mine if old.key == excuse.key), None)
        others = [old for old in mine if old is not before]
        clash = next((old for old in others if old.code is excuse.code and old.overlaps(excuse)), None)
        if clash is not None:
            reason = f"overlaps {clash.code} from {clash.first_day} to {clash.last_day}"
            findings.problems.append(
                entry.row.problem(
                    "first_day",
                    reason,
                    "correct the days of one of them, or withdraw the stored one: presensi excuse withdraw",
                )
            )
        elif before == excuse:
            unchanged += 1
        else:
            pairs.append((before, excuse))
        after[excuse.nip] = [*others, excuse]
    return Dated(pairs, unchanged)
