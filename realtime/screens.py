"""The screens that are connected: as what each is known, what it may see, and letting it into rooms.

Each view of names is written into the audit log before it is given. What a screen may see is found out again
whenever a wall was paired, changed or revoked, and whenever the roster is another.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypedDict

from attendance.ids import TerminalId, UnitId
from attendance.roster import RosterIndex
from config.clock import Clock
from realtime.access import Access, Grounds, access_of
from realtime.broadcast import Broadcast
from realtime.hello import HelloRow, hello_row, same_hello
from realtime.levels import Room
from realtime.paired import PairedWalls
from realtime.rooms import LAGS_AT
from realtime.scope import CITY, Kind, Level, Scope
from realtime.wire import Wire
from store import Store, StoreError
from store.walls import WallId

log = logging.getLogger(__name__)

SEEN_SECONDS = 60.0


class ErrorRow(TypedDict):
    """Why a client's message was refused."""

    scope: str | None
    code: str
    """"bad_scope", "forbidden", "unknown_office", "log_unavailable" or "too_many"."""
    text: str


@dataclass(slots=True)
class Screen:
    """One that is connected."""

    address: str
    credential: str | None
    """What it shows to be a paired wall."""
    access: Access | None = None
    """None while it cannot be known: the paired walls were never read yet."""
    told: HelloRow | None = None
    logged: set[Scope] = field(default_factory=set)
    """Scopes whose names it may be given: the view is written down."""
    gate: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is let in somewhere, so that no view is written down twice."""

    @property
    def actor(self) -> str:
        """Who looks, for the audit log."""
        wall = None if self.access is None else self.access.wall
        return f"screen:{self.address}" if wall is None else f"wall:{wall.id}"


class Screens:
    """Thread-safe by the lock of the broadcast into whose rooms it lets screens."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        wire: Wire,
        broadcast: Broadcast,
        *,
        unpaired: Level,
        build: Callable[[], str],
    ) -> None:
        """`unpaired`: what a screen may see that is no paired wall; `build` names the page that is served."""
        self._store = store
        self._clock = clock
        self._wire = wire
        self._broadcast = broadcast
        self._lock = broadcast.lock
        self._rooms = broadcast.rooms
        self._unpaired = unpaired
        self._build = build
        self._paired = PairedWalls(store.walls)
        self._screens: dict[str, Screen] = {}
        self._grounds: Grounds | None = None
        self._known: tuple[int | None, str] = (None, build())
        """By what everybody was identified last: the walls' revision, the page's build."""
        self._came: set[WallId] = set()
        """Which were identified since they were written down last: one may be gone before anybody looks."""
        self._noted: frozenset[WallId] = frozenset()
        self._noted_at = float("-inf")

    def __len__(self) -> int:
        return len(self._screens)

    def add(self, client: str, screen: Screen) -> None:
        """Somebody knocked."""
        with self._lock:
            self._screens[client] = screen

    def discard(self, client: str) -> None:
        """Somebody went."""
        with self._lock:
            self._screens.pop(client, None)
            self._rooms.disconnect(client)

    def discard_gone(self) -> None:
        """Forget whose line was closed while it was being let in: nobody is told of its going."""
        with self._lock:
            gone = [client for client in self._screens if self._wire.is_gone(client)]
        for client in gone:
            self.discard(client)

    def receive(self, client: str) -> None:
        """Tell who knocked, once it can hear, what it is."""
        screen = self._screens.get(client)
        if screen is None:
            return
        if screen.credential is not None and self._paired.by_credential(screen.credential) is None:
            # It may have been paired a moment ago.
            self._ask_for_walls()
        with self._lock:
            if client in self._screens:
                self._rooms.connect(client)
                self._identify(client, screen)

    def join(self, client: str, scope: Scope, *, by_itself: bool) -> None:
        """The screen wants to see the scope; `by_itself`: nobody touched it."""
        with self._lock:
            screen = self._screens.get(client)
            self._rooms.join(client, scope)
            if screen is not None and scope.kind is not Kind.CITY and not by_itself:
                screen.logged.discard(scope)
        self._admit(client, scope, anew=True)

    def asker(self, client: str) -> str:
        """As whom to count what the client asks for: a paired wall is one, however often it connects. Others
        may share an address, so each counts by its connection.
        """
        screen = self._screens.get(client)
        return client if screen is None or _wall_of(screen) is None else screen.actor

    def terminals_of(self, client: str) -> frozenset[TerminalId] | None:
        """The terminals whose readings concern the client; None: all of them."""
        with self._lock:
            screen, grounds = self._screens.get(client), self._grounds
            if screen is None or screen.access is None or grounds is None:
                return None
            return grounds.terminals(screen.access.unit)

    def opened(self, index: RosterIndex, scopes: Collection[Scope]) -> None:
        """These scopes are all there are, of this roster; `admit_all` is due."""
        with self._lock:
            self._grounds = Grounds(index, scopes)
            for client, screen in list(self._screens.items()):
                self._greet(client, screen)

    def look_again(self) -> None:
        """Notice walls that were paired, changed or revoked, and a page that was built anew."""
        self._ask_for_walls()
        known = (self._paired.revision, self._build())
        if known == self._known:
            return
        with self._lock:
            for client, screen in list(self._screens.items()):
                self._identify(client, screen)
        self._known = known
        self.admit_all()

    def note_seen(self, real: float) -> None:
        """Write down which walls are connected: each as it comes, and all of them once a minute; `real` is
        `time.monotonic`. Raises `StoreError`.
        """
        if real - self._noted_at >= SEEN_SECONDS:
            self._noted, self._noted_at = frozenset(), real
        with self._lock:
            here = [_wall_of(screen) for screen in self._screens.values()]
            walls = self._came.union(wall_id for wall_id in here if wall_id is not None) - self._noted
        if walls:
            self._store.walls.seen(walls, self._clock.now())
            self._noted |= walls
        with self._lock:
            self._came -= self._noted

    def admit_all(self) -> None:
        """Let everybody in who waits, and out who may no longer be where it is."""
        with self._lock:
            wanted = [(client, scope) for client in self._screens for scope in self._rooms.scopes_of(client)]
        for client, scope in wanted:
            self._admit(client, scope, anew=False)

    def admit(self, client: str) -> None:
        """Let the screen into whatever it joined and is not in."""
        with self._lock:
            wanted = self._rooms.scopes_of(client)
        for scope in wanted:
            self._admit(client, scope, anew=False)

    def refuse(self, client: str, scope: str | None, code: str, text: str) -> None:
        """Tell the screen why not; nothing to one that does not listen."""
        error: ErrorRow = {"scope": scope, "code": code, "text": text}
        if self._wire.waiting(client) < LAGS_AT:
            self._wire.send(self._wire.encode("error", error), [client])

    # --- under the lock ----------------------------------------------------------------------------------

    def _identify(self, client: str, screen: Screen) -> None:
        """Find out what the screen may see now, and tell it."""
        device = None if screen.credential is None else self._paired.by_credential(screen.credential)
        if screen.credential is not None and self._paired.revision is None:
            return
        access, before = access_of(device, self._unpaired), screen.access
        screen.access = access
        if access.wall is not None:
            self._came.add(access.wall.id)
        if before is not None and (before.level, before.unit) != (access.level, access.unit):
            self._rooms.empty(client)
            screen.logged.clear()
        self._greet(client, screen)
        if access.revoked and not (before is not None and before.revoked):
            for scope in self._rooms.scopes_of(client):
                self._rooms.leave(client, scope)
            self._wire.send(self._wire.encode("revoked", {}), [client])

    def _greet(self, client: str, screen: Screen) -> None:
        """Say what the screen is; nothing when it was told so before."""
        if screen.access is None or client not in self._rooms:
            return
        root = self._root(screen.access.unit)
        if root is None:
            return
        hello = hello_row(screen.access, root, self._build(), time.time())
        if not same_hello(screen.told, hello):
            screen.told = hello
            self._wire.send(self._wire.encode("hello", hello), [client])

    def _root(self, unit: UnitId | None) -> Scope | None:
        if unit is None:
            return CITY
        return None if self._grounds is None else self._grounds.root(unit)

    def _refusal(self, access: Access, scope: Scope, grounds: Grounds) -> tuple[str, str] | None:
        if access.level is Level.NOTHING:
            return "forbidden", "This screen may show nothing: it is not paired."
        if scope.kind is Kind.NAMES and access.level is not Level.NAMES:
            return "forbidden", "This screen may not show names."
        if not grounds.holds(access.unit, scope):
            return "forbidden", "This screen may not show that."
        if scope not in self._broadcast:
            return "unknown_office", "There is no such office."
        return None

    # --- without the lock --------------------------------------------------------------------------------

    def _admit(self, client: str, scope: Scope, *, anew: bool) -> None:
        """Let a screen into a scope that it joined; `anew`: give it a snapshot though it is in already."""
        screen = self._screens.get(client)
        if screen is None:
            return
        with screen.gate:
            while not self._enters(client, screen, scope, anew=anew):
                actor = screen.actor
                if not self._log_view(actor, scope):
                    with self._lock:
                        self._rooms.leave(client, scope)
                    text = "Names cannot be shown: the log is away."
                    self.refuse(client, scope.name, "log_unavailable", text)
                    return
                with self._lock:
                    # Another by now: that one's view is to be written down.
                    if screen.actor == actor:
                        screen.logged.add(scope)

    def _enters(self, client: str, screen: Screen, scope: Scope, *, anew: bool) -> bool:
        """Let the screen in, or tell it why not; False: its view is to be written down before."""
        with self._lock:
            access = screen.access
            if access is None or self._grounds is None or not self._rooms.looks_at(client, scope):
                return True
            refusal = self._refusal(access, scope, self._grounds)
            if refusal is not None:
                self._rooms.leave(client, scope)
                self.refuse(client, scope.name, *refusal)
            elif access.level is Level.NAMES and scope not in screen.logged:
                return False
            elif anew or self._rooms.room_of(client, scope) is None:
                self._broadcast.enter(client, Room(scope, access.level))
            return True

    def _log_view(self, actor: str, scope: Scope) -> bool:
        """Write down who looks at names. What cannot be written down is not shown."""
        try:
            self._store.audit.append(actor, "names.viewed", scope.name, at=self._clock.now())
        except StoreError as error:
            log.warning("names were not shown, the view could not be logged: %s", error)
            return False
        return True

    def _ask_for_walls(self) -> None:
        try:
            self._paired.refresh()
        except StoreError as error:
            log.debug("it is not known whether walls were paired or revoked: %s", error)


def _wall_of(screen: Screen) -> WallId | None:
    access = screen.access
    return None if access is None or access.wall is None else access.wall.id
