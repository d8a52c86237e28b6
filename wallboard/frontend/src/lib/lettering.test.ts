import { expect, test } from 'vitest';
import { figureScale } from './lettering';

test('usual figures have their full size', () => {
  expect(figureScale(91, '33/36', false)).toBe(1);
});

test('longer figures are written smaller, and the longest still legibly', () => {
  const longer = figureScale(94, '488/514', false);
  const longest = figureScale(100, '1.488/1.488', true);
  expect(longer).toBeLessThan(1);
  expect(longest).toBeLessThan(longer);
  expect(longest).toBeGreaterThan(0.5);
});
