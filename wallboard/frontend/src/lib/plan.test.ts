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

const MEASURES = { width: 400, height: 100, column: 100, gap: 0, head: 0, between: 0, lines: [20, 10] };

/** District names and columns of each stack. */
function shape(plan: ReturnType<typeof planOf>, change: Partial<typeof MEASURES> = {}) {
  const { stacks, line } = fit(plan, { ...MEASURES, ...change });
  return {
    line,
    stacks: stacks.map(({ districts, columns }) => [districts.map(({ name }) => name), columns]),
  };
}

/** `count` sites of one terminal each. */
function sites(district: string, count: number, first: number) {
  return Array.from({ length: count }, (_, n) => terminal(first + n, { district, office: first + n }));
}

test('a kecamatan gets as many columns as its sites need', () => {
  const plan = planOf([...sites('A', 9, 0), ...sites('B', 2, 20)], []);
  expect(shape(plan)).toEqual({
    line: 20,
    stacks: [
      [['A'], 3],
      [['B'], 1],
    ],
  });
});

test('lines get lower before the plan gets too wide', () => {
  const plan = planOf([...sites('A', 9, 0), ...sites('B', 2, 20)], []);
  expect(shape(plan, { width: 200 })).toEqual({
    line: 10,
    stacks: [
      [['A'], 1],
      [['B'], 1],
    ],
  });
});

test('a site with many terminals takes several lines', () => {
  const many = Array.from({ length: 12 }, (_, n) => terminal(n, { district: 'A', office: 1 }));
  expect(shape(planOf(many, []), { width: 48, column: 48, height: 100 }).line).toBe(20);
  expect(shape(planOf(many, []), { width: 48, column: 48, height: 99 }).line).toBe(10);
});

test('terminals of no kecamatan stand below the smallest one', () => {
  const plan = planOf([...sites('', 1, 0), ...sites('A', 2, 10), ...sites('B', 1, 20)], []);
  expect(shape(plan).stacks).toEqual([
    [['A'], 1],
    [['B', ''], 1],
  ]);
  expect(shape(planOf(sites('', 1, 0), [])).stacks).toEqual([[[''], 1]]);
});

test('where columns are narrow, fewer terminals stand beside the name', () => {
  const plan = planOf(sites('A', 1, 0), []);
  const beside = (width: number) => fit(plan, { ...MEASURES, width, lines: [20] }).beside;
  expect([400, 128, 96, 48].map(beside)).toEqual([3, 3, 2, 1]);
});
