"""Terminals that push as fast as they are answered, as cheap as can be: prepared requests, raw sockets.

    python -m tests.benchmarks.push_posts PORT TERMINALS BATCH POSTS

Prints "ready", and for each line on its standard input sends POSTS new uploads of BATCH punches from each
terminal, one after the other's answer over a connection kept open; answers with the seconds that took.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from datetime import datetime, timedelta

from devices.adms.attlog import encode_attlog_line
from devices.driver import AttLogRecord
from tests.benchmarks.helper import READY

FIRST = datetime(2026, 1, 5, 6, 30)
PEOPLE = 400


def serial(number: int) -> str:
    """The serial number of terminal `number`."""
    return f"PUSH{number:04d}"


def punch(index: int) -> AttLogRecord:
    """Punch number `index` of a terminal."""
    return AttLogRecord(str(1000 + index % PEOPLE), FIRST + timedelta(seconds=7 * index), 1, 255, "0", 0)


def requests(number: int, first: int, batch: int, posts: int) -> list[bytes]:
    """The uploads of one terminal, from its punch `first` on."""
    made = []
    for post in range(posts):
        start = first + post * batch
        body = b"".join(encode_attlog_line(punch(index)) for index in range(start, start + batch))
        head = (
            f"POST /iclock/cdata?SN={serial(number)}&table=ATTLOG&Stamp=9999 HTTP/1.1\r\n"
            f"Host: gateway\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def send(port: int, uploads: list[bytes], wanted: bytes) -> None:
    """Send all, each after the other's answer, which has to end in `wanted`."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for upload in uploads:
            line.sendall(upload)
            answer = b""
            while not answer.endswith(wanted):
                piece = line.recv(4096)
                if not piece or len(answer) > 2000:
                    raise SystemExit(f"answered {answer + piece!r}")
                answer += piece


def main() -> None:
    """Prepare, and send when told."""
    port, terminals, batch, posts = map(int, sys.argv[1:])
    first = 0
    print(READY, flush=True)
    while sys.stdin.readline():
        uploads = [requests(number, first, batch, posts) for number in range(terminals)]
        first += batch * posts
        wanted = b"\r\n\r\nOK: %d\n" % batch
        threads = [threading.Thread(target=send, args=(port, each, wanted)) for each in uploads]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps(time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
