import { expect, test } from 'vitest';
import { messages } from '../i18n';
import { office, terminal } from './samples';
import { briefDuration, describeDark, describeOffice, describeTrouble, kindName, stateName } from './wording';

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

test('a terminal offline is told with how long it has been so', () => {
  const dark = terminal(1, {
    online: false,
    offline_since: '2026-11-23T07:20:00+07:00',
    error: 'AuthRejected',
  });
  const now = '2026-11-23T07:30:00+07:00';
  expect(describeDark(dark, speech, now, '2026-11-23')).toBe(
    'terputus 600 detik, sejak 07:20: menolak kunci komunikasi',
  );
  expect(describeDark({ ...dark, offline_since: null }, speech, now, '2026-11-23')).toBe(
    'belum pernah terhubung: menolak kunci komunikasi',
  );
});

test('where there is little room a duration is one figure, the same as in the sentence beside it', () => {
  const brief = { t: messages.id, number: (value: number) => String(value) };
  const lengths = [20, 43 * 60, 119 * 60, 30 * 3600, 71 * 3600];
  expect(lengths.map((seconds) => briefDuration(seconds, brief))).toEqual([
    '1 mnt',
    '43 mnt',
    '2 jam',
    '30 jam',
    '3 hr',
  ]);
});
