import { expect, test } from 'vitest';
import { playable, routeOfStop, takeTurn } from './playlist';
import type { Stop } from './protocol';

function stop(view: Stop['view'], change: Partial<Stop> = {}): Stop {
  return { view, seconds: 20, unit: null, state: null, from: null, to: null, ...change };
}

const ALL = ['city', 'office', 'names', 'terminals', 'day'] as const;
const stops = [stop('city'), stop('names', { from: '07:30', to: '09:00' }), stop('day', { seconds: 10 })];

test('a stop is shown in its hours only', () => {
  expect(playable(stops, '07:00', ALL)).toEqual([0, 2]);
  expect(playable(stops, '07:30', ALL)).toEqual([0, 1, 2]);
});

test('names have no turn on a wall that may not show them', () => {
  expect(playable(stops, '08:00', ['city', 'office', 'terminals', 'day'])).toEqual([0, 2]);
});

test("the city's turn on an office's wall is that of the office", () => {
  expect(playable(stops, '08:00', ['office', 'day'])).toEqual([0, 2]);
});

test('each stop lasts its seconds, and after the last comes the first', () => {
  const places = [0, 1, 2];
  const first = takeTurn(null, stops, places, 0);
  expect(first).toEqual({ place: 0, since: 0 });
  expect(takeTurn(first, stops, places, 19_999)).toBe(first);
  expect(takeTurn(first, stops, places, 20_000)).toEqual({ place: 1, since: 20_000 });
  expect(takeTurn({ place: 2, since: 0 }, stops, places, 10_000)).toEqual({ place: 0, since: 10_000 });
});

test('a stop whose hours end gives way to the next one', () => {
  expect(takeTurn({ place: 1, since: 0 }, stops, [0, 2], 100)).toEqual({ place: 2, since: 100 });
});

test('a playlist that grew shorter begins again', () => {
  expect(takeTurn({ place: 7, since: 0 }, stops, [0, 2], 100)).toEqual({ place: 0, since: 100 });
});

test('nothing to show is no turn', () => {
  expect(takeTurn({ place: 0, since: 0 }, stops, [], 100)).toBeNull();
});

test('a stop names its route', () => {
  expect(routeOfStop(stop('office', { unit: 12 }))).toEqual({ view: 'office', unit: 12 });
  expect(routeOfStop(stop('names', { state: 'late' }))).toEqual({ view: 'names', state: 'late' });
  expect(routeOfStop(stop('names'))).toEqual({ view: 'names' });
  expect(routeOfStop(stop('terminals'))).toEqual({ view: 'terminals' });
});
