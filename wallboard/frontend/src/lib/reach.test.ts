import { expect, test } from 'vitest';
import { peopleBehind } from './reach';

test('behind a total are the names, where names are shown and there is a list of them', () => {
  expect(peopleBehind('late', true)).toEqual({ view: 'names', state: 'late' });
  expect(peopleBehind('waiting', true)).toEqual({ view: 'city', state: 'waiting' });
});

test('behind a total are the offices that have such people, where names are not shown', () => {
  expect(peopleBehind('late', false)).toEqual({ view: 'city', state: 'late' });
});
