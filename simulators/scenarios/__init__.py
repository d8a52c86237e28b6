"""Days that really happened, played again with people who do not exist. Each is known by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulators.scenario import Scenario
from simulators.scenarios import mojokerto_2017_01_03

SCENARIOS: Mapping[str, Callable[[int], Scenario]] = {
    "mojokerto_2017_01_03": mojokerto_2017_01_03.build,
}
"""By name: the scenario of a seed."""
