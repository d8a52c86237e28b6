/** Facts into sentences. */

import { peopleIn } from './kinds';
import type { Messages } from '../i18n';
import type { Counts, DayRow, OfficeRow, Reason, ReasonCode, Status, TerminalRow } from './protocol';
import type { Speech } from './speech.svelte';
import type { Trouble } from './terminals';
import { secondsBetween, shortTime } from './time';

/** Why somebody's data is awaited, as a sentence. `today` is an ISO date. */
export function describeReason(reason: Reason | null, { t }: Speech, today: string): string {
  if (reason === null) return t.reason.other;
  const terminal = reason.terminal ?? t.reason.someTerminal;
  const since = reason.since === null ? null : shortTime(reason.since, today);
  switch (reason.code as ReasonCode) {
    case 'no_terminal':
      return t.reason.no_terminal;
    case 'no_pin':
      return since === null ? t.reason.no_pin : t.reason.no_pin_before(since);
    case 'no_roster':
      return t.reason.no_roster;
    case 'outside_window':
      return t.reason.outside_window;
    case 'never_read':
      return t.reason.never_read(terminal);
    case 'dark':
      return since === null ? t.reason.darkAlways(terminal) : t.reason.dark(terminal, since);
    case 'behind':
      if (reason.terminal === null) return t.reason.behindElsewhere;
      return since === null ? t.reason.behindUnknown(terminal) : t.reason.behind(terminal, since);
    case 'outage_power':
      return t.reason.outage_power(terminal);
    case 'outage_network':
      return t.reason.outage_network(terminal);
    case 'outage_broken':
      return t.reason.outage_broken(terminal);
    case 'outage_log_lost':
      return t.reason.outage_log_lost(terminal);
    case 'outage_clock_wrong':
      return t.reason.outage_clock_wrong(terminal);
    case 'outage_no_terminal':
      return t.reason.outage_no_terminal;
    default:
      return t.reason.other;
  }
}

/** "Cuti bersama" is what the day is; the calendar's name often begins with it once more. */
const JOINT_LEAVE = /^cuti bersama(\s+|$)/i;

/** What a day off is, and its name; the name is empty where it has none. Names stay as the calendar has them. */
export function dayOffOf(
  { off, off_name }: Pick<DayRow, 'off' | 'off_name'>,
  t: Messages,
): { kind: string; name: string } | null {
  if (off === null) return null;
  return { kind: t.off[off], name: off === 'joint_leave' ? off_name.replace(JOINT_LEAVE, '') : off_name };
}

/** "Hari libur: Hari Raya Natal"; null on a day that is worked. */
export function describeDayOff(day: Pick<DayRow, 'off' | 'off_name'>, t: Messages): string | null {
  const found = dayOffOf(day, t);
  return found === null || found.name === '' ? (found?.kind ?? null) : `${found.kind}: ${found.name}`;
}

/** Why the lists of names are empty. */
export function describeNoNames(
  day: Pick<DayRow, 'off' | 'off_name'> | undefined,
  total: Pick<Counts, 'required' | 'not_due'> | undefined,
  t: Messages,
): string {
  const off = day === undefined ? null : describeDayOff(day, t);
  if (total === undefined || total.required > 0) return t.names.allWell;
  if (off !== null) return `${off}. ${t.names.dayOff}`;
  return total.not_due > 0 ? `${t.notStarted}.` : t.holiday.nobody;
}

/** What is wrong with a terminal, in a few words. */
export function describeTrouble(
  terminal: TerminalRow,
  trouble: Trouble,
  speech: Pick<Speech, 't' | 'duration'>,
  today: string,
): string {
  const { t } = speech;
  switch (trouble) {
    case 'offline':
      return withReason(
        terminal.offline_since === null
          ? t.offlineNever
          : t.offlineSince(shortTime(terminal.offline_since, today)),
        terminal,
        speech,
      );
    case 'clock': {
      if (terminal.error === 'ClockDead') return t.clockDead;
      const offset = terminal.clock_offset ?? 0;
      return offset > 0 ? t.clockAhead(speech.duration(offset)) : t.clockBehind(speech.duration(offset));
    }
    case 'log':
      return t.logFill(`${Math.floor(100 * (terminal.log_fill ?? 0))}%`);
    case 'error': {
      const code = terminal.error ?? '';
      const known: Readonly<Record<string, string>> = t.terminalErrorCode;
      return known[code] ?? t.terminalError(code);
    }
  }
}

