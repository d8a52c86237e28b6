import { expect, test } from 'vitest';
import { terminal } from './samples';
import { todoFor, troubleOf } from './terminals';

test('a terminal that does well is not listed', () => {
  expect(troubleOf([terminal(1), terminal(2, { clock_offset: -20, log_fill: 0.5 })])).toEqual([]);
});

test('offline comes before faults, a full log and a wrong clock; the longest offline first', () => {
  const found = troubleOf([
    terminal(1, { clock_offset: -400, error: 'ClockOff' }),
    terminal(2, { log_fill: 0.95, error: 'LogNearlyFull' }),
    terminal(3, { error: 'Busy' }),
    terminal(4, { online: false, offline_since: '2026-11-23T07:20:00+07:00' }),
    terminal(5, { online: false, offline_since: '2026-11-23T06:45:00+07:00' }),
  ]);
  expect(found.map(({ terminal: { id }, trouble }) => [id, trouble])).toEqual([
    [5, 'offline'],
    [4, 'offline'],
    [3, 'error'],
    [2, 'log'],
    [1, 'clock'],
  ]);
});

test('what to do follows from the fault, and from being offline where no fault says more', () => {
  const off = { online: false, offline_since: null };
  expect(
    [
      { ...off, error: 'Unreachable' },
      { ...off, error: 'AuthRejected' },
      { error: 'ClockDead' },
      { error: 'X' },
    ].map((change) => todoFor(terminal(1, change))),
  ).toEqual(['offline', 'key', 'clockDead', 'error']);
});
