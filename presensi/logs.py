"""How the processes write their log: one line a message, on standard error."""

from __future__ import annotations

import logging
import os

from config.settings import LogSettings
from presensi.supervised import SUPERVISED


def configure(settings: LogSettings) -> None:
    """Write messages of `settings.level` and above. The journal adds its own time; elsewhere we write it."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells each run of each job
    timed = "JOURNAL_STREAM" not in os.environ or SUPERVISED in os.environ
    layout = "%(levelname)-7s %(name)s: %(message)s"
    logging.basicConfig(level=settings.level, format=f"%(asctime)s {layout}" if timed else layout, force=True)
