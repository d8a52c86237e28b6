import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Turning } from './turning.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function turned(
  seconds: number,
  act: (turning: Turning) => void = () => undefined,
  stopped = () => false,
): number {
  let count = 0;
  const turning = new Turning(() => {
    count += 1;
    turning.shown(10);
  }, stopped);
  turning.shown(10);
  const stop = turning.run();
  act(turning);
  vi.advanceTimersByTime(seconds * 1000);
  stop();
  vi.advanceTimersByTime(60_000);
  return count;
}

test('a page is turned when its time is over, and never after the view is gone', () => {
  expect(turned(9)).toBe(0);
  expect(turned(25)).toBe(2);
});

test('under a hand the pages stand still for a minute', () => {
  expect(turned(69, (turning) => turning.hold())).toBe(0);
  expect(turned(70, (turning) => turning.hold())).toBe(1);
});

test('who chose another list need not wait for that', () => {
  const choose = (turning: Turning) => {
    turning.hold();
    turning.release();
  };
  expect(turned(10, choose)).toBe(1);
});

test('while the wall is paused, time stands still', () => {
  expect(
    turned(
      100,
      () => undefined,
      () => true,
    ),
  ).toBe(0);
});
