"""People, whether on a roster today or not: found by number, by NIP, by name."""

from __future__ import annotations

from sqlalchemy import ColumnElement, RowMapping, func, select

from attendance.ids import Nip, PersonId
from attendance.people import Person
from store.database import Database
from store.schema import people

MOST_FOUND = 50


class PeopleTable:
    """Everybody who was ever registered. Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_id(self, person_id: PersonId) -> Person | None:
        """The person with that number."""
        return next(iter(self._where(people.c.id == person_id)), None)

    def by_nip(self, nip: Nip) -> Person | None:
        """The person with that NIP."""
        return next(iter(self._where(people.c.nip == nip)), None)

    def named(self, text: str) -> list[Person]:
        """People whose name holds `text`, in any letter case, by name; at most `MOST_FOUND`."""
        plain = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._where(func.lower(people.c.name).like(f"%{plain}%", escape="\\"))

    def names(self) -> dict[PersonId, str]:
        """Everybody's name, with titles."""
        with self._database.read() as connection:
            found = (_person(row) for row in connection.execute(select(people)).mappings())
            return {person.id: person.full_name for person in found}

    def numbers(self) -> dict[Nip, PersonId]:
        """Everybody's number by NIP."""
        with self._database.read() as connection:
            rows = connection.execute(select(people.c.nip, people.c.id))
            return {Nip(nip): PersonId(number) for nip, number in rows}

    def _where(self, condition: ColumnElement[bool]) -> list[Person]:
        query = select(people).where(condition).order_by(people.c.name, people.c.id).limit(MOST_FOUND)
        with self._database.read() as connection:
            return [_person(row) for row in connection.execute(query).mappings()]


def _person(row: RowMapping) -> Person:
    return Person(PersonId(row["id"]), Nip(row["nip"]), row["name"], row["title_before"], row["title_after"])
