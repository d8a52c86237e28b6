"""What the technician's screen says, in Indonesian and in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulators.site import Line


class Language(StrEnum):
    """Languages of the screen."""

    INDONESIAN = "id"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """Every string of the screen; `{…}` is filled in."""

    language: Language
    title: str
    columns: tuple[str, ...]
    """Serial, name, port, line, sessions (live), log, clock offset, note."""
    lines: dict[Line, str]
    locked: str
    press: str
    clock: str
    cut: str
    restore: str
    silence: str
    clear: str
    fault: str
    heal: str
    help: str
    quit: str
    press_title: str
    press_hint: str
    clock_title: str
    clock_hint: str
    clock_bad: str
    fault_title: str
    fault_hint: str
    clear_title: str
    yes: str
    no: str
    close: str
    pressed: str
    pressed_stranger: str
    clock_moved: str
    line_is: str
    cleared: str
    broken: str
    healed: str
    unreachable: str
    help_text: str


INDONESIAN = Texts(
    language=Language.INDONESIAN,
    title="Mesin simulasi",
    columns=("Nomor seri", "Nama", "Port", "Jaringan", "Sesi (live)", "Log", "Selisih jam", "Ket."),
    lines={Line.UP: "tersambung", Line.CUT: "putus", Line.SILENT: "bisu"},
    locked="terkunci",
    press="Tempel jari",
    clock="Geser jam",
    cut="Putus jaringan",
    restore="Sambung lagi",
    silence="Bisukan",
    clear="Hapus log",
    fault="Gangguan",
    heal="Pulihkan",
    help="Bantuan",
    quit="Keluar",
    press_title="Tempel jari di {name}",
    press_hint="PIN atau NIP; ketik untuk mencari, Enter untuk menempel",
    clock_title="Jam {name}",
    clock_hint="Detik lebih cepat dari jam kota; minus bila lebih lambat",
    clock_bad="Tulis angka detik, misalnya 90 atau -30",
    fault_title="Gangguan untuk {name}",
    fault_hint="Ketik untuk mencari, panah untuk memilih, Enter untuk memulai",
    clear_title="Hapus seluruh log {name} ({records} catatan)? Ini tidak dapat dibatalkan.",
    yes="Ya, hapus",
    no="Batal",
    close="Tutup",
    pressed="{name} ({pin}) menempel pukul {time}; {told} klien diberi tahu",
    pressed_stranger="PIN {pin} (tidak dikenal mesin ini) menempel pukul {time}; {told} klien diberi tahu",
    clock_moved="Selisih jam {name} kini {offset} detik",
    line_is="Jaringan {name}: {line}",
    cleared="Log {name} kosong",
    broken="Gangguan di {name}: {fault}",
    healed="Semua gangguan {name} berakhir",
    unreachable="Tidak ada jawaban: {reason}",
    help_text=(
        "Panah atas/bawah  pilih mesin\n"
        "p  tempel jari: PIN atau NIP, tercatat pada jam mesin\n"
        "m  geser jam mesin terhadap jam kota\n"
        "c  putus jaringan; jari tetap tercatat di log mesin\n"
        "b  bisukan: tersambung, tetapi tidak menjawab\n"
        "r  sambung lagi\n"
        "x  hapus log mesin (dengan konfirmasi)\n"
        "f  mulai sebuah gangguan, pilih dari daftar\n"
        "h  pulihkan: akhiri semua gangguan mesin ini\n"
        "?  bantuan ini\n"
        "q  keluar; mesin simulasi tetap berjalan"
    ),
)

ENGLISH = Texts(
    language=Language.ENGLISH,
    title="Simulated terminals",
    columns=("Serial number", "Name", "Port", "Line", "Sessions (live)", "Log", "Clock offset", "Note"),
    lines={Line.UP: "up", Line.CUT: "cut", Line.SILENT: "silent"},
    locked="locked",
    press="Press finger",
    clock="Move clock",
    cut="Cut line",
    restore="Restore",
    silence="Silence",
    clear="Clear log",
    fault="Fault",
    heal="Heal",
    help="Help",
    quit="Quit",
    press_title="Press a finger at {name}",
    press_hint="PIN or NIP; type to search, Enter to press",
    clock_title="Clock of {name}",
    clock_hint="Seconds ahead of city time; negative when behind",
    clock_bad="Write a number of seconds, such as 90 or -30",
    fault_title="A fault for {name}",
    fault_hint="Type to search, arrows to choose, Enter to begin",
    clear_title="Clear the whole log of {name} ({records} records)? This cannot be undone.",
    yes="Yes, clear",
    no="Cancel",
    close="Close",
    pressed="{name} ({pin}) pressed at {time}; {told} clients told",
    pressed_stranger="PIN {pin} (unknown to this terminal) pressed at {time}; {told} clients told",
    clock_moved="The clock of {name} is now {offset} s ahead",
    line_is="Line of {name}: {line}",
    cleared="The log of {name} is empty",
    broken="Wrong with {name}: {fault}",
    healed="Nothing is wrong with {name} any more",
    unreachable="No answer: {reason}",
    help_text=(
        "Up/down  choose a terminal\n"
        "p  press a finger: PIN or NIP, recorded by the terminal's clock\n"
        "m  move the terminal's clock against city time\n"
        "c  cut the line; fingers still go into the terminal's log\n"
        "b  silence it: connected, but answering nothing\n"
        "r  restore the line\n"
        "x  clear the terminal's log (asks first)\n"
        "f  let something go wrong, chosen from a list\n"
        "h  heal: end all that is wrong with this terminal\n"
        "?  this help\n"
        "q  quit; the simulated terminals run on"
    ),
)

TEXTS: dict[Language, Texts] = {texts.language: texts for texts in (INDONESIAN, ENGLISH)}
