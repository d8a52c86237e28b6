import { expect, test } from 'vitest';
import { arrange, flow, tileSize } from './flow';

/** Secretariats, agencies, districts, hospital, health centres, schools: as in the simulated city. */
const CITY = [2, 20, 3, 1, 6, 13];

test('groups follow one another; a row in which one begins has room for its name', () => {
  const { rows, named, runs } = arrange([2, 5], 3);
  expect(rows).toBe(3);
  expect(named).toEqual([true, false, false]);
  expect(runs).toEqual([
    { group: 0, row: 0, from: 0, to: 2, first: true },
    { group: 1, row: 0, from: 2, to: 3, first: true },
    { group: 1, row: 1, from: 0, to: 3, first: false },
    { group: 1, row: 2, from: 0, to: 1, first: false },
  ]);
});

test('every tile has exactly one cell', () => {
  for (const columns of [1, 4, 9, 50]) {
    const cells = arrange(CITY, columns).runs.flatMap(({ row, from, to }) =>
      Array.from({ length: to - from }, (_, column) => row * columns + from + column),
    );
    expect(cells).toEqual(Array.from({ length: 45 }, (_, cell) => cell));
  }
});

const NO_LIMIT = { widest: Infinity, tallest: Infinity };

test('rows share what the names leave', () => {
  const space = { width: 100, height: 100, name: 20, gap: 5, ...NO_LIMIT };
  expect(tileSize(arrange([2, 5], 3), space).height).toBeCloseTo((100 - 20 - 2 * 5) / 3);
  expect(tileSize(arrange([2, 5], 3), space).width).toBeCloseTo((100 - 2 * 5) / 3);
});

test('a few tiles stand beside one another, no larger than the largest', () => {
  const space = { width: 1450, height: 765, name: 30, gap: 10, widest: 336, tallest: 240 };
  const found = flow([2, 1], space);
  expect(found.columns).toBe(3);
  expect(tileSize(found, space)).toEqual({ width: 336, height: 240 });
});

test.each([
  ['1920×1080', 1450, 765, 30, 10],
  ['1366×768', 1030, 545, 21, 7],
  ['1024×768', 775, 610, 16, 5],
  ['3840×2160', 2900, 1530, 60, 20],
])(
  'on a screen of %s the offices of a city have tiles of a pleasing shape',
  (_, width, height, name, gap) => {
    const space = { width, height, name, gap, ...NO_LIMIT };
    const found = flow(CITY, space);
    const tile = tileSize(found, space);
    const aspect = tile.width / tile.height;
    expect(aspect).toBeGreaterThan(0.95);
    expect(aspect).toBeLessThan(1.6);
  },
);

test('no tiles, and no space yet, are no fault', () => {
  expect(flow([], { width: 100, height: 100, name: 10, gap: 5, ...NO_LIMIT }).rows).toBe(1);
  expect(flow([3], { width: 0, height: 0, name: 10, gap: 5, ...NO_LIMIT }).columns).toBe(1);
});
