import { expect, test } from 'vitest';
import { comesBack, isTold } from './refusals';

test('what is forbidden stays so; any other refusal, also one that is not known yet, is asked about again', () => {
  expect(comesBack('forbidden')).toBe(false);
  for (const code of ['log_unavailable', 'unknown_office', 'too_many', 'of-a-newer-server'])
    expect(comesBack(code)).toBe(true);
});

test('a wall that asked too often says nothing and keeps what it shows', () => {
  expect(isTold('too_many')).toBe(false);
  for (const code of ['forbidden', 'log_unavailable', 'of-a-newer-server']) expect(isTold(code)).toBe(true);
});
