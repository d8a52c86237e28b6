"""What the tests of the simulators' control and of its screen share."""

from collections.abc import AsyncIterator

import pytest

from simulators.control import ControlServer
from simulators.site import Site


@pytest.fixture
async def control(site: Site) -> AsyncIterator[ControlServer]:
    """The control of the test module's own `site`, listening."""
    server = ControlServer(site)
    await server.start()
    yield server
    await server.stop()
