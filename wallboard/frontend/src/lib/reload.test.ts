import { expect, test } from 'vitest';
import { buildIn, mayReload } from './reload';

test("a page's text tells its build", () => {
  expect(buildIn('<head><meta name="presensi-build" content="0123456789ab" /></head>')).toBe('0123456789ab');
  expect(buildIn('<title>Bad gateway</title>')).toBe('');
});

test('a page reloads at most once a minute', () => {
  expect(mayReload(null, 5)).toBe(true);
  expect(mayReload(1_000, 60_999)).toBe(false);
  expect(mayReload(1_000, 61_000)).toBe(true);
});

test('a clock that was set back does not keep the old page for years', () => {
  expect(mayReload(5_000_000, 1_000)).toBe(true);
});
