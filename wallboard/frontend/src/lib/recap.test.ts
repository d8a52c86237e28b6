import { expect, test } from 'vitest';
import type { FrozenCounts } from './protocol';
import {
  causesOf,
  correctedOffices,
  correctedPeople,
  differences,
  firstClause,
  freezeOf,
  hoursChanged,
  madeLate,
  signed,
} from './recap';

const THEN: FrozenCounts = {
  required: 2481,
  present: 2300,
  late: 0,
  not_yet: 100,
  waiting: 60,
  absent: 0,
  excused: 21,
};

const figure = (value: number) => String(value);

test('nothing differs at first', () => {
  expect(differences(THEN, THEN)).toEqual([]);
});

test('what the awaited data brought is told as late data', () => {
  expect(differences(THEN, { ...THEN, present: 2355, not_yet: 105, waiting: 0 })).toEqual([
    { state: 'present', by: 55, cause: 'data' },
    { state: 'not_yet', by: 5, cause: 'data' },
    { state: 'waiting', by: -60, cause: 'data' },
  ]);
});

test('leave that was entered afterwards is told as such, and no reason is made up for who it was taken from', () => {
  expect(differences(THEN, { ...THEN, excused: 24, not_yet: 97 })).toEqual([
    { state: 'not_yet', by: -3, cause: 'none' },
    { state: 'excused', by: 3, cause: 'leave' },
  ]);
});

test('a cause is told once, with the first figure that it moved', () => {
  const moved = differences(THEN, { ...THEN, present: 2352, not_yet: 105, waiting: 0, excused: 24 });
  expect([...causesOf(moved)]).toEqual([
    ['present', 'data'],
    ['excused', 'leave'],
  ]);
});

test('hours that were moved after the cut-off, or taken away by a holiday, are told', () => {
  expect(hoursChanged({ at: '07:30', start: '07:30' })).toBe(false);
  expect(hoursChanged({ at: '07:30', start: '08:30' })).toBe(true);
  expect(hoursChanged({ at: '07:30', start: null })).toBe(true);
});

test('differences carry their sign', () => {
  expect([55, -3, 0].map((by) => signed(by, figure))).toEqual(['+55', '−3', '±0']);
});

test('a freeze of the minute itself is not late', () => {
  expect(madeLate({ at: '07:30', made: '07:30:04' })).toBe(false);
  expect(madeLate({ at: '07:30', made: '07:45:10' })).toBe(true);
});

test('the rows: the freeze, offices by corrections, people by office', () => {
  const office = (id: number, short: string, corrected: number) => ({ id, short, corrected });
  const person = (id: number, name: string, of: string) => ({ id, name, office: of });
  const state = {
    epoch: 'a',
    version: 1,
    rows: new Map<string, object>([
      ['freeze', { at: '07:30' }],
      ['r:1', office(1, 'SMPN 10', 3)],
      ['r:2', office(2, 'SMPN 2', 3)],
      ['r:3', office(3, 'RSUD', 9)],
      ['c:1', person(1, 'Wati', 'BKD')],
      ['c:2', person(2, 'Ani', 'Setda')],
      ['c:3', person(3, 'Budi', 'BKD')],
    ]),
  };
  expect(freezeOf(state)?.at).toBe('07:30');
  expect(correctedOffices(state).map(({ id }) => id)).toEqual([3, 2, 1]);
  expect(correctedPeople(state).map(({ id }) => id)).toEqual([3, 1, 2]);
});

test('of why somebody is corrected the wall tells the first clause', () => {
  expect(firstClause('Masuk 07.28, tepat waktu; jadwal 07.30–16.00, aturan Standar')).toBe(
    'Masuk 07.28, tepat waktu',
  );
  expect(firstClause('Tidak wajib hadir: cuti/izin')).toBe('Tidak wajib hadir: cuti/izin');
});
