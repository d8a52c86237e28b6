import { expect, test } from 'vitest';
import { columnsFor, inOrder, isLowerBound, percent, worstFirst } from './board';
import type { OfficeRow } from './protocol';

const nobody = { leave: 0, duty_travel: 0, study: 0, training: 0, permit: 0 };

function office(id: number, change: Partial<OfficeRow>): OfficeRow {
  const counts = { present: 0, late: 0, not_yet: 0, waiting: 0, absent: 0, left_early: 0, ...change };
  const required =
    counts.present + counts.late + counts.not_yet + counts.waiting + counts.absent + counts.left_early;
  return {
    id,
    code: `U${id}`,
    name: `Unit ${id}`,
    short: `Unit ${id}`,
    kind: 'agency',
    dark: 0,
    terminals: 1,
    required,
    excused: nobody,
    not_due: 0,
    off: 0,
    people: required,
    ...counts,
  };
}

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

test('waiting for data never makes an office rank worse', () => {
  const offices = [
    office(1, { present: 2, waiting: 30, dark: 1 }),
    office(2, { present: 28, not_yet: 2 }),
    office(3, { present: 1, not_yet: 30, dark: 1 }),
  ];
  expect(ids(worstFirst(offices))[0]).toBe(2);
});

test('an office of which nothing is known, or where nobody is required, has no rank', () => {
  const offices = [office(1, {}), office(2, { waiting: 8, dark: 1 }), office(3, { present: 8 })];
  expect(ids(worstFirst(offices))).toEqual([3, 2, 1]);
});

test('offices that stand alike are in the order of their names, numbers as numbers', () => {
  const offices = [office(10, { present: 3 }), office(9, { present: 3 }), office(2, { present: 3 })];
  expect(ids(worstFirst(offices))).toEqual([2, 9, 10]);
});

test('an order that is kept puts new offices last', () => {
  const offices = [office(1, {}), office(2, {}), office(3, {})];
  expect(ids(inOrder(offices, [3, 1]))).toEqual([3, 1, 2]);
});

test('100 per cent means everybody', () => {
  expect(percent(999, 1000)).toBe(99);
  expect(percent(1000, 1000)).toBe(100);
  expect(percent(0, 0)).toBe(0);
});

test('a count is a lower bound while somebody waits for data or a terminal is dark', () => {
  expect(isLowerBound(office(1, { present: 1, waiting: 1 }))).toBe(true);
  expect(isLowerBound(office(1, { present: 1, not_yet: 1, dark: 1 }))).toBe(true);
  expect(isLowerBound(office(1, { present: 1, absent: 1 }))).toBe(false);
});

test('fifty tiles fill a wall without stretching', () => {
  for (const [width, height] of [
    [1456, 740],
    [1040, 520],
    [800, 560],
  ] as const) {
    const columns = columnsFor(50, width, height);
    const aspect = width / columns / (height / Math.ceil(50 / columns));
    expect(aspect).toBeGreaterThan(0.95);
    expect(aspect).toBeLessThan(1.75);
  }
});
