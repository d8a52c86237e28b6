"""What can keep a host from being reached, as our own errors: the same over TCP and UDP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.errors import Unreachable, UnusableAddress


@asynccontextmanager
async def reaching(address: str, port: int, timeout: float, late: str) -> AsyncIterator[None]:
    """Bound the attempt to `timeout` real seconds; `late` says what did not happen within them.

    Raises `Unreachable`, or `UnusableAddress` for what is no host name or port.
    """
    try:
        async with asyncio.timeout(timeout):
            yield
    except TimeoutError as error:
        raise Unreachable(f"{address}:{port}, {late} within {timeout:g} s") from error
    except OSError as error:
        raise Unreachable(f"{address}:{port}, {error.strerror or error}") from error
    except (ValueError, OverflowError) as error:
        raise UnusableAddress(f"{address}:{port}, {error}") from error
