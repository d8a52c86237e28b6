from __future__ import annotations

import re
import shutil
from datetime import date, time
from importlib import resources
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.rules import known_series, load_deductions, load_series

SERIES = resources.files("config") / "rules"
NEWEST = "2023-04-13.toml"
STANDARD = (SERIES / "standard" / NEWEST).read_text("utf-8")
FLEXI = (SERIES / "flexi" / NEWEST).read_text("utf-8")


def written(folder: Path, text: str, name: str = "own.toml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def changed(text: str, right: str, wrong: str) -> str:
    assert right in text
    return text.replace(right, wrong, 1)


def test_the_standard_series_follows_its_regulations_from_the_day_each_came_into_force() -> None:
    assert [(pack.pack.valid_from, pack.sanctions.name) for pack in load_series("standard")] == [
        (date(2010, 6, 6), "PP 53/2010"),
        (date(2021, 8, 31), "PP 94/2021"),
        (date(2023, 4, 13), "PP 94/2021"),
    ]


def test_the_standard_week_starts_at_half_past_seven_and_rests_at_the_weekend() -> None:
    for pack in load_series("standard"):
        days = pack.hours["five_day"].days
        assert days[:4] == ((time(7, 30), time(16)),) * 4
        assert days[4:] == ((time(7, 30), time(16, 30)), None, None)
        assert (pack.window.opens, pack.window.closes) == (time(6), time(23))


def test_six_days_end_at_eleven_on_friday_and_at_one_on_saturday() -> None:
    days = load_series("standard")[-1].hours["six_day"].days
    assert days[:4] == ((time(7, 30), time(14, 30)),) * 4
    assert days[4:] == ((time(7, 30), time(11)), (time(7, 30), time(13)), None)


def test_in_ramadan_work_begins_at_eight_and_lasts_32_and_a_half_hours_with_breaks() -> None:
    five, six = (load_series("standard")[-1].hours[name].ramadan for name in ("five_day", "six_day"))
    assert five is not None
    assert five.days == ((time(8), time(15)),) * 4 + ((time(8), time(15, 30)), None, None)
    assert six is not None
    assert six.days == ((time(8), time(14)),) * 4 + ((time(8), time(14, 30)), (time(8), time(14)), None)


def test_minutes_add_up_to_days_under_pp_53_only() -> None:
    assert [pack.sanctions.minutes_per_day for pack in load_series("standard")] == [450, None, None]
    assert [pack.sanctions.running for pack in load_series("standard")] == [None, 10, 10]


def test_every_series_and_table_that_comes_along_can_be_used() -> None:
    assert known_series() == ["flexi", "standard"]
    (flexi,) = load_series("flexi")
    assert (flexi.flexi.minutes, [one.code for one in flexi.gatherings]) == (30, ["APEL"])
    for name in ("common", "permentan-68-2012", "regional"):
        load_deductions(name)


def test_no_deduction_table_is_chosen_for_anybody() -> None:
    assert [pack.deductions for pack in load_series("standard")] == [None] * 3


def test_an_unknown_series_names_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r'\[board\] rules: .*"standart".*; did you mean "standard"'):
        load_series("standart")


def test_a_missing_pack_file_is_named_and_so_is_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no rule pack file .*own\.toml"):
        load_series(str(tmp_path / "own.toml"))
    with pytest.raises(ConfigError, match=r"there is no \.toml file in the folder"):
        load_series(str(tmp_path))


def test_one_file_is_a_series_and_so_is_a_folder_whatever_its_files_are_called(tmp_path: Path) -> None:
    folder = tmp_path / "kota"
    path = written(folder, STANDARD, "a.toml")
    written(folder, changed(STANDARD, "2023-04-13 ", "2020-01-01 "), "b.toml")
    assert [pack.pack.valid_from.year for pack in load_series(str(path))] == [2023]
    assert [pack.pack.valid_from.year for pack in load_series(str(folder))] == [2020, 2023]


