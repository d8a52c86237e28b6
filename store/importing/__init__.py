"""Importing the roster from CSV and XLSX files: units, terminals, people, and what says who works when."""

from store.importing.addresses import HOST, UNCALLED, Addressing
from store.importing.facts import FactKind
from store.importing.parse import Locality
from store.importing.plan import Action, Change, Plan
from store.importing.problems import Problem, RosterRejected
from store.importing.roster import Prepared, RosterMoved, perform, prepare
from store.importing.sheets import SheetKind

__all__ = [
    "HOST",
    "UNCALLED",
    "Action",
    "Addressing",
    "Change",
    "FactKind",
    "Locality",
    "Plan",
    "Prepared",
    "Problem",
    "RosterMoved",
    "RosterRejected",
    "SheetKind",
    "perform",
    "prepare",
]