/** Since when a terminal is offline and, where there is a clock, for how long that is. `now` is ISO city time. */
export function describeDark(
  terminal: TerminalRow,
  speech: Pick<Speech, 't' | 'duration'>,
  now: string | null,
  today: string,
): string {
  if (terminal.offline_since === null || now === null)
    return describeTrouble(terminal, 'offline', speech, today);
  const long = speech.duration(Math.max(0, secondsBetween(terminal.offline_since, now)));
  return withReason(
    speech.t.plan.offlineFor(long, shortTime(terminal.offline_since, today)),
    terminal,
    speech,
  );
}

function withReason(said: string, terminal: TerminalRow, { t }: Pick<Speech, 't'>): string {
  return needsSomebody(terminal.error) ? `${said}: ${t.terminalErrorCode[terminal.error]}` : said;
}

/** "43 mnt", "2 jam", "3 hr": where there is room for no more; in the units and figures of `Speech.duration`. */
export function briefDuration(seconds: number, speech: Pick<Speech, 't' | 'number'>): string {
  const { brief } = speech.t.plan;
  if (seconds < 90 * 60) return brief.minutes(speech.number(Math.max(1, Math.round(seconds / 60))));
  if (seconds < 36 * 3600) return brief.hours(speech.number(Math.round(seconds / 3600)));
  return brief.days(speech.number(Math.round(seconds / 86400)));
}

/** What only a person can mend is said with the word offline; a cut cable is not worth more words. */
const LASTING = [
  'AuthRejected',
  'SecureFirmware',
  'AccessPanel',
  'WrongTerminal',
  'UnusableAddress',
  'KeyRefused',
  'OutsideNetwork',
  'NotAdmitted',
] as const;

function needsSomebody(code: string | null): code is (typeof LASTING)[number] {
  return LASTING.some((lasting) => lasting === code);
}

/** Why the board stands still, as a sentence. */
export function describeStale(reason: string | null, { t }: Speech): string {
  const known: Readonly<Record<string, string>> = t.staleReason;
  return (reason === null ? undefined : known[reason]) ?? t.staleReason.other;
}

const AMISS_OR_OPEN = ['absent', 'late', 'waiting', 'not_yet', 'left_early'] as const;

/** An office's tile for who cannot see it; `wanted`: the state whose people are looked for. */
export function describeOffice(
  office: OfficeRow,
  wanted: Status | undefined,
  { t, number }: Pick<Speech, 't'> & { number: (value: number) => string },
  { atLeast }: { atLeast: boolean },
): string {
  const people = (state: Status) => `${number(peopleIn(office, state))} ${stateName(state, t).toLowerCase()}`;
  const told: readonly Status[] = AMISS_OR_OPEN.filter((state) => office[state] > 0);
  const how =
    office.required > 0
      ? `${atLeast ? `${t.tile.atLeast} ` : ''}${t.presentOf(number(office.present), number(office.required))}`
      : (office.night ?? 0) > 0
        ? `${number(office.night ?? 0)} ${t.tile.night}`
        : office.not_due > 0
          ? t.status.not_due
          : office.off > 0
            ? t.status.off
            : null;
  return [
    office.name,
    how,
    ...told.map(people),
    wanted !== undefined && wanted !== 'present' && !told.includes(wanted) ? people(wanted) : null,
    office.dark > 0 ? t.dark(number(office.dark)) : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** What a kind of office is called; a newer server may know more kinds. */
export function kindName(kind: string, t: Speech['t']): string {
  const known: Readonly<Record<string, string>> = t.kind;
  return known[kind] ?? t.kind.other;
}

/** A state as the name of all who are in it; of excused people the reasons differ. */
export function stateName(state: Status, t: Speech['t']): string {
  return state === 'excused' ? t.excusedAll : t.status[state];
}
