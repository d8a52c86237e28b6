"""Which Presensi this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """As installed: "0.1.0"."""
    try:
        return metadata.version("presensi")
    except metadata.PackageNotFoundError:
        return "not installed, run from its source"
