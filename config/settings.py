"""What an installation may choose: the whole of `presensi.toml`, read from file and environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from config.clock import Clock, SimClock, SystemClock
from config.reading import defaults, read_environment, read_file, validate
from config.sections import (
    ApiSettings,
    BoardSettings,
    CitySettings,
    ClockSettings,
    CollectorSettings,
    GatewaySettings,
    LogSettings,
    Section,
    StoreSettings,
    WallSettings,
)

__all__ = [
    "ApiSettings",
    "BoardSettings",
    "CitySettings",
    "ClockSettings",
    "CollectorSettings",
    "GatewaySettings",
    "LogSettings",
    "Section",
    "Settings",
    "StoreSettings",
    "WallSettings",
    "load",
    "make_clock",
]


class Settings(Section):
    """Everything an installation may choose."""

    city: CitySettings = Field(default_factory=CitySettings)
    store: StoreSettings = Field(default_factory=StoreSettings)
    collector: CollectorSettings = Field(default_factory=CollectorSettings)
    board: BoardSettings = Field(default_factory=BoardSettings)
    wall: WallSettings = Field(default_factory=WallSettings)
    api: ApiSettings = Field(default_factory=ApiSettings)
    gateway: GatewaySettings = Field(default_factory=GatewaySettings)
    clock: ClockSettings = Field(default_factory=ClockSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @model_validator(mode="after")
    def _names_of_real_people(self) -> Self:
        if self.wall.unpaired == "names" and self.clock.file is None:
            raise ValueError(
                'wall.unpaired = "names" shows names on any screen, for rehearsals with invented people, '
                "which have a clock.file. In a city, pair the screens that may show names: "
                "`presensi wall pair`"
            )
        return self


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the TOML file at `path` (None: the defaults), with the environment's over them.

    `PRESENSI_WALL_PORT=8081` sets `port` of `[wall]`. Relative file names count from the folder of the
    settings file, or from the working directory when the environment gives them. `environment` None takes
    the process's own. Raises `ConfigError`, naming file, line, key, reason and the nearest valid key.
    """
    found = read_environment(Settings, os.environ if environment is None else environment)
    if path is not None:
        below = defaults(Settings, path.absolute().parent)
        found = below.overlaid_by(read_file(path)).overlaid_by(found)
    return validate(Settings, found)


def make_clock(settings: ClockSettings) -> Clock:
    """The clock that the settings choose. Raises `ConfigError` when its file cannot be used."""
    return SimClock(settings.file) if settings.file else SystemClock()
