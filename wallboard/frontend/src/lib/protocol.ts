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
  /** Of those off or not due: still on night duty by the plan of the date before. Left out when nobody is. */
  readonly night?: number;
}

export type DayOff = 'weekly' | 'holiday' | 'joint_leave';

export interface DayRow {
  /** ISO date. */
  readonly date: string;
  readonly city_name: string;
  /** The short name of the unit whose scope it is; empty: the city's. */
  readonly place: string;
  /** "HH:MM", when the city's usual hours begin; null on a day off. */
  readonly start: string | null;
  readonly provisional: boolean;
  /** Why nothing is expected by the usual hours, or by those of the unit whose scope it is; null: something is. */
  readonly off: DayOff | null;
  /** The holiday's name as the calendar has it; empty where there is none. */
  readonly off_name: string;
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
  /** The kecamatan; empty: not told. */
  readonly district: string;
  readonly online: boolean;
  /** Told only of a terminal that is behind or offline: of all others it is now. */
  readonly read_through: string | null;
  readonly offline_since: string | null;
  /** Whole seconds the terminal's clock is ahead of the city's. */
  readonly clock_offset: number | null;
  /** 0 to 1. */
  readonly log_fill: number | null;
  /** A failure while it lasts, or, of a terminal that is online, a warning such as "ClockOff". */
  readonly error: string | null;
}

/** A line of the ticker as it is sent: with every punch, so whatever is as usual is left out. */
export interface SentTickerRow {
  readonly n: number;
  /** "HH:MM:SS" */
  readonly at: string;
  readonly office: string;
  /** Left out, like the status, when nobody is known by the PIN; the person also where names are not shown. */
  readonly person?: string;
  readonly status?: Status;
  /** Left out when it is named like the office. */
  readonly terminal?: string;
  /** Left out when none. */
  readonly minutes?: number;
  /** Left out when the punch was made at home. */
  readonly other_site?: boolean;
}

/** A line of the ticker as it is shown. */
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
  /** "HH:MM", until when somebody who is off or not due is on night duty by the plan; left out of all others. */
  readonly night?: string;
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
export type Rows = Readonly<Record<string, object>>;

export interface SnapshotMessage {
  readonly scope: string;
  readonly epoch: string | number;
  readonly version: number;
  readonly rows: Rows;
}

/** What changed since `version - 1`: of rows that were there only the fields that differ. */
export interface DeltaMessage extends SnapshotMessage {
  /** Forgotten before `rows` are put in; missing when there are none. */
  readonly removed?: readonly string[];
}

export type Level = 'nothing' | 'counts' | 'names';

export type Theme = 'auto' | 'dark' | 'light';

export type ViewName = 'city' | 'office' | 'names' | 'terminals' | 'day';

/** One stop of a playlist. */
export interface Stop {
  readonly view: ViewName;
  /** 5 to 3600. */
  readonly seconds: number;
  /** Of the view "office": which; of others: null. */
  readonly unit: number | null;
  /** Of the view "names": which list; null: late, absent, not yet, one after the other. */
  readonly state: 'late' | 'absent' | 'not_yet' | null;
  /** City time "HH:MM" from which and until which it is shown; null: always. May run over midnight. */
  readonly from: string | null;
  readonly to: string | null;
}

/** How a wall looks, as somebody set it for that wall. */
export interface Look {
  readonly playlist: readonly Stop[];
  readonly theme: Theme;
  /** City time "HH:MM" between which the screen is dimmed; null: never. */
  readonly dim: { readonly from: string; readonly to: string } | null;
}

/** The server's first word on every connection, and again whenever one of its facts changes. */
export interface Hello {
  /** Another build than this page's: reload. */
  readonly build: string;
  readonly level: Level;
  /** Null: this screen is not paired. */
  readonly wall: ({ readonly id: number; readonly name: string } & Look) | null;
  /** The scope of the first view: "city", "city:5", or "office:12". */
  readonly root: string;
  /** Unix milliseconds by the server's own clock, not the city's. */
  readonly real: number;
}

/**
 * People who came in for the first time within five minutes: key "a:HHMM". Without those who are excused or
 * off: of all that are due, `required` + `not_due`.
 */
export interface ArrivalBin {
  readonly n: number;
}

/** When people usually come in: key "usual". */
export interface UsualRow {
  /** How many past days it rests on. */
  readonly days: number;
  /** "HH:MM" of the first bin's start. */
  readonly first: string;
  /** Minutes. */
  readonly step: number;
  /** Per mille of who was due, who had come in by the end of each bin. */
  readonly median: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** One person of the scope "names": key "p:ID". */
export interface NameRow {
  readonly id: number;
  readonly name: string;
  /** The office's number and short name. */
  readonly unit: number;
  readonly office: string;
  readonly status: 'late' | 'absent' | 'not_yet';
  readonly minutes: number | null;
  readonly class: string | null;
  /** "HH:MM:SS" */
  readonly at: string | null;
}

/** People by state at the cut-off. */
export interface FrozenCounts {
  readonly required: number;
  readonly present: number;
  readonly late: number;
  readonly not_yet: number;
  readonly waiting: number;
  readonly absent: number;
  readonly excused: number;
}

/** The scope "recap": key "freeze". Missing before the cut-off and on days off. */
export interface FreezeRow {
  /** "HH:MM", the cut-off. */
  readonly at: string;
  /** "HH:MM:SS" when it was made; later than `at` where the server was away at the cut-off. */
  readonly made: string;
  /** "HH:MM", when the day's usual hours begin by now; null: it is a day off by now. */
  readonly start: string | null;
  /** What was said then. */
  readonly then: FrozenCounts;
  /** What is said of that same moment now that more is known. */
  readonly now: FrozenCounts;
  /** How many people stand in another state than they were said to. */
  readonly corrected: number;
}

/** An office of which something was corrected: key "r:UNIT". */
export interface CorrectedOffice {
  readonly id: number;
  readonly short: string;
  readonly then: FrozenCounts;
  readonly now: FrozenCounts;
  readonly corrected: number;
}

/** Somebody who was corrected: key "c:PERSON". Names only. */
export interface CorrectedPerson {
  readonly id: number;
  readonly name: string;
  readonly unit: number;
  readonly office: string;
  readonly before: Status;
  readonly after: Status;
  /** Why `after`, as of the cut-off. */
  readonly why: Sentence;
}
