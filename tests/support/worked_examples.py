"""Reading `tests/scenarios/judgement/*.toml`: what a BKD officer writes, checked key by key.

Every key that is not known is refused with the file and the example's title. The words that stand for our
enums are Indonesian, since officers read and write the examples; `README.md` beside them explains each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from attendance.calendar import CalendarKind
from attendance.corrections import CorrectionKind
from attendance.day_result import DayStatus, Flag, Forgot, Rule, WaitCode
from attendance.people import EmploymentState, ExcuseCode, OutageCause

FOLDER = Path(__file__).parent.parent / "scenarios" / "judgement"

OTHER_FILES = {"29_sanksi.toml", "30_potongan_tpp.toml"}
"""Read by `tests.support.worked_years`."""

STATUS = {
    "belum jadwal": DayStatus.NOT_DUE,
    "belum hadir": DayStatus.NOT_YET,
    "menunggu data": DayStatus.WAITING,
    "hadir": DayStatus.PRESENT,
    "terlambat": DayStatus.LATE,
    "pulang sebelum waktunya": DayStatus.LEFT_EARLY,
    "dengan keterangan": DayStatus.EXCUSED,
    "tanpa keterangan": DayStatus.ABSENT,
    "libur": DayStatus.OFF,
}
WAIT = {
    "tanpa mesin": WaitCode.NO_TERMINAL,
    "pin tidak dikenal": WaitCode.NO_PIN,
    "jadwal dinas belum ada": WaitCode.NO_ROSTER,
    "gangguan": WaitCode.OUTAGE,
    "mesin luring": WaitCode.DARK,
    "belum pernah terbaca": WaitCode.NEVER_READ,
    "belum terbaca": WaitCode.BEHIND,
    "di luar jam absen": WaitCode.OUTSIDE_WINDOW,
}
FLAG = {
    "tempat lain": Flag.OTHER_SITE,
    "dua tempat": Flag.TWO_SITES,
    "masuk hari libur": Flag.WORKED_OFF,
    "di luar jam absen": Flag.OUTSIDE_WINDOW,
    "absen dibatalkan": Flag.VOIDED,
}
FORGOT = {"masuk": Forgot.IN, "pulang": Forgot.OUT}
CAUSE = {
    "listrik": OutageCause.POWER,
    "jaringan": OutageCause.NETWORK,
    "rusak": OutageCause.BROKEN,
    "catatan hilang": OutageCause.LOG_LOST,
    "jam mesin salah": OutageCause.CLOCK_WRONG,
    "tanpa mesin": OutageCause.NO_TERMINAL,
}
EMPLOYMENT = {
    "aktif": EmploymentState.ACTIVE,
    "pindah": EmploymentState.MOVED,
    "pensiun": EmploymentState.RETIRED,
    "meninggal": EmploymentState.DECEASED,
    "diberhentikan": EmploymentState.DISMISSED,
    "diperbantukan": EmploymentState.SECONDED,
    "tugas belajar": EmploymentState.STUDY,
}
CALENDAR = {
    "libur": CalendarKind.HOLIDAY,
    "cuti bersama": CalendarKind.JOINT_LEAVE,
    "hari kerja": CalendarKind.WORKDAY,
    "ramadan": CalendarKind.RAMADAN,
}
CORRECTION = {
    "datang": CorrectionKind.ARRIVAL,
    "pulang": CorrectionKind.DEPARTURE,
    "hadir": CorrectionKind.PRESENT,
    "coret absen": CorrectionKind.VOID,
    "apel": CorrectionKind.GATHERING,
    "batalkan": CorrectionKind.UNDO,
}
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")


def _one_of(words: Collection[str]) -> AfterValidator:
    def known(word: str) -> str:
        if word not in words:
            raise ValueError(f'"{word}" is not known; known are: {", ".join(words)}')
        return word

    return AfterValidator(known)


StatusWord = Annotated[str, _one_of(STATUS)]
WaitWord = Annotated[str, _one_of(WAIT)]
FlagWord = Annotated[str, _one_of(FLAG)]
ForgotWord = Annotated[str, _one_of(FORGOT)]
CauseWord = Annotated[str, _one_of(CAUSE)]
EmploymentWord = Annotated[str, _one_of(EMPLOYMENT)]
CalendarWord = Annotated[str, _one_of(CALENDAR)]
CorrectionWord = Annotated[str, _one_of(CORRECTION)]
Weekday = Annotated[str, _one_of(WEEKDAYS)]
RuleWord = Annotated[str, _one_of([rule.value for rule in Rule])]
ExcuseWord = Annotated[str, _one_of([code.value for code in ExcuseCode])]


class Sheet(BaseModel):
    """A table of the file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Placed(Sheet):
    """[[contoh.penempatan]]: where the person serves."""

    kantor: str
    dari: date
    sampai: date | None = None


