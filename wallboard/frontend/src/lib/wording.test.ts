import { expect, test } from 'vitest';
import { messages } from '../i18n';
import { office, terminal } from './samples';
import {
  briefDuration,
  describeDark,
  describeDayOff,
  describeNoNames,
  describeOffice,
  describeTrouble,
  kindName,
  stateName,
} from './wording';

const speech = { t: messages.id, duration: (seconds: number) => `${seconds} detik` };

function offline(error: string): string {
  const dark = terminal(1, { online: false, offline_since: '2026-11-23T07:20:00+07:00', error });
  return describeTrouble(dark, 'offline', speech, '2026-11-23');
}

test('a holiday is told with the name that the calendar gives it, in every language', () => {
  const day = { off: 'holiday', off_name: 'Hari Raya Natal' } as const;
  expect(describeDayOff(day, messages.id)).toBe('Hari libur: Hari Raya Natal');
  expect(describeDayOff(day, messages.en)).toBe('Holiday: Hari Raya Natal');
});

test('joint leave is not said twice', () => {
  const day = { off: 'joint_leave', off_name: 'Cuti Bersama Hari Raya Natal' } as const;
  expect(describeDayOff(day, messages.id)).toBe('Cuti bersama: Hari Raya Natal');
  expect(describeDayOff({ ...day, off_name: 'Cuti Bersama' }, messages.id)).toBe('Cuti bersama');
});

test('a Sunday has no name, and a workday is no day off', () => {
  expect(describeDayOff({ off: 'weekly', off_name: '' }, messages.id)).toBe('Hari libur');
  expect(describeDayOff({ off: null, off_name: '' }, messages.id)).toBe(null);
});

test('empty lists of names say why: a day off, a day that has not begun, or that all is well', () => {
  const none = { required: 0, not_due: 0 };
  const workday = { off: null, off_name: '' };
  const holiday = { off: 'holiday', off_name: 'Hari Raya Natal' } as const;
  expect(describeNoNames(holiday, none, messages.id)).toBe(
    'Hari libur: Hari Raya Natal. Tidak ada daftar nama.',
  );
  expect(describeNoNames(holiday, { ...none, required: 3 }, messages.id)).toBe(messages.id.names.allWell);
  expect(describeNoNames(workday, { ...none, not_due: 9 }, messages.id)).toBe(
    'Belum ada jadwal yang dimulai.',
  );
  expect(describeNoNames(workday, none, messages.id)).toBe(messages.id.holiday.nobody);
});

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

const spoken = { t: messages.id, number: String };

test('a tile tells whoever cannot see it how the office stands', () => {
  const one = office(1, { name: 'Dinas Sosial', present: 20, late: 2, waiting: 3, dark: 1 });
  expect(describeOffice(one, undefined, spoken, { atLeast: true })).toBe(
    'Dinas Sosial, sekurang-kurangnya 20 dari 25 hadir, 2 terlambat, 3 menunggu data, 1 mesin belum terbaca',
  );
});

test('of an office where nobody is required a tile says why', () => {
  expect(describeOffice(office(1, { off: 8 }), undefined, spoken, { atLeast: false })).toBe('Unit 1, Libur');
});

test('of an office whose people are still on night duty a tile says so instead', () => {
  const one = office(1, { off: 8, not_due: 2, night: 3 });
  expect(describeOffice(one, undefined, spoken, { atLeast: false })).toBe('Unit 1, 3 dinas malam');
});

test('a state that is looked for is told of a tile, too', () => {
  const excused = { leave: 1, duty_travel: 2, study: 0, training: 0, permit: 0 };
  expect(describeOffice(office(1, { present: 5, excused }), 'excused', spoken, { atLeast: false })).toBe(
    'Unit 1, 5 dari 5 hadir, 3 berketerangan',
  );
});

test('who is excused is not said to be on leave: some travel on duty', () => {
  expect(stateName('excused', messages.id)).toBe('Berketerangan');
  expect(stateName('late', messages.id)).toBe('Terlambat');
});

test('a kind of office that this page does not know has a name all the same', () => {
  expect(kindName('school', messages.id)).toBe('Sekolah');
  expect(kindName('observatory', messages.id)).toBe('Lainnya');
});
