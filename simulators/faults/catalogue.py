"""Every fault by name: what it is, where it makes sense, and when it strikes unless told otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from simulators.faults import breaks, frames, log, state, wire
from simulators.faults.layer import Layer, Transport, When

_PUSH: Final = frozenset({Transport.PUSH})
_STREAMS: Final = frozenset({Transport.TCP, Transport.SERIAL})
_CALLED: Final = _STREAMS | {Transport.UDP}
_ALL: Final = _CALLED | _PUSH
_ALWAYS: Final = When()
_ONCE: Final = When(times=1)
_MIDWAY: Final = When(after=3, every=5, times=3)
"""In the handshake's end, and again later."""

Make = Callable[[When, random.Random, float | None], Layer]
"""Makes the layer; the float is how long it lasts, in real seconds, where it knows how to end."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault."""

    name: str
    indonesian: str
    english: str
    transports: frozenset[Transport]
    """Where it can happen."""
    when: When
    """When it strikes, unless told otherwise."""
    make: Make
    hold: float | None = None
    """Real seconds that it lasts unless told otherwise; None: until healed, or struck often enough."""
    on_line: bool = True
    """It is a fault of the line; else of the terminal."""


def _plain(kind: Callable[[When, random.Random], Layer]) -> Make:
    return lambda when, rng, _hold: kind(when, rng)


