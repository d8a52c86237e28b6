"""Every parser of the project that reads what others wrote: terminals, push clients, sticks, technicians."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from devices.adms.attlog import parse_attlog as parse_pushed
from devices.adms.errors import MalformedRequest
from devices.adms.operlog import parse_operlog
from devices.adms.query import LONGEST_QUERY, parse_query
from devices.adms.results import parse_results
from devices.adms.rtlog import parse_rtlog
from devices.driver import UserRecord
from devices.errors import DeviceError, ProtocolError, UnexpectedReply, Unsupported, UnusableAddress
from devices.usb import StickError
from devices.usb.attlog import parse_attlog
from devices.zk.commands import Command
from devices.zk.events import EVENT_LAYOUTS, MOST_BYTES, decode_events, encode_event
from devices.zk.frames import MAGIC, Packet
from devices.zk.layouts import LAYOUTS
from devices.zk.records import encode_record
from devices.zk.sizes import FreeSizes, decode_sizes, encode_sizes
from devices.zk.users import LONG_USER, SHORT_USER, encode_user
from simulators.control import BadRequest
from simulators.control import parse_request as parse_control
from tests.fuzz import adapters
from tests.fuzz.adapters import PUNCH, SMALL
from tests.fuzz.growth import frames_of, one_damaged_frame, repeated
from tests.fuzz.parser import Parser

USER: Final = UserRecord(7, "1001", "Siti", 0, 0)
_FRAME: Final = Packet(Command.ACK_OK, 7, 1, b"~SerialNumber=AAXX1234\0").to_frame()
_EVENTS: Final = [encode_event(PUNCH, size) for size in EVENT_LAYOUTS]
_ATTLOG: Final = b"     1001\t2026-11-23 07:29:31\t1\t0\t1\t0\r\n"
_GLG: Final = b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tIN/OUT\tDateTime\r\n1\t1\t001001\tSiti\t1\t1\tS\t"
_PUSHED: Final = b"1001\t2026-11-23 07:29:31\t0\t1\t0\t0\t0\n"
_RTLOG: Final = (
    b"time=2026-11-23 07:29:31\tpin=1001\tcardno=0\teventaddr=1\tevent=0\tinoutstatus=0\tverifytype=1\t"
    b"index=21\n"
)


def _answered(*packets: tuple[int, bytes]) -> bytes:
    """The input from which `_packets` makes these: places in `COMMANDS`, and data of up to 255 bytes."""
    return b"".join(bytes([place, 0, 0, 0, len(data)]) + data for place, data in packets)


def _sized(body: bytes) -> bytes:
    return len(body).to_bytes(4, "little") + body


_TALK: Final = [
    _answered((2, bytes([64, 0, 0, 0, 64, 0, 0, 0])), (1, bytes(64)), (0, b"")),
    _answered((1, _sized(encode_record(PUNCH))), (0, b"")),
    _answered((3, encode_event(PUNCH, 32)), (0, b"")),
]
_WHOLE_LOG: Final = [_answered((0, b""), (1, _sized(encode_record(PUNCH))), (0, b""))]
_TAIL: Final = [_answered((0, b""), (1, _sized(SMALL * 5)), (0, b""))]
_STAMPS: Final = (
    b"2026/02/03 07:29:31",
    b"02/03/2026 07:29:31",
    b"13-02-2026 07:29:31 PM",
    b"\r\n",
    b"\t",
    b" ",
)

_ALL: Final = (
    Parser(
        "frames",
        adapters.frames,
        (ProtocolError,),
        [_FRAME, _FRAME * 2],
        [MAGIC],
        grow={"frames": frames_of(8), "long frames": frames_of(40_000)},
    ),
    Parser(
        "frames, noisy line",
        adapters.noisy_frames,
        (),
        [_FRAME, b"\x50\x50" + _FRAME],
        [MAGIC],
        grow={
            "magic": repeated(MAGIC),
            "damaged": one_damaged_frame(16_000),
            "half frames": repeated(MAGIC + (9_000).to_bytes(4, "little")),
        },
    ),
    Parser("packet", Packet.from_bytes, (ProtocolError,), [_FRAME[8:]]),
    Parser("exchange, stream", adapters.stream, (ProtocolError,), _TALK, longest=128),
    Parser("exchange, datagrams", adapters.datagrams, (ProtocolError,), _TALK, longest=128),
    Parser("exchange, serial", adapters.serial, (ProtocolError,), _TALK, longest=128),
    Parser(
        "exchange, raw",
        adapters.raw_stream,
        (ProtocolError,),
        [_FRAME, Packet(Command.DATA, 0, 0, bytes(40)).to_frame()],
        [MAGIC],
        grow={"damaged": one_damaged_frame(900_000), "frames": frames_of(8)},
    ),
    Parser(
        "exchange, stray pieces",
        adapters.raw_datagrams,
        (ProtocolError,),
        [bytes(200)],
        [],
        grow={
            "all different": lambda size: b"".join(number.to_bytes(4, "big") for number in range(size // 4))
        },
    ),
    *(
        Parser(
            f"records {layout.name}",
            adapters.records(layout),
            seeds=[encode_record(PUNCH, layout) * count for count in (1, 3)],
        )
        for layout in LAYOUTS.values()
    ),
    Parser(
        "record layout",
        adapters.record_layout,
        (Unsupported,),
        [b"\x03" + encode_record(PUNCH, layout) * 3 for layout in LAYOUTS.values()],
    ),
    Parser("log, whole", adapters.whole_log, (DeviceError,), _WHOLE_LOG),
    Parser("log, tail", adapters.tail_of_log, (DeviceError,), _TAIL),
    Parser(
        "users",
        adapters.users,
        (Unsupported,),
        [b"\x01" + encode_user(USER, LONG_USER), b"\x02" + encode_user(USER, SHORT_USER) * 2],
        [],
        grow={"users": lambda size: b"\0" + encode_user(USER, LONG_USER) * (size // LONG_USER)},
    ),
    Parser("sizes", decode_sizes, (), [encode_sizes(FreeSizes(users=3), length) for length in (80, 92, 112)]),
    Parser(
        "events",
        decode_events,
        (),
        _EVENTS,
        longest=256,
        most=MOST_BYTES,
        grow={"of one size": repeated(_EVENTS[0])},
    ),
    Parser(
        "options", adapters.options, (UnexpectedReply,), [b"~SerialNumber=AAXX1234\0"], [b"~SerialNumber="]
    ),
    Parser("times", adapters.times, (UnexpectedReply,), [bytes(4)]),
    Parser("push: ATTLOG", parse_pushed, (), [_PUSHED, _PUSHED * 2], [b"\t", b"\n", b"2026-11-23 07:29:31"]),
    Parser("push: rtlog", parse_rtlog, (), [_RTLOG], [b"\t", b"\n", b"=", b"time=", b"pin="]),
    Parser(
        "push: OPERLOG",
        parse_operlog,
        (),
        [
            b"USER PIN=1001\tName=Siti\tPri=0\tPasswd=1\tCard=\tGrp=1\n",
            b"OPLOG 4\t0\t2026-11-23 07:29:31\t0\t0\n",
        ],
        [b"USER PIN=", b"FP PIN=", b"\t", b"\n", b"="],
    ),
    Parser(
        "push: results",
        parse_results,
        (),
        [b"ID=1&Return=0&CMD=DATA\n", b"ID=2&Return=3&CMD=VERIFY\nAttlogCount=3\n"],
        [b"ID=", b"&Return=", b"&CMD=", b"\n"],
    ),
    Parser(
        "push: query",
        parse_query,
        (MalformedRequest,),
        [b"SN=AAXX1234&table=ATTLOG&Stamp=9999"],
        [b"SN=", b"&", b"%", b"%00", b"+", b"table="],
        most=LONGEST_QUERY,
    ),
    Parser(
        "push: request",
        adapters.push_request,
        (MalformedRequest,),
        [
            b"GET /iclock/cdata?SN=AAXX1234&options=all&pushver=2.4.1\n",
            b"POST /iclock/cdata.aspx?SN=AAXX1234&table=ATTLOG&Stamp=1\n" + _PUSHED,
            b"POST /iclock/cdata?SN=AAXX1234&table=OPERLOG\nUSER PIN=1\tName=A\n",
            b"POST /iclock/cdata?SN=AAXX1234&table=rtlog\n" + _RTLOG,
            b"POST /iclock/cdata?SN=AAXX1234&table=options\nFWVersion=1,IPAddress=10.0.0.1\n",
            b"POST /iclock/devicecmd?SN=AAXX1234\nID=1&Return=0&CMD=INFO\n",
            b"GET /iclock/getrequest/?SN=AAXX1234&INFO=Ver 8,3,4,5,10.0.0.1,10,7,12,0,111\n",
            b"POST /iclock/registry?SN=AAXX1234\nDeviceType=att,~DeviceName=X\n",
            b"GET /iclock/rtdata?SN=AAXX1234&type=time\n",
        ],
        [b"SN=", b"table=", b"/iclock/", b".aspx", b"?", b"&", b"\n", b"\t"],
    ),
    Parser(
        "stick: attlog.dat",
        parse_attlog,
        (),
        [_ATTLOG, b"SN=AAXX1234\r\n" + _ATTLOG + b"CHECKSUM=1\r\n"],
        [b"\t", b"\r\n", b"2026-11-23 07:29:31", b"SN=", b"CHECKSUM=", b"\xff\xfe", b"\xef\xbb\xbf"],
        grow={"serial lines": repeated(b"SN \t \t "), "unlike lines": repeated(_ATTLOG)},
    ),
    Parser(
        "stick: GLG/AGL",
        adapters.glg,
        (StickError,),
        [b"\0" + _GLG + stamp for stamp in _STAMPS[:1]] + [b"\1" + _GLG + _STAMPS[1]],
        [*_STAMPS, b"# SN = 1", b"EnNo", b"DateTime", b"\xff\xfe"],
        grow={
            "dates": repeated(b"1/1/1111 "),
            "half dates": repeated(b"1-"),
            "rows": repeated(b"1\t1\t1\t\t02-03-2026 07:29:31 AM\r\n"),
            "comments": repeated(b"# a a "),
        },
    ),
    Parser(
        "stick: file",
        adapters.stick_file,
        (StickError,),
        [
            b"1_attlog.dat\n" + _ATTLOG,
            b"GLG_001.TXT\n" + _GLG + _STAMPS[0],
            b"user.dat\n" + encode_user(USER, LONG_USER),
            b"user.dat\n" + encode_user(USER, SHORT_USER),
        ],
        [b"_attlog.dat\n", b"AGL_1\n", b"user.dat\n", *_STAMPS],
    ),
    Parser(
        "serial address",
        adapters.serial_address,
        (UnusableAddress,),
        [b"/dev/ttyUSB0?baud=9600&rs485=yes", b"socket://10.0.0.8:4001?baud=9600", b"rfc2217://[::1]:1"],
        [b"socket://", b"rfc2217://", b"?baud=", b"&rs485=", b":", b"[", b"]", b"@", b"#", b"%"],
    ),
    Parser(
        "control line",
        parse_control,
        (BadRequest,),
        [b'{"op":"press","who":"1001"}', b'{"op":"clock","offset":1.5}', b'{"op":"status"}'],
        [b'"op":', b'"press"', b"{", b"}", b"[", b"]", b'"', b":", b",", b"1e999", b"\\u0000", b"null"],
        grow={"nested": repeated(b"["), "nested objects": repeated(b'{"a":')},
    ),
)

PARSERS: Final[Mapping[str, Parser]] = MappingProxyType({parser.name: parser for parser in _ALL})
