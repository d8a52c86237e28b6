import { expect, test } from 'vitest';
import { scopeUnder } from './scopes';

test('a wall asks for the names and the recap of its own people only', () => {
  expect(['city', 'city:5', 'office:12'].map((root) => scopeUnder('names', root))).toEqual([
    'names',
    'names:5',
    'names:12',
  ]);
});
