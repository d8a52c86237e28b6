import { expect, test } from 'vitest';
import type { DeltaMessage } from './protocol';
import { applyDelta, fromSnapshot, RESYNC } from './scope';

const start = fromSnapshot({ scope: 'city', epoch: 'a', version: 7, rows: { total: 1, 'k:1': 'old' } });

function delta(change: Partial<DeltaMessage>): DeltaMessage {
  return { scope: 'city', epoch: 'a', base: 7, version: 8, rows: {}, removed: [], ...change };
}

test('a delta on our version replaces, adds and removes rows', () => {
  const next = applyDelta(start, delta({ rows: { total: 2, 'k:2': 'new' }, removed: ['k:1'] }));
  expect(next).toEqual({
    epoch: 'a',
    version: 8,
    rows: new Map<string, unknown>([
      ['total', 2],
      ['k:2', 'new'],
    ]),
  });
});

test('a delta leaves the state it was applied to unchanged', () => {
  applyDelta(start, delta({ rows: { total: 2 }, removed: ['k:1'] }));
  expect(start.rows.get('total')).toBe(1);
  expect(start.rows.has('k:1')).toBe(true);
});

test('a delta on a version we do not have asks for a snapshot', () => {
  expect(applyDelta(start, delta({ base: 8, version: 9 }))).toBe(RESYNC);
});

test('a delta of another epoch asks for a snapshot, whatever its numbers', () => {
  expect(applyDelta(start, delta({ epoch: 'b' }))).toBe(RESYNC);
});

test('a delta before any snapshot asks for a snapshot', () => {
  expect(applyDelta(null, delta({}))).toBe(RESYNC);
});

test('a delta older than the snapshot changes nothing', () => {
  expect(applyDelta(start, delta({ base: 6, version: 7, rows: { total: 0 } }))).toBe(start);
});

test('a row both removed and sent stays', () => {
  const next = applyDelta(start, delta({ rows: { 'k:1': 'again' }, removed: ['k:1'] }));
  expect(next === RESYNC ? null : next.rows.get('k:1')).toBe('again');
});
