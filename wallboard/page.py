"""The one page of the wall, as the build hook of the front end left it."""

from __future__ import annotations

import hashlib
import html
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DIST = Path(__file__).parent / "static" / "dist"
"""Where the build hook of the front end puts the page."""

_BUILT_TITLE = "<title>Presensi</title>"
BUILD_META = "presensi-build"
"""Name of the page's meta element that tells its build."""


class FrontendMissing(Exception):
    """The wall's page has not been built; `pip install` of Presensi builds it."""


@dataclass(frozen=True, slots=True)
class Built:
    """One build of the page."""

    text: str
    build: str
    """The first twelve hexadecimal digits of its SHA-256: another page, another build."""


class Page:
    """The page that is built now. Files that an upgrade replaces are read again, so that the page never asks
    for assets that are gone. Thread-safe.
    """

    def __init__(self, title: str, dist: Path = DIST) -> None:
        """`title` is the page's. Raises `FrontendMissing` when `dist` holds no built page."""
        self.dist = dist
        self._title = title
        self._lock = threading.Lock()
        try:
            self._stamp = self._stamped()
            self._built = self._read()
        except OSError as error:
            raise FrontendMissing(
                f"the wall's page is not built ({dist} is empty); install Presensi with `pip install .`, "
                "or in a checkout run `make setup`"
            ) from error

    def current(self) -> Built:
        """The page as it is on the disk, or was when it last was there."""
        with self._lock, suppress(OSError):
            stamp = self._stamped()
            if stamp != self._stamp:
                self._built, self._stamp = self._read(), stamp
        return self._built

    def build(self) -> str:
        """Which build the page is now."""
        return self.current().build

    @property
    def _file(self) -> Path:
        return self.dist / "index.html"

    def _stamped(self) -> tuple[int, int]:
        status = self._file.stat()
        return status.st_mtime_ns, status.st_size

    def _read(self) -> Built:
        content = self._file.read_bytes()
        build = hashlib.sha256(content).hexdigest()[:12]
        title = html.escape(self._title)
        head = f'<title>{title}</title>\n    <meta name="{BUILD_META}" content="{build}" />'
        return Built(content.decode("utf-8").replace(_BUILT_TITLE, head, 1), build)
