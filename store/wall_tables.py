"""The tables of the walls: paired devices, pairings under way, the days as they stood at their cut-off."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Table, Text

from store.metadata import Key, metadata
from store.moments import UtcMoment

walls = Table(
    "walls",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Key, ForeignKey("units.id")),
    Column("level", Text, nullable=False),
    Column("look", Text, nullable=False),
    Column("credential", Text, unique=True),
    Column("paired_at", UtcMoment, nullable=False),
    Column("paired_by", Text, nullable=False),
    Column("changed_at", UtcMoment, nullable=False),
    Column("seen_at", UtcMoment),
    Column("revoked_at", UtcMoment),
    Column("revoked_by", Text),
    Column("revoked_why", Text),
    Column("revision", Key, nullable=False, unique=True),
)
"""A monitor that somebody confirmed. `unit_id`: what it may show, with all below; NULL: the city. `level`:
counts or names. `look`: its playlist and theme as JSON. `credential`: SHA-256 of what the device holds, 256
random bits; NULL until the device has fetched it. A revoked wall stays, with who revoked it and why.
`revision`: greater than every other wall's when this one was changed last; so the greatest tells whether
anything changed. Moments are city time."""

wall_pairings = Table(
    "wall_pairings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("begun_at", UtcMoment, nullable=False),
    Column("expires_at", UtcMoment, nullable=False),
    Column("wall_id", Key, ForeignKey("walls.id")),
)
"""A screen that shows a code and waits. `code`: what it shows, without dashes; `secret`: SHA-256 of what only
that screen knows; `wall_id`: the wall as which it was confirmed. Moments are the machine's own time, not city
time: a code lives minutes of somebody's real waiting. Gone once expired, or once the wall was seen with its
credential: an answer that is lost on the way can be asked for again until then."""

day_freezes = Table(
    "day_freezes",
    metadata,
    Column("day", Date, primary_key=True),
    Column("cutoff_at", UtcMoment, nullable=False),
    Column("made_at", UtcMoment, nullable=False),
    Column("body", Text, nullable=False),
)
"""What the wall said of each person at the cut-off of a day: `body` is JSON, person number to status.
`cutoff_at` and `made_at` are city time; `made_at` is later where nobody was there to make it in time. Written
once and never changed: what came later stands beside it as a correction."""
