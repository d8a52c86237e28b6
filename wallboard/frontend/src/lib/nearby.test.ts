import { expect, test } from 'vitest';
import { nearby, type Box } from './nearby';

/** Two columns of two; below them one more at the left. */
const boxes: Box[] = [
  [0, 0],
  [0, 20],
  [110, 0],
  [110, 20],
  [0, 60],
].map(([left, top]) => ({ left: left!, top: top!, right: left! + 100, bottom: top! + 20 }));

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 1, 4],
  ['ArrowUp', 4, 1],
  ['ArrowRight', 1, 3],
  ['ArrowLeft', 2, 0],
  ['ArrowDown', 3, 4],
])('%s from box %i leads to box %i', (key, from, to) => {
  expect(nearby(key, boxes, from)).toBe(to);
});

test.each([
  ['ArrowUp', 0],
  ['ArrowRight', 2],
  ['ArrowDown', 4],
  ['Enter', 0],
])('%s from box %i leads nowhere', (key, from) => {
  expect(nearby(key, boxes, from)).toBeNull();
});
