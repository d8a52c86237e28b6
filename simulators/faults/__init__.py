"""Faults of lines and of terminals: composable, seeded layers that strike, heal, and are counted."""

from simulators.faults.catalogue import FAULTS, FaultKind
from simulators.faults.layer import CannotStrike, Transport, When
from simulators.faults.stack import Fault, Faults
from simulators.faults.wire import Delivery, Mode

__all__ = ["FAULTS", "CannotStrike", "Delivery", "Fault", "FaultKind", "Faults", "Mode", "Transport", "When"]
