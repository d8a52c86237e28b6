import { expect, test } from 'vitest';
import { groupPeople, ofState, onNightDuty } from './people';
import type { PersonRow } from './protocol';

function person(id: number, change: Partial<PersonRow>): PersonRow {
  return {
    id,
    name: `Pegawai ${id}`,
    status: 'present',
    minutes: null,
    class: null,
    at: null,
    reason: null,
    excuse: null,
    section: null,
    shift: null,
    early: null,
    early_class: null,
    why: { id: 'Belum ada presensi.', en: 'No punch yet.' },
    ...change,
  };
}

test('who is absent comes first, then who is late, the latest at the top', () => {
  const groups = groupPeople([
    person(1, {}),
    person(2, { status: 'late', minutes: 3 }),
    person(3, { status: 'late', minutes: 40 }),
    person(4, { status: 'absent' }),
  ]);
  expect(groups.map(({ key, people }) => [key, people.map(({ id }) => id)])).toEqual([
    ['absent', [4]],
    ['late', [3, 2]],
    ['present', [1]],
  ]);
});

test('people who wait for the same terminal stand together under one reason', () => {
  const dark = { code: 'dark', terminal: 'Kel. Meri', since: '2026-11-23T06:45:00+07:00' };
  const groups = groupPeople([
    person(1, { status: 'waiting', reason: dark }),
    person(2, { status: 'waiting', reason: { code: 'no_pin', terminal: null, since: null } }),
    person(3, { status: 'waiting', reason: { ...dark } }),
  ]);
  expect(groups.map(({ reason, people }) => [reason?.code, people.length])).toEqual([
    ['dark', 2],
    ['no_pin', 1],
  ]);
});

test('a permit is shown as leave: the wall does not say why', () => {
  const groups = groupPeople([
    person(1, { status: 'excused', excuse: 'permit' }),
    person(2, { status: 'excused', excuse: 'leave' }),
    person(3, { status: 'excused', excuse: 'duty_travel' }),
  ]);
  expect(groups.map(({ excuse, people }) => [excuse, people.length])).toEqual([
    ['leave', 2],
    ['duty_travel', 1],
  ]);
});

test('who is still on night duty stands apart from who is free, and before who need not come', () => {
  const groups = groupPeople([
    person(1, { status: 'off' }),
    person(2, { status: 'off', night: '07:00' }),
    person(3, { status: 'not_due', night: '07:00' }),
    person(4, { status: 'excused', excuse: 'leave' }),
    person(5, { status: 'off', night: '06:00' }),
    person(6, {}),
  ]);
  expect(groups.map(({ key, night, people }) => [key, night, people.map(({ id }) => id)])).toEqual([
    ['present', null, [6]],
    ['night:07:00', '07:00', [2, 3]],
    ['night:06:00', '06:00', [5]],
    ['excused:leave', null, [4]],
    ['off', null, [1]],
  ]);
  expect(ofState(groups, 'off').map(({ key }) => key)).toEqual(['off']);
  expect([onNightDuty(groups), onNightDuty(groups, 'off'), onNightDuty(groups, 'not_due')]).toEqual([
    3, 2, 1,
  ]);
});
