/** Typed views of the rows, by key. Pure. */

import type { Counts, DayRow, OfficeRow, PersonRow, TerminalRow, TickerRow } from './protocol';
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

/** Newest first. */
export const tickerOf = (state: ScopeState) => rowsOf<TickerRow>(state, 'k:').sort((a, b) => b.n - a.n);

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

const RANKED = 0;
const ALL_WAITING = 1;
const NOBODY_REQUIRED = 2;

function group(office: OfficeRow): number {
  if (office.required === 0) return NOBODY_REQUIRED;
  return known(office) === 0 ? ALL_WAITING : RANKED;
}

/** Missing presence ranks an office only when its data is complete. */
function shareIn(office: OfficeRow): number {
  return isLowerBound(office) ? 1 : (office.present + office.late + office.left_early) / office.required;
}

/** Worst first; an office never ranks worse for data that has not come in. */
export function worstFirst(offices: readonly OfficeRow[]): OfficeRow[] {
  return [...offices].sort(
    (a, b) =>
      group(a) - group(b) ||
      shareAmiss(b) - shareAmiss(a) ||
      shareIn(a) - shareIn(b) ||
      a.short.localeCompare(b.short, 'id', { numeric: true }) ||
      a.id - b.id,
  );
}

/** `offices` in the order of `ids`; offices that the order does not know come last. */
export function inOrder(offices: readonly OfficeRow[], ids: readonly number[]): OfficeRow[] {
  const place = new Map(ids.map((id, index) => [id, index]));
  const last = ids.length;
  return [...offices].sort((a, b) => (place.get(a.id) ?? last) - (place.get(b.id) ?? last));
}

const TILE_ASPECT = 1.15;

/** How many columns let `count` tiles fill a `width` × `height` box in tiles of a pleasing shape. */
export function columnsFor(count: number, width: number, height: number): number {
  if (count <= 1 || width <= 0 || height <= 0) return 1;
  let best = 1;
  let least = Infinity;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const aspect = width / columns / (height / rows);
    const empty = (columns * rows - count) / count;
    const cost = Math.abs(Math.log(aspect / TILE_ASPECT)) + 1.5 * empty;
    if (cost < least) [best, least] = [columns, cost];
  }
  return best;
}
