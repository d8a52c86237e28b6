"""What the WebSocket library sends at once must arrive in one piece, whatever the kernel takes at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.waiting import PATIENCE

TWO_AT_ONCE = """
import itertools
import socket
import threading
from wallboard.whole_sends import whole_sends

near, far = socket.socketpair()
near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
given = {}
whole_sends(lambda environ, _: given.update(environ) or [])({"gunicorn.socket": near}, None)
line = given["gunicorn.socket"]
senders = [threading.Thread(target=line.send, args=(letter * 300_000,)) for letter in (b"a", b"b")]
for sender in senders:
    sender.start()
got = b""
while len(got) < 600_000:
    got += far.recv(65536)
print([len(list(run)) for _, run in itertools.groupby(got)])
"""


@pytest.mark.parametrize("first", ["", "from gevent import monkey; monkey.patch_all()"])
def test_two_messages_larger_than_the_buffer_arrive_whole_and_one_after_the_other(first: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", first + TWO_AT_ONCE], capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.stdout.strip(), done.stderr) == ("[300000, 300000]", "")
