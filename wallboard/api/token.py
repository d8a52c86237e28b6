"""The token that callers of the API must give, from a file only we may read."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from pathlib import Path

from config.errors import ConfigError

_TOKEN = re.compile(r"[!-~]{32,512}")
_SCHEME = "bearer "


class ApiToken:
    """Read again when the file changed, so that a new token works without a restart."""

    def __init__(self, path: Path) -> None:
        """Raises `ConfigError` when the file is missing, readable by others, or holds no token."""
        self._path = path
        self._stamp = (0, 0, 0)
        self._digest = b""
        self._reload()

    def right(self, authorization: str | None) -> bool:
        """Whether an Authorization header gives the token. Raises `ConfigError`, as the making does, when the
        file changed and cannot be used now.
        """
        self._reload()
        given = authorization or ""
        if given[: len(_SCHEME)].casefold() != _SCHEME:
            return False
        return hmac.compare_digest(_digest(given[len(_SCHEME) :].strip()), self._digest)

    def _reload(self) -> None:
        path = self._path
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if _open(status):
                raise ConfigError(f"{path}: others may read the API's token: chmod 600 {path}")
            if stamp == self._stamp:
                return
            token = (path.read_text("utf-8").splitlines() or [""])[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: the API's token cannot be read ({error})") from error
        if not _TOKEN.fullmatch(token):
            raise ConfigError(
                f"{path}: the first line must be a token of 32 to 512 printable characters without blanks; "
                "`openssl rand -hex 32` makes one"
            )
        self._digest = _digest(token)
        self._stamp = stamp


def _open(status: os.stat_result) -> bool:
    """Whether others than its owner may read the file. Root's files may be given to one group: a credential
    that systemd hands to a service is one.
    """
    group = stat.S_IWGRP if status.st_uid == 0 else stat.S_IRWXG
    return bool(status.st_mode & (group | stat.S_IRWXO))


def _digest(token: str) -> bytes:
    """Of one length whatever is given, so that comparing tells nothing about the token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