class Known(Sheet):
    """[[contoh.pin]]: which terminal knows the finger under which PIN. Without `mesin`: the whole city."""

    pin: str = "1001"
    mesin: str | None = None
    dari: date = date(2010, 1, 1)
    sampai: date | None = None
    sejak: str | None = None
    """The moment at which the finger was entered; None: since `dari` began."""
    pemilik: Literal["pegawai", "rekan"] = "pegawai"


class Employed(Sheet):
    """[[contoh.kepegawaian]]: what became of the person."""

    status: EmploymentWord
    dari: date
    sampai: date | None = None


class Excused(Sheet):
    """[[contoh.izin]]. `dari` and `sampai`: a date, or a moment such as "2026-11-23 12:00"."""

    kode: ExcuseWord
    dari: str | date | None = None
    sampai: str | date | None = None
    surat: str = "surat"
    tempat: str | None = None
    dimasukkan: str | None = None


class Broken(Sheet):
    """[[contoh.gangguan]]: of a terminal, or of a whole office."""

    mesin: str | None = None
    kantor: str | None = None
    sebab: CauseWord = "listrik"
    dari: str
    sampai: str | None = None


class Corrected(Sheet):
    """[[contoh.koreksi]], in the order in which they were entered; the first is number 1."""

    jenis: CorrectionWord
    jam: str | None = None
    absen: int | None = None
    """Of "coret absen": which entry of `absen`, the first is 1."""
    kode: str = ""
    nomor: int | None = None
    """Of "batalkan": which correction."""
    hari: date | None = None


class Entry(Sheet):
    """[[contoh.dinas]]: a cell of the shift roster."""

    hari: date | None = None
    kode: str = ""
    """"P", "P+S"; empty: free."""
    siaga: bool = False


class Turn(Sheet):
    """[contoh.pola]: a rotation that the person follows, its first cell on `mulai`."""

    siklus: list[str]
    mulai: date
    berlaku: date | None = None


class SetApart(Sheet):
    """[[contoh.kalender]]: days that a decree sets apart."""

    jenis: CalendarWord
    dari: date
    sampai: date | None = None
    nama: str = ""
    kantor: str | None = None


class RollCall(Sheet):
    """[[contoh.aturan.apel]]"""

    kode: str = "apel"
    hari: list[Weekday] = []
    tanggal: list[date] = []
    mulai: str
    buka: str
    tutup: str
    hari_libur: bool = False
    """Also for those who have that date off."""
    unit: list[str] = []
    """For these units and all below them; empty: for all."""


class Overlay(Sheet):
    """[contoh.aturan]: what the local rule has otherwise than the standard pack."""

    paket: str = "standard"
    """The series of rule packs that comes with Presensi."""
    mulai: date | None = None
    """Only from this day on; None: always."""
    fleksi: int | None = None
    toleransi_terlambat: int | None = None
    toleransi_pulang: int | None = None
    lupa_masuk_menit: int | None = None
    """A single punch this many minutes before the end or later is a leaving."""
    minggu_kerja: dict[Weekday, list[str]] | None = None
    """Hours named "khusus", for `jadwal = "khusus"`."""
    apel: list[RollCall] | None = None


