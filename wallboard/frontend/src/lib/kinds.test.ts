import { expect, test } from 'vitest';
import { groupByKind, inOrder, isRanked, peopleIn, worstFirst } from './kinds';
import { office } from './samples';
import type { OfficeRow } from './protocol';

const ids = (offices: readonly OfficeRow[]) => offices.map(({ id }) => id);

test('the office with the largest share absent and late comes first', () => {
  const offices = [
    office(1, { present: 20, late: 1 }),
    office(2, { present: 5, absent: 5 }),
    office(3, { present: 9, late: 2, absent: 1 }),
  ];
  expect(ids(worstFirst(offices))).toEqual([2, 3, 1]);
});

test('before anybody is late, the office with the fewest in comes first', () => {
  const offices = [office(1, { present: 5, not_yet: 5 }), office(2, { present: 1, not_yet: 9 })];
  expect(ids(worstFirst(offices))).toEqual([2, 1]);
});

test('an office with a dark terminal has no rank, however bad it looks', () => {
  const offices = [
    office(1, { present: 2, absent: 30, dark: 1 }),
    office(2, { present: 28, not_yet: 2 }),
    office(3, { present: 1, not_yet: 30 }),
  ];
  expect(isRanked(offices[0]!)).toBe(false);
  expect(ids(worstFirst(offices))).toEqual([3, 2, 1]);
});

test('an office without a terminal has no rank', () => {
  expect(isRanked(office(1, { present: 9, not_yet: 30, terminals: 0 }))).toBe(false);
});

test('an office of fewer than five people has no rank', () => {
  const offices = [office(1, { absent: 4 }), office(2, { present: 4, absent: 1 })];
  expect(offices.map(isRanked)).toEqual([false, true]);
  expect(ids(worstFirst(offices))).toEqual([2, 1]);
});

test('waiting for data never makes an office rank worse', () => {
  const offices = [office(1, { present: 5, waiting: 20 }), office(2, { present: 19, not_yet: 1 })];
  expect(ids(worstFirst(offices))).toEqual([2, 1]);
});

test('offices without a rank follow by name, and those where nobody is required come last', () => {
  const offices = [
    office(1, {}),
    office(3, { waiting: 8 }),
    office(2, { waiting: 30, dark: 1 }),
    office(4, { present: 8 }),
  ];
  expect(ids(worstFirst(offices))).toEqual([4, 2, 3, 1]);
});

test('offices that stand alike are in the order of their names, numbers as numbers', () => {
  const offices = [office(10, { present: 7 }), office(9, { present: 7 }), office(2, { present: 7 })];
  expect(ids(worstFirst(offices))).toEqual([2, 9, 10]);
});

test('offices stand with their own kind, in the order they have; an unknown kind comes last', () => {
  const offices = [
    office(1, { kind: 'observatory' }),
    office(2, { kind: 'school' }),
    office(3, { kind: 'agency' }),
    office(4, { kind: 'school' }),
    office(5, { kind: 'secretariat' }),
  ];
  expect(groupByKind(offices).map(({ kind, offices }) => [kind, ids(offices)])).toEqual([
    ['secretariat', [5]],
    ['agency', [3]],
    ['school', [2, 4]],
    ['observatory', [1]],
  ]);
});

test('an order that is kept puts new offices last', () => {
  expect(ids(inOrder([office(1, {}), office(2, {}), office(3, {})], [3, 1]))).toEqual([3, 1, 2]);
});

test('whoever is excused is counted together, whatever the reason', () => {
  const excused = { leave: 2, duty_travel: 1, study: 0, training: 0, permit: 1 };
  const one = office(1, { present: 3, excused });
  expect(peopleIn(one, 'excused')).toBe(4);
  expect(peopleIn(one, 'present')).toBe(3);
});
