"""How one wall looks: what it shows one after the other, its theme, when it is dimmed.

An operator sets it for a wall; it lies in the store as JSON and goes to the wall's page as it is. Its shape
there is `Look` in `wallboard/frontend/src/lib/protocol.ts`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

View = Literal["city", "office", "names", "terminals", "day"]
"""What a wall can show: offices, one office's people, lists of names, terminals, the day's recap."""

NameList = Literal["late", "absent", "not_yet"]
Theme = Literal["auto", "dark", "light"]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""City time, "HH:MM"."""

MOST_STOPS = 50


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Hours(_Value):
    """From `begins` until before `ends`; over midnight when `ends` is the earlier. City time."""

    begins: TimeOfDay = Field(validation_alias="from", serialization_alias="from")
    ends: TimeOfDay = Field(validation_alias="to", serialization_alias="to")

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("hours begin and end at the same time")
        return self


class Stop(_Value):
    """One stop of a playlist."""

    view: View
    seconds: int = Field(ge=5, le=3600)
    """How long it is shown."""
    unit: int | None = Field(default=None, ge=1)
    """Of the view "office": the number of which; of others None."""
    state: NameList | None = None
    """Of the view "names": which list; None: one after the other."""
    begins: TimeOfDay | None = Field(default=None, validation_alias="from", serialization_alias="from")
    """City time from which it is shown; None: always."""
    ends: TimeOfDay | None = Field(default=None, validation_alias="to", serialization_alias="to")
    """City time until which it is shown; the next day's when it is the earlier."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if (self.view == "office") != (self.unit is not None):
            raise ValueError('a unit belongs to the view "office", and to no other')
        if self.state is not None and self.view != "names":
            raise ValueError('a state belongs to the view "names" only')
        if (self.begins is None) != (self.ends is None):
            raise ValueError("hours have a beginning and an end")
        if self.begins is not None and self.begins == self.ends:
            raise ValueError("hours begin and end at the same time")
        return self


class Look(_Value):
    """How a wall looks."""

    playlist: tuple[Stop, ...] = Field(default=(), max_length=MOST_STOPS)
    """Shown one after the other; empty: the wall stays at its first view."""
    theme: Theme = "auto"
    dim: Hours | None = None
    """When the screen is dimmed; None: never."""

    def wire(self) -> dict[str, object]:
        """The JSON object that the wall's page gets, and that lies in the store."""
        return self.model_dump(by_alias=True, mode="json")

    def text(self) -> str:
        """As JSON text."""
        return self.model_dump_json(by_alias=True)


def look_from(text: str) -> Look:
    """The look that lies in the store as JSON; the plain one where a newer or broken program wrote it: a wall
    with a wrong playlist is better than no wall.
    """
    try:
        return Look.model_validate_json(text)
    except ValidationError:
        return Look()
