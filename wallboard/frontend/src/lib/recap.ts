/** The day as it was told at the cut-off, and what is told of that same moment now. Pure. */

import type { CorrectedOffice, CorrectedPerson, FreezeRow, FrozenCounts } from './protocol';
import type { ScopeState } from './scope';

export const frozenStates = ['present', 'late', 'not_yet', 'waiting', 'absent', 'excused'] as const;
export type FrozenState = (typeof frozenStates)[number];

/** Why a figure moved, as far as the figures themselves tell. */
export type Cause = 'data' | 'leave' | 'none';

export interface Difference {
  readonly state: FrozenState;
  /** People; never 0. */
  readonly by: number;
  readonly cause: Cause;
}

export const freezeOf = (state: ScopeState) => state.rows.get('freeze') as FreezeRow | undefined;

function under<T>(state: ScopeState, prefix: string): T[] {
  return [...state.rows].filter(([key]) => key.startsWith(prefix)).map(([, row]) => row as T);
}

/** The offices with the most corrections first. */
export function correctedOffices(state: ScopeState): CorrectedOffice[] {
  return under<CorrectedOffice>(state, 'r:').sort(
    (a, b) => b.corrected - a.corrected || a.short.localeCompare(b.short, 'id', { numeric: true }),
  );
}

/** Office by office, then by name. */
export function correctedPeople(state: ScopeState): CorrectedPerson[] {
  return under<CorrectedPerson>(state, 'c:').sort(
    (a, b) =>
      a.office.localeCompare(b.office, 'id', { numeric: true }) ||
      a.name.localeCompare(b.name, 'id') ||
      a.id - b.id,
  );
}

/**
 * What differs, state by state. Where fewer are waited for, what the other states gained came with late data;
 * where more are excused, leave or a duty was entered afterwards. Of the rest the figures do not tell why.
 */
export function differences(then: FrozenCounts, now: FrozenCounts): Difference[] {
  const came = then.waiting - now.waiting;
  return frozenStates
    .map((state) => ({ state, by: now[state] - then[state] }))
    .filter(({ by }) => by !== 0)
    .map(({ state, by }) => {
      const ofData = came > 0 && (state === 'waiting' || (by > 0 && state !== 'excused'));
      const ofLeave = state === 'excused' && by > 0;
      return { state, by, cause: ofData ? 'data' : ofLeave ? 'leave' : 'none' };
    });
}

/** Which cause is told with which state: each once, with the first figure that it moved. */
export function causesOf(moved: readonly Difference[]): ReadonlyMap<FrozenState, Cause> {
  const told = new Map<Cause, FrozenState>();
  for (const { cause, state } of moved) if (cause !== 'none' && !told.has(cause)) told.set(cause, state);
  return new Map([...told].map(([cause, state]) => [state, cause]));
}

/** "+55", "−3", "±0": with a minus sign as wide as the plus. `figure` writes numbers in the reader's language. */
export function signed(by: number, figure: (value: number) => string): string {
  return `${by > 0 ? '+' : by < 0 ? '−' : '±'}${figure(Math.abs(by))}`;
}

/** It was made so much after the cut-off that this has to be told. `at` is "HH:MM", `made` "HH:MM:SS". */
export function madeLate({ at, made }: Pick<FreezeRow, 'at' | 'made'>): boolean {
  return made.slice(0, 5) > at;
}

/** The hours of the day were changed after the cut-off: corrections say that, and nothing of people. */
export function hoursChanged({ at, start }: Pick<FreezeRow, 'at' | 'start'>): boolean {
  return start !== at;
}

/** What matters of a sentence that goes on with hours and rules: up to its first semicolon. */
export function firstClause(sentence: string): string {
  return sentence.split(';', 1)[0]!.trim();
}
