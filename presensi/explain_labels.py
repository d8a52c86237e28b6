"""The words around an explanation, in both languages. The sentences themselves are the domain's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """One language's."""

    person: str
    day: str
    result: str
    state: str
    rules: str
    final: str
    provisional: str
    not_stored: str
    differs: str
    punches: str
    time: str
    terminal: str
    taken_for: str
    roles: Mapping[str, str]
    """"arrival", "leaving"."""
    correction: str
    history: str
    noted: str
    what: str


LABELS = {
    "id": Labels(
        person="Pegawai",
        day="Tanggal",
        result="Hasil",
        state="Keadaan",
        rules="Aturan",
        final="final",
        provisional="sementara",
        not_stored="belum tersimpan, dihitung sekarang",
        differs="fakta yang ada sekarang memberi hasil lain; hasil baru belum tersimpan",
        punches="Absen",
        time="Waktu",
        terminal="Mesin",
        taken_for="Dipakai sebagai",
        roles={"arrival": "masuk", "leaving": "pulang"},
        correction="koreksi",
        history="Riwayat",
        noted="Dicatat",
        what="Perubahan",
    ),
    "en": Labels(
        person="Person",
        day="Date",
        result="Result",
        state="State",
        rules="Rules",
        final="final",
        provisional="provisional",
        not_stored="not stored yet, judged now",
        differs="the facts say something else now; the new result is not stored yet",
        punches="Punches",
        time="Time",
        terminal="Terminal",
        taken_for="Taken for",
        roles={"arrival": "arrival", "leaving": "leaving"},
        correction="correction",
        history="History",
        noted="Noted",
        what="Change",
    ),
}
