"""What a wall does with the day's board: makes rows of it, and sends those that changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from config.clock import Clock
from realtime.board_view import BoardView, Look
from realtime.cutoff import Cutoff
from realtime.day_board import DayBoard, Dirt
from realtime.day_source import DaySource
from realtime.publisher import Outlet, Publisher
from realtime.scope import Kind
from realtime.ticker import Ticker
from realtime.usual import Question, Usual
from store import Store
from store.changes import Change

BEHIND_SECONDS = 1.0
"""How often, in real seconds, is looked which terminals have not been read for too long."""


class WallSink:
    """A `BoardSink` for one board, that of today."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        source: DaySource,
        *,
        freshness: timedelta,
        look: Look,
        outlet: Outlet,
        coalesce: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._freshness = freshness
        self._look = look
        self._publisher = Publisher(outlet, coalesce)
        self._ticker = Ticker()
        self._usual = Usual(store, source)
        self._board: DayBoard | None = None
        self._view: BoardView | None = None
        self._cutoff: Cutoff | None = None
        self._behind_at = 0.0

    def loaded(self, board: DayBoard, now: datetime) -> None:
        """Send the whole of it, as far as it differs from what was sent: first what is said of now, then the
        recap, for which everybody is judged once more.
        """
        cutoff = Cutoff(board, self._clock, self._freshness, self._store.freezes)
        view = BoardView(
            board,
            self._look,
            now=now,
            freshness=self._freshness,
            ticker=self._ticker,
            usual=self._usual.row,
            cutoff=cutoff,
        )
        self._show(board, view)
        self._board, self._view, self._cutoff = board, view, cutoff
        usual = board.assembler.usual_duty(board.day)
        self._usual.ask(Question(board.day, usual, view.places()))
        self._publisher.publish(view, (scope for scope in view.scopes() if scope.kind is not Kind.RECAP))
        cutoff.work(now, most=len(board.rows))
        view.recap.touch(())
        self._publisher.publish_rest(view, (scope for scope in view.scopes() if scope.kind is Kind.RECAP))

    def changed(self, board: DayBoard, dirt: Dirt, now: datetime) -> None:
        """Note what has to be sent."""
        view, cutoff = self._view, self._cutoff
        assert view is not None
        assert cutoff is not None
        self._publisher.collect(self._ticker.add(dirt.arrivals, view.shown_in))
        self._publisher.collect(view.touch(dirt))
        cutoff.touch(dirt.people)

    def elsewhere(self, changes: Sequence[Change], now: datetime) -> None:
        """Other days are not shown."""

    def settle(self, now: datetime) -> None:
        """Send what is due."""
        view, cutoff = self._view, self._cutoff
        if view is None or cutoff is None:
            return
        self._publisher.collect(view.recap.touch(cutoff.work(now)))
        if self._usual.take():
            self._publisher.collect({scope: ["usual"] for scope in view.city_scopes()})
        self._publisher.collect(view.turn(now))
        real = time.monotonic()
        if real >= self._behind_at:
            self._behind_at = real + BEHIND_SECONDS
            self._publisher.collect(view.pass_time(now))
        self._publisher.flush(view)

    def patience(self) -> float:
        """Real seconds until something is due."""
        cutoff = self._cutoff
        return min(self._publisher.patience(), float("inf") if cutoff is None else cutoff.patience())

    def close(self) -> None:
        """Give up what is not done."""
        self._usual.close()

    def _show(self, board: DayBoard, view: BoardView) -> None:
        """Put on the ticker what it does not show yet."""
        arrivals = board.arrivals
        if self._board is None or self._board.day != board.day:
            self._ticker.clear()
        else:
            known = self._board.seen
            arrivals = [arrival for arrival in arrivals if arrival.punch.id not in known]
        self._ticker.open(view.city_scopes())
        self._ticker.add(arrivals, view.shown_in)
