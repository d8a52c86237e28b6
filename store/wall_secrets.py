"""The secrets of walls: made here, given to the screen once, kept as their digests only.

    secret      256 random bits; only the screen that began the pairing knows it
    code        6 signs on that screen, which somebody reads and types in the console
    credential  HMAC-SHA256 of the secret, what the paired wall shows from then on

The credential follows from the secret, so that an answer that was lost on its way can be given again, the
same. Nobody can go back from a digest, nor from a credential to the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

CODE_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Nothing that looks like something else from four metres, and no vowel: no code spells a word."""
CODE_LENGTH = 6
"""28 ** 6 is 482 million: a slip of the finger does not hit another screen's code."""

COOKIE = "presensi_wall"
"""Under which name a wall's browser holds its credential."""

_PURPOSE = b"presensi wall credential"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_secret() -> str:
    """256 random bits as 43 characters that a cookie may hold."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether `text` has the form of a secret or of a credential."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What is stored of a secret or a credential: SHA-256 in hex. Plain, because 256 random bits cannot be
    guessed as a password can.
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two digests are equal, told in a time that says nothing about where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def credential_of(secret: str) -> str:
    """The credential of the wall that was paired with this secret: 43 characters as of a secret."""
    made = hmac.digest(secret.encode("ascii"), _PURPOSE, "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def new_code() -> str:
    """A code as it lies in the store, without a dash."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """A code as a screen shows it: "7K3-9QF"."""
    return f"{code[:3]}-{code[3:]}"


def typed(text: str) -> str | None:
    """The code that somebody typed, in whatever case and with whatever dashes; None: it can be none."""
    code = re.sub(r"[\s-]", "", text).upper()
    fits = len(code) == CODE_LENGTH and all(sign in CODE_SIGNS for sign in code)
    return code if fits else None
