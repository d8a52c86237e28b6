import { describe, expect, test } from 'vitest';
import css from '../tokens.css?raw';

function palette(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  );
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const INKS = [
  'ink',
  'ink-2',
  'ink-3',
  'present',
  'late',
  'absent',
  'waiting',
  'not-yet',
  'left-early',
  'excused',
];

describe.each([
  ['dark', ":root[data-theme='dark']"],
  ['light', ":root[data-theme='light']"],
  ['night', ':root[data-dim]'],
])('the %s palette', (_name, selector) => {
  const colours = palette(selector);
  const of = (name: string) => colours.get(name) ?? expect.fail(`--${name} is missing`);

  test.each(INKS)('writes in %s legibly on every background', (ink) => {
    for (const back of ['ground', 'surface', 'raised'])
      expect(contrast(of(ink), of(back)), `on ${back}`).toBeGreaterThanOrEqual(4.5);
  });

  test.each(INKS)('writes in %s legibly on the warmest tile', (ink) => {
    for (const back of ['heat', 'heat-raised'])
      expect(contrast(of(ink), of(back)), `on ${back}`).toBeGreaterThanOrEqual(4.5);
  });

  test('writes the banner legibly', () => {
    expect(contrast(of('on-banner'), of('banner'))).toBeGreaterThanOrEqual(4.5);
  });

  test('tells the areas of present, late and absent apart by lightness', () => {
    expect(contrast(of('late-fill'), of('absent-fill'))).toBeGreaterThanOrEqual(1.3);
    expect(contrast(of('late-fill'), of('present-fill'))).toBeGreaterThanOrEqual(1.2);
  });

  test('shows the focus on every background', () => {
    for (const back of ['ground', 'surface', 'raised'])
      expect(contrast(of('focus'), of(back))).toBeGreaterThanOrEqual(3);
  });
});
