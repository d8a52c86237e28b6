/** Typed views of the rows, by key. Pure. */

import type {
  ArrivalBin,
  Counts,
  DayRow,
  OfficeRow,
  PersonRow,
  SentTickerRow,
  TerminalRow,
  TickerRow,
} from './protocol';
import type { ScopeState } from './scope';

/** The rows whose key begins with `prefix`. */
function rowsOf<T>(state: ScopeState, prefix: string): T[] {
  const found: T[] = [];
  for (const [key, row] of state.rows) if (key.startsWith(prefix)) found.push(row as T);
  return found;
}

export const totalOf = (state: ScopeState) => state.rows.get('total') as Counts | undefined;
export const dayOf = (state: ScopeState) => state.rows.get('day') as DayRow | undefined;
export const officesOf = (state: ScopeState) => rowsOf<OfficeRow>(state, 'u:');
export const terminalsOf = (state: ScopeState) => rowsOf<TerminalRow>(state, 't:');
export const unitOf = (state: ScopeState) => state.rows.get('unit') as OfficeRow | undefined;
export const peopleOf = (state: ScopeState) => rowsOf<PersonRow>(state, 'p:');

/** How many people came in for the first time within the five minutes from "HHMM". */
export function binsOf(state: ScopeState | null): ReadonlyMap<string, number> {
  const bins = new Map<string, number>();
  for (const [key, row] of state?.rows ?? [])
    if (key.startsWith('a:')) bins.set(key.slice(2), (row as ArrivalBin).n);
  return bins;
}

const line = (row: SentTickerRow): TickerRow => ({
  ...row,
  person: row.person ?? null,
  terminal: row.terminal ?? row.office,
  status: row.status ?? null,
  minutes: row.minutes ?? null,
  other_site: row.other_site ?? false,
});

/** Newest first. */
export const tickerOf = (state: ScopeState) =>
  rowsOf<SentTickerRow>(state, 'k:')
    .map(line)
    .sort((a, b) => b.n - a.n);

/** Whole per cent, never rounded up: 100 means everybody. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.floor((100 * part) / whole) : 0;
}

/** Presence is known of these; the others of `required` wait for data. */
export function known(counts: Counts): number {
  return counts.required - counts.waiting;
}

/** More may be present than we count: somebody waits for data, or a terminal is dark. */
export function isLowerBound(office: OfficeRow): boolean {
  return office.waiting > 0 || office.dark > 0;
}

/** Absent and late, of those required: what "worst" means on the wall. */
export function shareAmiss(counts: Counts): number {
  return counts.required > 0 ? (counts.absent + counts.late) / counts.required : 0;
}
