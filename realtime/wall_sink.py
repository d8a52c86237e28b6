"""What a wall does with the day's board: makes rows of it, and sends those that changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from realtime.board_view import BoardView, Look, Ticker
from realtime.day_board import DayBoard, Dirt
from realtime.publisher import Outlet, Publisher
from store.changes import Change


class WallSink:
    """A `BoardSink` for one board, that of today."""

    def __init__(self, look: Look, outlet: Outlet, coalesce: timedelta) -> None:
        self._look = look
        self._publisher = Publisher(outlet, coalesce)
        self._ticker = Ticker()
        self._board: DayBoard | None = None
        self._view: BoardView | None = None

    def loaded(self, board: DayBoard, now: datetime) -> None:
        """Send the whole of it, as far as it differs from what was sent."""
        if self._board is not None and self._board.day == board.day:
            known = self._board.seen
            self._ticker.add(arrival for arrival in board.arrivals if arrival.punch.id not in known)
        else:
            self._ticker.clear()
            self._ticker.add(board.arrivals)
        self._board, self._view = board, BoardView(board, self._look)
        self._publisher.publish_all(self._view, self._ticker)

    def changed(self, board: DayBoard, dirt: Dirt, now: datetime) -> None:
        """Note what has to be sent."""
        self._ticker.add(dirt.arrivals)
        self._publisher.collect(board, dirt)

    def elsewhere(self, changes: Sequence[Change], now: datetime) -> None:
        """Other days are not shown."""

    def settle(self, now: datetime) -> None:
        """Send what is due."""
        if self._view is not None:
            self._publisher.flush(self._view, self._ticker)

    def patience(self) -> float:
        """Real seconds until something is due."""
        return self._publisher.patience()