def test_two_packs_that_begin_on_the_same_day_are_refused_naming_both(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        written(tmp_path, STANDARD, name)
    with pytest.raises(ConfigError, match=r"two\.toml: \[pack\] valid_from: 2023-04-13 .* one\.toml"):
        load_series(str(tmp_path))


def test_a_pack_is_named_by_its_figures_not_by_its_words(tmp_path: Path) -> None:
    (shipped,) = load_series(str(written(tmp_path, STANDARD)))
    assert re.fullmatch(r"standard 2023-04-13 #[0-9a-f]{8}", shipped.id)
    worded = changed(STANDARD, 'title = "Standar 2023"', 'title = "Perwali 1/2023"')
    worded = changed(worded, '["butir 1", "item 1"]', '"pasal 5 ayat (2)"')
    (same,) = load_series(str(written(tmp_path, worded)))
    assert same.id == shipped.id
    assert same.clauses["hours"] == ("pasal 5 ayat (2)", "pasal 5 ayat (2)")
    for right, other in (
        ('friday = ["08:00", "15:30"]', 'friday = ["08:00", "15:00"]'),
        ("tolerance = 0", "tolerance = 5"),
        ("running = 10", "running = 11"),
    ):
        (figured,) = load_series(str(written(tmp_path, changed(STANDARD, right, other))))
        assert figured.id != shipped.id


def test_the_shipped_packs_keep_their_figures_as_stored_results_name_them() -> None:
    assert [pack.id for pack in load_series("standard")] == [
        "standard 2010-06-06 #ec1f2e3d",
        "standard 2021-08-31 #cfbf7809",
        "standard 2023-04-13 #b8e524e6",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'monday = ["07:30", "16:00"]',
            'monday = ["16:00", "07:30"]',
            r":\d+: \[hours\.five_day\] monday: work ends",
        ),
        (
            'monday = ["07:30", "16:00"]',
            'monday = ["07:30"]',
            r":2\d: \[hours\.five_day\] monday: write start and end",
        ),
        ('monday = ["07:30", "16:00"]', 'monday = ["7.30", "16:00"]', r"five_day\] monday: .*'7.30'"),
        (
            'monday = ["08:00", "15:00"]',
            'mondya = ["08:00", "15:00"]',
            r':\d+: \[hours\.five_day\.ramadan\] mondya: unknown setting; did you mean "monday"',
        ),
        ('monday = ["07:30", "16:00"]', "", r":\d+: \[hours\.five_day\]: monday has no hours"),
        (
            "# Butir 2",
            '[hours.shift]\nmonday = ["07:00", "14:00"]\n# Butir 2',
            r'\[hours\]: no hours may be called "shift"',
        ),
        ("[hours.six_day]", '[hours."Enam hari"]', r"\[hours\.Enam hari\]: String should match"),
        (
            'usual_hours = "five_day"',
            'usual_hours = "five_days"',
            r'\[hours\]: \[pack\] usual_hours names "five_days".* did you mean "five_day"',
        ),
        ('opens = "06:00"', 'opens = "23:30"', r"\[window\].*closes at 23:00, not after it opens"),
        (
            'opens = "06:00"',
            'opens = "07:45"',
            r":\d+: \[window\]: 07:45–23:00 does not hold .*\[hours\.five_day\] monday",
        ),
        ('shift_after = "3h"', 'shift_after = "3"', r'\[window\] shift_after: "3" is not a duration'),
        ('shift_after = "3h"', 'shift_afte = "3h"', r'shift_afte: .*did you mean "shift_after"'),
        ('{ code = "TL1", to = 30 }', '{ code = "TL1", to = 70 }', r"\[late\] classes: every class but"),
        ('{ code = "TL1", to = 30 }', '{ code = "TL1", till = 30 }', r"\[late\] classes: unknown .*\bto\b"),
        (
            '{ code = "TL4" }',
            '{ code = "TL4", to = 120 }',
            r"\[late\] classes: the last class, TL4, must have",
        ),
        ("tolerance = 0", "tolerance = -1", r"\[late\] tolerance: .*greater than or equal to 0"),
        ('"DIKLAT", "IZIN"]', '"DIKLAT", "DL"]', r"\[excuses\] order: .*DL stands twice; IZIN is missing"),
        ("first = 4, last = 6", "first = 5, last = 6", r"\[sanctions\] steps: step tertulis begins at 5"),
        ("first = 4, last = 6", "first = 4", r"\[sanctions\] steps: step tidak-puas begins at 7"),
        ("[sanctions]", "[sanction]", r'\[sanction\]: unknown table; did you mean "sanctions"'),
        ("hours = [", "hour = [", r"\[clauses\] hour: "),
        ("valid_from = 2023-04-13", "", r":\d+: \[pack\] valid_from: Field required"),
    ],
)
def test_a_wrong_figure_is_refused_with_file_key_and_reason(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    path = written(tmp_path, changed(STANDARD, right, wrong))
    with pytest.raises(ConfigError, match=said) as caught:
        load_series(str(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('opens = "06:30"', 'opens = "08:30"', r":\d+: \[\[gatherings\]\]: starts at 07:30"),
        ('closes = "07:45"', 'closes = "7"', r":\d+: \[\[gatherings\]\] closes: "),
        ('weekdays = ["monday"]', "weekdays = []", r"\[\[gatherings\]\]: say when"),
        ('"agency", ', '"dinas", ', r":\d+: \[\[gatherings\]\] kinds: .*'dinas'"),
        ('weekdays = ["monday"]', "weekday = 1", r'\[\[gatherings\]\] weekday: .*did you mean "weekdays"'),
        (
            'weekdays = ["monday"]',
            'weekdays = ["monday"]\non_days_off = true',
            r":\d+: \[\[gatherings\]\] on_days_off: only what is held on dates",
        ),
        ("minutes = 30", "minutes = 500", r"\[flexi\] minutes: .*less than or equal to 180"),
    ],
)
def test_a_wrong_gathering_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    path = written(tmp_path, changed(FLEXI, right, wrong))
    with pytest.raises(ConfigError, match=said):
        load_series(str(path))


def test_a_second_gathering_is_told_apart_by_its_line_and_needs_its_own_code(tmp_path: Path) -> None:
    start = FLEXI.index("[[gatherings]]")
    one = FLEXI[start : FLEXI.index("# Butir 9")]
    path = written(tmp_path, changed(FLEXI, one, one + one))
    with pytest.raises(ConfigError, match=r"two gatherings have the code APEL"):
        load_series(str(path))
    wrong = changed(FLEXI, one, one + changed(one, 'starts = "07:30"', 'starts = "x"'))
    line = wrong[: wrong.index('starts = "x"')].count("\n") + 1
    with pytest.raises(ConfigError, match=rf"own\.toml:{line}: \[\[gatherings\]\] starts"):
        load_series(str(written(tmp_path, wrong)))


TABLE = """
[deductions]
name = "Perwali"
absent = 2.0
[deductions.grades]
TL1 = 0.1
TL2 = 0.2
TL3 = 0.3
TL4 = 0.4
PSW1 = 0.1
PSW2 = 0.2
PSW3 = 0.3
PSW4 = 0.4
"""


def test_a_pack_chooses_its_deduction_table_by_name_by_file_or_writes_it_itself(tmp_path: Path) -> None:
    chosen = '[deductions]\ntable = "common"\n'
    written(tmp_path / "tables", TABLE, "ours.toml")
    for text, absent in (
        (chosen, 3.0),
        (chosen.replace("common", "tables/ours.toml"), 2.0),
        (TABLE, 2.0),
    ):
        (pack,) = load_series(str(written(tmp_path, STANDARD + text)))
        assert pack.deductions is not None
        assert pack.deductions.absent == absent


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[deductions]\ntable = "comon"\n', r':\d+: \[deductions\] table: .*"comon"; did you mean "common"'),
        ('[deductions]\ntable = "no.toml"\n', r"\[deductions\] table: there is no deduction table file"),
        (changed(TABLE, "TL1 = 0.1\n", ""), r"\[deductions\]: grades lacks TL1; write 0"),
        (changed(TABLE, "TL1 = 0.1\n", "TLL1 = 0.1\n"), r"grades has TLL1, .*did you mean \"TL1\""),
        (changed(TABLE, "TL1 = 0.1\n", "TL1 = 110\n"), r"\[deductions\] grades: TL1 = 110 is no perc"),
        (changed(TABLE, "absent = 2.0", 'absent = "2 %"'), r"\[deductions\] absent: .*'2 %'"),
    ],
)
def test_a_wrong_deduction_table_is_refused_with_file_key_and_reason(
    tmp_path: Path, table: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_series(str(written(tmp_path, STANDARD + table)))
    assert str(tmp_path / "own.toml") in str(caught.value)


def test_the_folder_of_a_shipped_series_may_be_copied_and_used_as_it_is(tmp_path: Path) -> None:
    with resources.as_file(SERIES / "standard") as folder:
        shutil.copytree(folder, tmp_path / "kami")
    assert load_series(str(tmp_path / "kami")) == load_series("standard")
