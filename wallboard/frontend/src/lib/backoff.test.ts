import { expect, test } from 'vitest';
import { backoff } from './backoff';

test('attempts come at longer and longer intervals, up to ten seconds', () => {
  const waits = Array.from({ length: 12 }, (_, attempt) => backoff(attempt, 0));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBeLessThan(1000);
  expect(Math.max(...waits)).toBe(10_000);
  expect(backoff(10_000, 0)).toBe(10_000);
});

test('chance takes up to half of the wait away, and never adds', () => {
  expect(backoff(9, 1)).toBe(5_000);
  expect(backoff(0, 0.5)).toBeLessThan(backoff(0, 0));
});
