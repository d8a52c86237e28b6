"""A Socket.IO client that takes messages in the order in which they came, as a browser does."""

from __future__ import annotations

from typing import Any

import engineio
import socketio


class _OneByOne(engineio.Client):  # type: ignore[misc]
    """Engine.IO's own client begins a thread for every message: on a busy machine one overtakes another."""

    def _trigger_event(self, event: str, *arguments: Any, **options: Any) -> Any:
        if options.get("run_async") and event in self.handlers:
            return self.handlers[event](*arguments)
        return super()._trigger_event(event, *arguments, **options)


class OrderedClient(socketio.Client):  # type: ignore[misc]
    """Its handlers run one after the other, in the thread that reads the line."""

    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OneByOne


class OrderedScreen(socketio.SimpleClient):  # type: ignore[misc]
    """The same for who asks for one message after the other."""

    client_class = OrderedClient
