import { expect, test } from 'vitest';
import type { DeltaMessage } from './protocol';
import { applyDelta, fromSnapshot, RESYNC } from './scope';

const start = fromSnapshot({
  scope: 'city',
  epoch: 'a',
  version: 7,
  rows: { total: { present: 1, late: 0 }, 'k:1': { n: 1 } },
});

function delta(change: Partial<DeltaMessage>): DeltaMessage {
  return { scope: 'city', epoch: 'a', version: 8, rows: {}, ...change };
}

test('a delta on our version changes fields, adds and removes rows', () => {
  const next = applyDelta(
    start,
    delta({ rows: { total: { present: 2 }, 'k:2': { n: 2 } }, removed: ['k:1'] }),
  );
  expect(next).toEqual({
    epoch: 'a',
    version: 8,
    rows: new Map<string, object>([
      ['total', { present: 2, late: 0 }],
      ['k:2', { n: 2 }],
    ]),
  });
});

test('a delta leaves the state it was applied to unchanged', () => {
  applyDelta(start, delta({ rows: { total: { present: 2 } }, removed: ['k:1'] }));
  expect(start.rows.get('total')).toEqual({ present: 1, late: 0 });
  expect(start.rows.has('k:1')).toBe(true);
});

test('a delta on a version we do not have asks for a snapshot', () => {
  expect(applyDelta(start, delta({ version: 9 }))).toBe(RESYNC);
});

test('a delta of another epoch asks for a snapshot, whatever its numbers', () => {
  expect(applyDelta(start, delta({ epoch: 'b' }))).toBe(RESYNC);
});

test('a delta before any snapshot asks for a snapshot', () => {
  expect(applyDelta(null, delta({}))).toBe(RESYNC);
});

test('a delta older than the snapshot changes nothing', () => {
  expect(applyDelta(start, delta({ version: 7, rows: { total: { present: 0 } } }))).toBe(start);
});

test('a row both removed and sent is new, with nothing of the old one', () => {
  const next = applyDelta(start, delta({ rows: { total: { late: 3 } }, removed: ['total'] }));
  expect(next === RESYNC ? null : next.rows.get('total')).toEqual({ late: 3 });
});
