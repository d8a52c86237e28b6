import { expect, test } from 'vitest';
import { firstRoute, hashOf, parseRoute, type Route, sameRoute, viewsOf } from './route';

test.each<[string, Route]>([
  ['#/', { view: 'city' }],
  ['#/?state=waiting', { view: 'city', state: 'waiting' }],
  ['#/unit/12', { view: 'office', unit: 12 }],
  ['#/unit/12/late', { view: 'office', unit: 12, state: 'late' }],
  ['#/names', { view: 'names' }],
  ['#/names/not_yet', { view: 'names', state: 'not_yet' }],
  ['#/terminals', { view: 'terminals' }],
  ['#/day', { view: 'day' }],
])('%s and its route say the same', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
  expect(hashOf(route)).toBe(hash);
});

test.each(['', '#', '#/nowhere', '#/unit', '#/unit/x', '#/unit/-1', '#/?state=sick'])(
  '%j leads to the city',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'city' });
  },
);

test('a state that has no list of names is left out', () => {
  expect(parseRoute('#/names/present')).toEqual({ view: 'names' });
});

test('routes are the same when their addresses are', () => {
  expect(sameRoute({ view: 'city' }, parseRoute('#/'))).toBe(true);
  expect(sameRoute({ view: 'office', unit: 1 }, { view: 'office', unit: 1, state: 'late' })).toBe(false);
});

test("an office's wall begins at its office, and has no view of other offices", () => {
  expect(firstRoute('office:12')).toEqual({ view: 'office', unit: 12 });
  expect(firstRoute('city:5')).toEqual({ view: 'city' });
  expect(viewsOf('office:12', true)).toEqual(['office', 'day']);
});

test('a wall that may not show names has no view of them', () => {
  expect(viewsOf('city', true)).toContain('names');
  expect(viewsOf('city', false)).not.toContain('names');
});
