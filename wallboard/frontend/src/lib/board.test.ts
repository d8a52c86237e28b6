import { expect, test } from 'vitest';
import { isLowerBound, percent } from './board';
import { office } from './samples';

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
