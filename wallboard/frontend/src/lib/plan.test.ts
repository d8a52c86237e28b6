import { expect, test } from 'vitest';
import { conditionCounts, conditionOf, fit, planOf } from './plan';
import type { OfficeRow } from './protocol';
import { terminal } from './samples';

const office = (id: number, short: string) => ({ id, short }) as OfficeRow;
const dark = { online: false, offline_since: '2026-11-23T07:20:00+07:00' };
const behind = { read_through: '2026-11-23T07:20:00+07:00' };

test('a terminal that is online and told nothing about is read; one with a time is behind', () => {
  expect(
    [{}, behind, { ...behind, ...dark }, { error: 'ClockOff' }, { error: 'LogFull' }, { error: 'Busy' }].map(
      (change) => conditionOf(terminal(1, change)),
    ),
  ).toEqual(['read', 'behind', 'offline', 'clock', 'log', 'error']);
});

test('kecamatan by name, the untold last; in each the sites with trouble first, then by name', () => {
  const plan = planOf(
    [
      terminal(1, { district: '', office: 1 }),
      terminal(2, { district: 'Magersari', office: 2 }),
      terminal(3, { district: 'Magersari', office: 3 }),
      terminal(4, { district: 'Magersari', office: 4, ...dark }),
      terminal(5, { district: 'Kranggan', office: null }),
    ],
    [office(1, 'BKD'), office(2, 'SMPN 10'), office(3, 'SMPN 2'), office(4, 'Setda')],
  );
  expect(plan.map(({ name, sites }) => [name, sites.map((site) => site.name)])).toEqual([
    ['Kranggan', ['Mesin 5']],
    ['Magersari', ['Setda', 'SMPN 2', 'SMPN 10']],
    ['', ['BKD']],
  ]);
});

test('terminals of one office in one kecamatan are one site, in the order of their names', () => {
  const [magersari] = planOf(
    [12, 2, 1].map((id) => terminal(id, { district: 'Magersari', office: 7, ...(id === 2 ? dark : {}) })),
    [office(7, 'RSUD')],
  );
  expect(magersari!.sites.map(({ terminals }) => terminals.map(({ id }) => id))).toEqual([[1, 2, 12]]);
  expect([magersari!.terminals, magersari!.read]).toEqual([3, 2]);
});

test('each condition is counted', () => {
  expect(conditionCounts([terminal(1), terminal(2, dark), terminal(3, dark), terminal(4, behind)])).toEqual({
    read: 1,
    behind: 1,
    clock: 0,
    log: 0,
    error: 0,
    offline: 2,
  });
});

test('a kecamatan gets as many columns as its lines need, and lines get lower before the plan gets too wide', () => {
  const plan = planOf(
    [
      ...Array.from({ length: 12 }, (_, n) => terminal(n, { district: 'A', office: 1 })),
      terminal(20, { district: 'A', office: 2 }),
      terminal(21, { district: 'B', office: 3 }),
    ],
    [],
  );
  const measures = { width: 300, height: 100, column: 100, marks: 5, lines: [50, 25] };
  expect(fit(plan, { ...measures, lines: [20, 10] })).toEqual({ columns: [1, 1], line: 20 });
  expect(fit(plan, measures)).toEqual({ columns: [2, 1], line: 50 });
  expect(fit(plan, { ...measures, width: 200 })).toEqual({ columns: [1, 1], line: 25 });
  expect(fit(plan, { ...measures, width: 50 })).toEqual({ columns: [1, 1], line: 25 });
});
