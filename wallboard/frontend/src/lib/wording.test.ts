import { expect, test } from 'vitest';
import { messages } from '../i18n';
import { terminal } from './samples';
import { describeTrouble } from './wording';

const speech = { t: messages.id, duration: (seconds: number) => `${seconds} detik` };

function offline(error: string): string {
  const dark = terminal(1, { online: false, offline_since: '2026-11-23T07:20:00+07:00', error });
  return describeTrouble(dark, 'offline', speech, '2026-11-23');
}

test('a terminal that is only offline is called so and no more', () => {
  expect(offline('Unreachable')).toBe('terputus sejak 07:20');
});

test('what somebody has to mend is said with it', () => {
  expect(offline('WrongTerminal')).toBe('terputus sejak 07:20: bukan mesin yang terdaftar di alamat ini');
});

test('a dead clock is not told as twenty years', () => {
  const dead = terminal(1, { error: 'ClockDead', clock_offset: -8e8 });
  expect(describeTrouble(dead, 'clock', speech, '2026-11-23')).toBe('jam mati: baterainya habis');
});