_KINDS: Final = (
    FaultKind(
        "one-byte",
        "Setiap byte datang sendiri-sendiri",
        "Every byte comes by itself",
        _STREAMS,
        _ALWAYS,
        _plain(wire.OneByte),
    ),
    FaultKind(
        "coalesced",
        "Semua bingkai satu jawaban datang sekaligus",
        "All frames of an answer come in one piece",
        _STREAMS,
        _ALWAYS,
        _plain(wire.Coalesced),
    ),
    FaultKind(
        "split",
        "Bingkai terpotong di sembarang tempat",
        "Frames are cut at random places",
        _STREAMS,
        _ALWAYS,
        _plain(wire.Split),
    ),
    FaultKind(
        "delayed",
        "Bingkai datang terlambat, tetap berurutan",
        "Frames come late, still in order",
        _ALL,
        When(every=2),
        _plain(wire.Delayed),
    ),
    FaultKind(
        "lost",
        "Bingkai hilang di jalan",
        "Frames are lost on the way",
        _ALL,
        _MIDWAY,
        _plain(frames.Lost),
    ),
    FaultKind(
        "duplicated",
        "Bingkai datang dua kali",
        "Frames come twice",
        _ALL,
        When(after=2, every=3, times=20),
        _plain(frames.Duplicated),
    ),
    FaultKind(
        "reordered",
        "Bingkai saling mendahului",
        "Frames overtake each other",
        _CALLED,
        When(after=2, every=3, times=5),
        _plain(frames.Reordered),
    ),
    FaultKind(
        "bad-checksum",
        "Bingkai rusak, checksum tidak cocok",
        "Frames are damaged and their checksum shows it",
        _CALLED,
        _MIDWAY,
        _plain(frames.BadChecksum),
    ),
    FaultKind(
        "corrupt-line",
        "Satu baris kiriman bukan catatan yang dapat dibaca",
        "A line of an upload is no punch",
        _PUSH,
        _MIDWAY,
        _plain(frames.CorruptLine),
    ),
    FaultKind(
        "wrong-session-field",
        "Kolom sesi dalam jawaban berisi angka lain",
        "The session field of answers holds another number",
        _CALLED,
        When(every=2),
        _plain(frames.WrongSessionField),
    ),
    FaultKind(
        "silence",
        "Sambungan setengah mati: tetap tersambung, tidak menjawab",
        "The line is half open: it stands, and nothing passes",
        _CALLED,
        When(after=5, times=1),
        _plain(breaks.Silence),
    ),
    FaultKind(
        "reset",
        "Sambungan diputus mesin",
        "The terminal resets the line",
        _CALLED,
        When(after=4, every=7, times=2),
        _plain(breaks.Reset),
    ),
    FaultKind(
        "eof-mid-chunk",
        "Sambungan ditutup di tengah potongan data",
        "The line is closed in the middle of a chunk of data",
        _STREAMS | _PUSH,
        When(times=2),
        _plain(breaks.EofMidChunk),
    ),
    FaultKind(
        "reboot-mid-read",
        "Mesin menyala ulang saat log dibaca",
        "The terminal restarts while its log is read",
        _CALLED,
        _ONCE,
        breaks.RebootMidRead,
    ),
    FaultKind(
        "second-session-refused",
        "Sesi mesin dipakai program lain; sambungan kita ditolak",
        "Another program holds the terminal's session; ours is refused",
        _CALLED,
        _ONCE,
        state.SecondSessionRefused,
        hold=2.0,
        on_line=False,
    ),
    FaultKind(
        "wrong-key",
        "Comm key mesin diganti",
        "The terminal's comm key was changed",
        _CALLED,
        _ONCE,
        state.WrongKey,
        on_line=False,
    ),
    FaultKind(
        "log-cleared",
        "Log mesin dihapus",
        "The terminal's log was cleared",
        _ALL,
        _ONCE,
        log.LogCleared,
        on_line=False,
    ),
    FaultKind(
        "log-wrapped",
        "Log penuh; catatan tertua tertimpa",
        "The log is full and loses its oldest records",
        _CALLED,
        _ONCE,
        log.LogWrapped,
        on_line=False,
    ),
    FaultKind(
        "replaced",
        "Mesin lain menjawab di alamat ini",
        "Another terminal answers at the address",
        _CALLED,
        _ONCE,
        state.Replaced,
        on_line=False,
    ),
    FaultKind(
        "clock-jump",
        "Jam mesin melompat beberapa jam",
        "The terminal's clock jumps by hours",
        _ALL,
        _ONCE,
        state.ClockJump,
        on_line=False,
    ),
    FaultKind(
        "dead-battery",
        "Baterai jam mesin mati: mulai lagi dari tahun 2000",
        "The clock's battery is dead: it starts again in 2000",
        _ALL,
        _ONCE,
        state.DeadBattery,
        on_line=False,
    ),
    FaultKind(
        "impossible-dates",
        "Catatan bertanggal mustahil, misalnya 31 Februari",
        "Records with impossible dates, such as 31 February",
        _CALLED,
        _ONCE,
        log.ImpossibleDates,
        on_line=False,
    ),
    FaultKind(
        "uid-0",
        "Jari pegawai yang sudah dihapus: nomor pengguna 0",
        "A deleted person's finger: user number 0",
        _ALL,
        _ONCE,
        log.UnknownUser,
        on_line=False,
    ),
    FaultKind(
        "odd-pins",
        "PIN berhuruf dan PIN 24 karakter",
        "Alphanumeric PINs and PINs of 24 characters",
        _ALL,
        _ONCE,
        log.OddPins,
        on_line=False,
    ),
    FaultKind(
        "duplicate-punches",
        "Jari yang sama dua kali dalam satu detik",
        "The same finger twice in one second",
        _ALL,
        _ONCE,
        log.DuplicatePunches,
        on_line=False,
    ),
    FaultKind(
        "punches-during-read",
        "Jari ditempel selagi log dibaca",
        "Fingers are pressed while the log is read",
        _CALLED,
        When(times=5),
        _plain(log.PunchesDuringRead),
        on_line=False,
    ),
    FaultKind(
        "flash-crowd",
        "Semua orang menempel begitu jaringan pulih",
        "Everybody presses at once when the line is back",
        _ALL,
        _ONCE,
        log.FlashCrowd,
        hold=1.0,
        on_line=False,
    ),
)

FAULTS: Final[Mapping[str, FaultKind]] = {kind.name: kind for kind in _KINDS}
"""In the order in which a technician meets them: bytes, frames, lines, terminals, logs."""
