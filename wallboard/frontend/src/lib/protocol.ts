/**
 * What travels between the wall and the server over Socket.IO. Times are the city's; counts are people.
 * The server's side of it is `realtime/`.
 */

import type { Language } from '../i18n';

export type Status =
  'not_due' | 'not_yet' | 'waiting' | 'present' | 'late' | 'left_early' | 'excused' | 'absent' | 'off';

export type ExcuseKind = 'leave' | 'duty_travel' | 'study' | 'training' | 'permit';

export interface Counts {
  /** "Wajib hadir saat ini": present + late + not_yet + waiting + absent + left_early. */
  readonly required: number;
  readonly present: number;
  readonly late: number;
  readonly not_yet: number;
  readonly waiting: number;
  readonly absent: number;
  readonly left_early: number;
  readonly excused: Readonly<Record<ExcuseKind, number>>;
  readonly not_due: number;
  readonly off: number;
  readonly people: number;
}

export interface DayRow {
  /** ISO date. */
  readonly date: string;
  readonly city_name: string;
  /** "HH:MM", when the city's usual hours begin; null on a day off. */
  readonly start: string | null;
  readonly provisional: boolean;
  readonly show_names: boolean;
}

export interface OfficeRow extends Counts {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly short: string;
  readonly kind: string;
  /** Terminals whose data is missing. */
  readonly dark: number;
  readonly terminals: number;
}

export interface TerminalRow {
  readonly id: number;
  readonly name: string;
  readonly office: number | null;
  readonly online: boolean;
  readonly read_through: string | null;
  readonly offline_since: string | null;
  /** Seconds the terminal's clock is ahead of the city's. */
  readonly clock_offset: number | null;
  /** 0 to 1. */
  readonly log_fill: number | null;
  /** A failure while it lasts, or, of a terminal that is online, a warning such as "ClockOff". */
  readonly error: string | null;
}

export interface TickerRow {
  readonly n: number;
  /** "HH:MM:SS" */
  readonly at: string;
  readonly person: string | null;
  readonly office: string;
  readonly terminal: string;
  /** Null, like the person, when nobody is known by the PIN. */
  readonly status: Status | null;
  readonly minutes: number | null;
  readonly other_site: boolean;
}

export type ReasonCode =
  | 'no_terminal'
  | 'no_pin'
  | 'no_roster'
  | 'outside_window'
  | 'never_read'
  | 'dark'
  | 'behind'
  | 'outage_power'
  | 'outage_network'
  | 'outage_broken'
  | 'outage_log_lost'
  | 'outage_clock_wrong'
  | 'outage_no_terminal';

export interface Reason {
  /** A `ReasonCode`; a newer server may know more. */
  readonly code: string;
  /** Null where the reason is none of a terminal's, and for an outage of the whole office. */
  readonly terminal: string | null;
  readonly since: string | null;
}

/** One sentence in each of the wall's languages. */
export type Sentence = Readonly<Record<Language, string>>;

export interface PersonRow {
  readonly id: number;
  readonly name: string | null;
  readonly status: Status;
  /** Late, or early of who is only that. */
  readonly minutes: number | null;
  /** "TL1" to "TL4" of who is late, "PSW1" to "PSW4" of who left early. */
  readonly class: string | null;
  /** "HH:MM:SS" */
  readonly at: string | null;
  readonly reason: Reason | null;
  readonly excuse: ExcuseKind | null;
  readonly section: string | null;
  /** The shift's code; null on regular hours. */
  readonly shift: string | null;
  /** Minutes that somebody left early, also who came late. */
  readonly early: number | null;
  readonly early_class: string | null;
  /** Why the status is what it is. */
  readonly why: Sentence;
}

export interface Beat {
  /** ISO, local to the city, with its offset. */
  readonly city: string;
  /** City seconds per real second. */
  readonly rate: number;
  /** ISO: every terminal that can be read has been read up to here. */
  readonly as_of: string | null;
  readonly read: number;
  readonly terminals: number;
  readonly stale: boolean;
  /** Why it is stale: "loading", "store", "collector" or "follower". */
  readonly reason: string | null;
}

/** The server could not do what this wall asked. */
export interface Refusal {
  readonly scope: string | null;
  readonly code: string;
  readonly text: string;
}

/** A row's shape follows from its key: see the typed views in `board.ts`. */
export type Rows = Readonly<Record<string, unknown>>;

export interface SnapshotMessage {
  readonly scope: string;
  readonly epoch: string | number;
  readonly version: number;
  readonly rows: Rows;
}

export interface DeltaMessage extends SnapshotMessage {
  readonly base: number;
  readonly removed: readonly string[];
}
