"""How long tests wait for what must come."""

from __future__ import annotations

PATIENCE = 60.0
"""Real seconds after which a test gives up. It only ends a wait that would never end: on a busy machine
everything takes its time, and a bound that is too tight proves nothing more. How fast something is, only
`make bench` says. A test that tells a wait cut short from a full one makes the full one far longer than this.
"""
