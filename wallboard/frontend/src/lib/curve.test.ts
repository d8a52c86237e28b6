import { expect, test } from 'vitest';
import {
  arrived,
  axisFor,
  band,
  hoursOf,
  line,
  minuteOf,
  shareAt,
  standing,
  timeOf,
  usualPoints,
  type Point,
} from './curve';
import type { UsualRow } from './protocol';

const at = minuteOf;

/** Half are in by 07:15, everybody by 07:30; the band is 10 % wide on either side. */
const usual: UsualRow = {
  days: 20,
  first: '07:00',
  step: 15,
  median: [500, 1000],
  low: [400, 900],
  high: [600, 1000],
};

test('times of the day are minutes and back', () => {
  expect(at('07:30')).toBe(450);
  expect(at('0730')).toBe(450);
  expect(timeOf(450)).toBe('07:30');
});

test.each([
  ['07:30', '07:31', '06:00', '09:00'],
  ['07:00', '06:10', '05:00', '09:00'],
  ['08:00', '06:10', '06:00', '10:00'],
  // Later in the morning the axis grows, by whole hours, and ends at noon.
  ['07:30', '10:01', '06:00', '11:00'],
  ['07:30', '16:20', '06:00', '12:00'],
  ['12:30', '12:00', '11:00', '12:00'],
])('for a day that begins at %s, at %s the axis goes from %s to %s', (start, now, from, to) => {
  expect(axisFor(at(start), at(now))).toEqual({ from: at(from), to: at(to) });
});

test('the axis is marked at each whole hour', () => {
  expect(hoursOf({ from: at('05:00'), to: at('08:00') }).map(timeOf)).toEqual([
    '05:00',
    '06:00',
    '07:00',
    '08:00',
  ]);
});

test('people of a bin are in by its end, and nobody comes in where there is no bin', () => {
  const bins = new Map([
    ['0720', 30],
    ['0700', 20],
  ]);
  expect(arrived(bins, 100, at('07:40'))).toEqual([
    { minute: at('07:00'), share: 0 },
    { minute: at('07:05'), share: 200 },
    { minute: at('07:20'), share: 200 },
    { minute: at('07:25'), share: 500 },
    { minute: at('07:40'), share: 500 },
  ]);
});

test('the bin that is not over yet ends now', () => {
  expect(arrived(new Map([['0720', 30]]), 100, at('07:22')).at(-1)).toEqual({
    minute: at('07:22'),
    share: 300,
  });
  expect(arrived(new Map([['0720', 30]]), 100, at('07:20'))).toEqual([{ minute: at('07:20'), share: 300 }]);
});

test('before anybody has come in the line lies on the ground; where nobody is due there is none', () => {
  expect(arrived(new Map(), 100, at('06:00'))).toEqual([{ minute: at('06:00'), share: 0 }]);
  expect(arrived(new Map([['0700', 3]]), 0, at('07:30'))).toEqual([]);
});

test('who comes in without being due never makes more than everybody', () => {
  expect(arrived(new Map([['0700', 12]]), 10, at('08:00')).at(-1)?.share).toBe(1000);
});

test('a usual value stands at the end of its bin, and between values it is in proportion', () => {
  const median = usualPoints(usual, usual.median);
  expect(median.map(({ minute }) => timeOf(minute))).toEqual(['07:15', '07:30']);
  expect(shareAt(median, at('07:21'))).toBe(700);
  expect(shareAt(median, at('06:00'))).toBe(500);
  expect(shareAt(median, at('09:00'))).toBe(1000);
  expect(shareAt([], at('09:00'))).toBeNull();
});

test.each([
  [500, 0, 'usual'],
  [400, 0, 'usual'],
  [620, 0, 'usual'],
  [380, 0, 'usual'],
  [621, 0, 'earlier'],
  [379, 0, 'later'],
  // What has not been read yet could make up for it: then nobody is said to come late.
  [300, 80, 'waiting'],
  [300, 79, 'later'],
] as const)('%i per mille at 07:15 with %i waited for: %s', (share, waiting, word) => {
  expect(standing(usual, at('07:15'), share, waiting)).toBe(word);
});

test('without past days nothing is said', () => {
  expect(standing(undefined, at('07:15'), 500, 0)).toBe('unknown');
  expect(standing({ ...usual, days: 0 }, at('07:15'), 500, 0)).toBe('unknown');
});

const axis = { from: 0, to: 100 };
const box = { width: 200, height: 50 };
const points = (...pairs: [number, number][]): Point[] => pairs.map(([minute, share]) => ({ minute, share }));

test('a line is drawn from the left below to the right above', () => {
  expect(line(points([0, 0], [50, 500], [100, 1000]), axis, box)).toBe('M0.0 50.0L100.0 25.0L200.0 0.0');
});

test('what lies beyond the axis is cut off at its ends', () => {
  expect(line(points([-100, 0], [100, 1000]), axis, box)).toBe('M0.0 25.0L200.0 0.0');
  expect(line(points([-20, 0], [-10, 10]), axis, box)).toBe('');
  expect(line(points([50, 0], [150, 1000]), axis, box)).toBe('M100.0 50.0L200.0 25.0');
  expect(line([], axis, box)).toBe('');
});

test('a band goes along its upper edge and back along its lower one', () => {
  expect(band(points([0, 0], [100, 500]), points([0, 500], [100, 1000]), axis, box)).toBe(
    'M0.0 25.0L200.0 0.0L200.0 25.0L0.0 50.0Z',
  );
  expect(band([], points([0, 0], [100, 500]), axis, box)).toBe('');
});