class PartResult(Sheet):
    """[[contoh.hasil.bagian]]: one of several shifts of a day. Only what is written is checked."""

    dinas: str | None = None
    status: StatusWord
    kelas: str | None = None
    menit: int | None = None
    kelas_pulang: str | None = None
    menit_pulang: int | None = None
    datang: str | None = None
    pulang: str | None = None


class Expected(Sheet):
    """[contoh.hasil]. What is held against a person must be written: without `kelas`, `kelas_pulang`, `lupa`,
    `keterangan`, `alasan`, `penanda` there must be none.
    """

    status: StatusWord
    aturan: RuleWord | None = None
    kelas: str | None = None
    menit: int | Literal["belum diketahui"] | None = None
    kelas_pulang: str | None = None
    menit_pulang: int | Literal["belum diketahui"] | None = None
    lupa: ForgotWord | None = None
    dibayar: int = 0
    datang: str | None = None
    pulang: str | None = None
    keterangan: ExcuseWord | None = None
    alasan: WaitWord | None = None
    mesin_ditunggu: str | None = None
    sejak: str | None = None
    final: bool | None = None
    """None: final when nothing else is said of the moment at which it is looked at."""
    penanda: list[FlagWord] = []
    masuk: str | None = None
    """When the person was to come."""
    selesai: str | None = None
    dinas: str | None = None
    ramadan: bool | None = None
    hari_libur: str | None = None
    apel: dict[str, bool | Literal["belum diketahui"]] | None = None
    koreksi: int | None = None
    bagian: list[PartResult] | None = None
    kalimat: list[str] = []


class Example(Sheet):
    """[[contoh]]"""

    judul: str = Field(min_length=10)
    hari: date
    kantor: str = "BKD"
    jadwal: Literal["lima hari", "enam hari", "dinas", "khusus"] | None = None
    nip: str | None = None
    absen: list[str] = []
    mesin: str | dict[str, str] = {}
    dilihat: str | None = None
    penempatan: list[Placed] | None = None
    pin: list[Known] | None = None
    kepegawaian: list[Employed] = []
    izin: list[Excused] = []
    gangguan: list[Broken] = []
    koreksi: list[Corrected] = []
    dinas: list[Entry] = []
    pola: Turn | None = None
    kalender: list[SetApart] = []
    aturan: Overlay = Overlay()
    hasil: Expected


@dataclass(frozen=True, slots=True)
class Located:
    """An example and the file that it stands in."""

    topic: str
    """The file's name without its ending."""
    number: int
    example: Example

    @property
    def id(self) -> str:
        """What a failing test is called by."""
        return f"{self.topic}-{self.number:02d}: {self.example.judul}"


class _File(Sheet):
    topik: str
    bawaan: dict[str, Any] = {}
    """What holds for each example that does not say otherwise."""
    contoh: list[dict[str, Any]] = []


def read(path: Path) -> list[Located]:
    """The examples of one file. Raises `ValueError` naming the file, the example's title, the key and why."""
    try:
        tables = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path.name}: {why(error)}") from None
    return [
        Located(path.stem, number, _example(path, {**tables.bawaan, **table}))
        for number, table in enumerate(tables.contoh, 1)
    ]


def read_all(folder: Path = FOLDER) -> list[Located]:
    """The days of all files, in the files' order; a year's and a month's stand in files of their own."""
    files = [path for path in sorted(folder.glob("*.toml")) if path.name not in OTHER_FILES]
    return [example for path in files for example in read(path)]


def _example(path: Path, table: Mapping[str, Any]) -> Example:
    try:
        return Example.model_validate(table)
    except ValidationError as error:
        raise ValueError(f'{path.name}: "{table.get("judul", "tanpa judul")}": {why(error)}') from None


def why(error: ValidationError | tomllib.TOMLDecodeError) -> str:
    """The keys that are wrong, and why."""
    if isinstance(error, tomllib.TOMLDecodeError):
        return str(error)
    return "; ".join(
        f"{'.'.join(str(step) for step in detail['loc'])}: {detail['msg']}" for detail in error.errors()
    )
