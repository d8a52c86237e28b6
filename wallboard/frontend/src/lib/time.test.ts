import { expect, test } from 'vitest';
import {
  clockTime,
  later,
  longDate,
  minutesUntil,
  secondsBetween,
  shortTime,
  wholeMinute,
  within,
} from './time';

const moment = '2026-11-23T07:31:20.500000+07:00';

test("a moment is shown in the city's time, whatever this screen's zone", () => {
  expect(clockTime(moment)).toBe('07:31:20');
});

test('a moment of another day shows its day', () => {
  expect(shortTime(moment, '2026-11-23')).toBe('07:31');
  expect(shortTime(moment, '2026-11-24')).toBe('23/11 07:31');
});

test('the clock runs on between two beats and keeps its offset', () => {
  expect(later(moment, 40)).toBe('2026-11-23T07:32:00.500+07:00');
  expect(later('2026-11-23T23:59:59+07:00', 2)).toBe('2026-11-24T00:00:01.000+07:00');
});

test('dates are written out in the language of the wall', () => {
  expect(longDate('2026-11-23', 'id-ID')).toBe('Senin, 23 November 2026');
  expect(longDate('2026-11-23', 'en-GB')).toMatch(/^Monday,? 23 November 2026$/);
});

test('what lies between two moments does not depend on the offset they are told in', () => {
  expect(secondsBetween('2026-11-23T07:00:00+07:00', '2026-11-23T00:01:30Z')).toBe(90);
});

test.each([
  ['07:29', '07:30', '16:00', false],
  ['07:30', '07:30', '16:00', true],
  ['16:00', '07:30', '16:00', false],
  ['23:10', '18:00', '05:30', true],
  ['05:29', '18:00', '05:30', true],
  ['05:30', '18:00', '05:30', false],
  ['12:00', null, null, true],
  ['06:00', '07:00', null, false],
  ['06:00', null, '07:00', true],
])('%s lies between %s and %s: %s', (time, from, to, inside) => {
  expect(within(time, from, to)).toBe(inside);
});

test('minutes until an hour of the day are never fewer than there are', () => {
  expect(minutesUntil('07:30', '2026-11-23T07:10:04.25+07:00')).toBe(20);
  expect(minutesUntil('07:30', '2026-11-23T07:29:30+07:00')).toBe(1);
  expect(minutesUntil('07:30', '2026-11-23T07:31:00+07:00')).toBe(-1);
});

test('a whole minute forgets the seconds and keeps the offset', () => {
  expect(wholeMinute('2026-11-23T07:10:04.25+07:00')).toBe('2026-11-23T07:10:00+07:00');
});
