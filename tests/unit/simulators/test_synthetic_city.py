from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from attendance.nip import check_nip
from simulators.city.build import build_city
from simulators.city.people import SYNTHETIC_SEQUENCE
from simulators.city.places import BKPSDM_CODE, CITY_CODE, EDUCATION_CODE, HEALTH_CODE
from simulators.city.plan import City

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def city() -> City:
    return build_city(7, DAY)


def test_the_city_has_the_people_terminals_and_tiles_of_the_notes(city: City) -> None:
    assert len(city.people) == 3128
    assert len(city.terminals) == 135
    assert 44 <= sum(unit.office for unit in city.units) <= 60
    assert city.label == "ilustratif"


def test_the_personnel_agency_has_34_people(city: City) -> None:
    offices = Counter(office.code for p in city.people if (office := city.office_of(p.unit_code)))
    assert offices[BKPSDM_CODE] == 34
    assert sum(offices.values()) == 3128


def test_the_hospital_has_ten_terminals_and_the_setda_three(city: City) -> None:
    at = Counter(city.unit_by_code[terminal.unit_code].short_name for terminal in city.terminals)
    assert at["RSUD"] == 10
    assert at["Setda"] == 3
    assert all(at[f"SMPN {n}"] == 1 for n in range(1, 10))


def test_every_terminal_hangs_in_one_of_the_kecamatan(city: City) -> None:
    districts = {unit.name.removeprefix("Kecamatan ") for unit in city.units if unit.kind == "district"}
    assert {terminal.district for terminal in city.terminals} == districts
    ward = {
        unit.code: city.unit_by_code[unit.parent_code or ""].name
        for unit in city.units
        if unit.kind == "subdistrict"
    }
    assert all(
        ward[terminal.unit_code] == f"Kecamatan {terminal.district}"
        for terminal in city.terminals
        if terminal.unit_code in ward
    )


def test_every_person_has_a_terminal_within_the_office(city: City) -> None:
    assert all(city.home_terminals(person.unit_code) for person in city.people)


def test_what_an_agency_runs_hangs_below_it_and_counts_as_an_office_of_its_own(city: City) -> None:
    below = {
        agency: [unit.short_name for unit in city.units if unit.office and unit.parent_code == agency]
        for agency in (HEALTH_CODE, EDUCATION_CODE)
    }
    assert [name.split()[0] for name in below[HEALTH_CODE]] == ["RSUD", *["Pusk."] * 6]
    assert Counter(name.split()[0] for name in below[EDUCATION_CODE]) == {"SMPN": 9, "SDN": 3, "TK": 1}
    others = [unit for unit in city.units if unit.office and unit.parent_code != CITY_CODE]
    assert len(others) == sum(map(len, below.values()))
    counted = Counter(office.code for p in city.people if (office := city.office_of(p.unit_code)))
    own = [unit for unit in city.units if unit.code.startswith(f"{HEALTH_CODE}.")]
    assert counted[HEALTH_CODE] < 100
    assert {city.office_of(unit.code) for unit in own} == {city.unit_by_code[HEALTH_CODE]}
    assert all(serial in city.terminals_at[HEALTH_CODE] for serial in city.home_terminals(HEALTH_CODE))


def test_in_a_smaller_city_an_office_without_its_agency_hangs_below_the_city() -> None:
    small = build_city(1, DAY, 300, 60)
    codes = {unit.code for unit in small.units}
    assert all(unit.parent_code in codes for unit in small.units if unit.kind != "city")
    fewest = build_city(1, DAY, 80, 13)
    assert {unit.parent_code for unit in fewest.units if unit.office} == {CITY_CODE}


def test_units_form_a_tree_with_parents_first(city: City) -> None:
    seen: set[str | None] = {None}
    for unit in city.units:
        assert unit.parent_code in seen
        assert unit.code not in seen
        seen.add(unit.code)


def test_every_nip_is_valid_and_unique_and_says_that_it_is_synthetic(city: City) -> None:
    assert len({person.nip for person in city.people}) == 3128
    for person in city.people:
        check_nip(person.nip)
        assert person.nip.startswith(f"{person.born:%Y%m%d}")
        assert int(person.nip[8:12]) >= person.born.year + 18
        assert person.nip[14] == ("2" if person.woman else "1")
        assert int(person.nip[15:]) >= SYNTHETIC_SEQUENCE


def test_some_are_contract_staff_with_21_for_a_month(city: City) -> None:
    contracts = [person for person in city.people if person.nip[12:14] == "21"]
    assert 100 < len(contracts) < 400
    assert all(int(person.nip[8:12]) >= 2021 for person in contracts)


def test_pins_are_unique_and_fit_nine_digits_even_read_as_numbers(city: City) -> None:
    assert all(re.fullmatch(r"\d{1,9}", person.pin) for person in city.people)
    assert len({int(person.pin) for person in city.people}) == 3128
    assert any(person.pin.startswith("0") for person in city.people)


def test_names_are_believable_in_shape(city: City) -> None:
    names = [person.name for person in city.people]
    assert all(re.fullmatch(r"[A-Z][\w'.]*( [A-Z][\w'.]*){0,3}", name) for name in names)
    assert sum(" " not in name for name in names) > 60
    assert any(name.startswith(("I Wayan", "Ni Wayan", "I Made", "Ni Made")) for name in names)
    assert max(Counter(names).values()) < 10


def test_titles_follow_sex_and_trade(city: City) -> None:
    for person in city.people:
        before = person.title_before.split()
        assert not {"Dra.", "Hj."} & set(before) or person.woman
        assert not {"Drs.", "H."} & set(before) or not person.woman
        assert "Keb." not in person.title_after or person.woman
    teachers = [p for p in city.people if city.unit_by_code[p.unit_code].kind == "school"]
    assert sum("S.Pd" in p.title_after for p in teachers) > len(teachers) / 2


def test_ages_are_those_of_working_people(city: City) -> None:
    ages = [(DAY - person.born).days / 365.25 for person in city.people]
    assert min(ages) >= 22
    assert max(ages) < 60
    assert all(person.since <= DAY for person in city.people)


def test_a_seed_makes_the_same_city_again_and_another_seed_another() -> None:
    assert build_city(3, DAY, 50, 4) == build_city(3, DAY, 50, 4)
    assert build_city(3, DAY, 50, 4).people != build_city(4, DAY, 50, 4).people


@pytest.mark.parametrize("terminals", [1, 2, 3, 4, 5, 8, 20, 60])
def test_smaller_cities_keep_whole_offices(terminals: int) -> None:
    small = build_city(1, DAY, 80, terminals)
    assert len(small.terminals) == terminals
    assert len(small.people) == 80
    assert all(small.home_terminals(person.unit_code) for person in small.people)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        build_city(1, DAY, 0, 1)
    with pytest.raises(ValueError, match="exactly 500 terminals"):
        build_city(1, DAY, 10, 500)
