"""`presensi` with gevent: whatever waits lets others go on, without a thread for each.

That has to be arranged before anything else is imported. So the process begins anew, as the same process and
with the same arguments, and its first deed is that.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from config.errors import ConfigError


def is_cooperative() -> bool:
    """Whether this process has begun so."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("threading"))


def begin_anew() -> None:
    """Let this very process begin again with gevent; does not return.

    Raises `ConfigError` when gevent is not installed.
    """
    if find_spec("gevent") is None:
        raise ConfigError(
            'gevent is not installed; run pip install "presensi[gevent]", or set [wall] workers = "threads"'
        )
    # Whoever was started as a script finds no module of ours in the folder where it happens to run.
    here = [] if sys.path[:1] == [str(Path.cwd())] else ["-P"]
    os.execv(sys.executable, [sys.executable, *here, "-m", __name__, *sys.argv[1:]])  # noqa: S606


def _main() -> None:
    # It keeps the true threads for itself.
    from gevent import monkey

    import presensi.supervised  # noqa: F401

    monkey.patch_all()

    from presensi.cli import main

    main()


if __name__ == "__main__":
    _main()
