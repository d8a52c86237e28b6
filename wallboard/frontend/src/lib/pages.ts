/** Lists of names on pages that somebody can read at his ease: who stands where, and for how long. Pure. */

import type { NameRow } from './protocol';
import type { NamedState } from './route';

export const nameStates: readonly NamedState[] = ['late', 'absent', 'not_yet'];

/** Who of the state is on its list, in the list's order: numbers of people. */
export type Lists = Readonly<Record<NamedState, readonly number[]>>;

/** The pages of one way through a list, as far as they have been shown; whoever is on one stays there. */
export interface Round {
  readonly pages: readonly (readonly number[])[];
  /** Which of them is shown; -1: none yet. */
  readonly at: number;
}

/** Where a wall is in its lists. */
export interface Roll {
  readonly state: NamedState;
  readonly rounds: Readonly<Record<NamedState, Round>>;
  /** New pages of `state` since it had its turn. */
  readonly turned: number;
}

const SECONDS_A_NAME = 1;
const LEAST_SECONDS = 8;
/** A long list gives way to the others after so many pages, and goes on where it was when its turn comes again. */
export const PAGES_A_TURN = 6;

/** Stands on a list in the place of its names where the offices' counts are shown instead. */
export const BY_OFFICE = 0;

/**
 * Whether the list of who has not come yet is longer than anybody reads: in the morning that is nearly the whole
 * city, and says nothing of anybody. `room`: names of a page.
 */
export function isTooLong(count: number, room: number): boolean {
  return count > PAGES_A_TURN * Math.max(1, room);
}

/** `lists` with the offices' counts in the place of who has not come yet. */
export function byOffice(lists: Lists): Lists {
  return { ...lists, not_yet: [BY_OFFICE] };
}

/** Whether the page that is shown is the offices' counts. */
export function showsOffices(roll: Roll): boolean {
  return shownOf(roll).includes(BY_OFFICE);
}

const UNREAD: Round = { pages: [], at: -1 };

export const firstRoll: Roll = {
  state: 'late',
  rounds: { late: UNREAD, absent: UNREAD, not_yet: UNREAD },
  turned: 0,
};

/** Seconds that a page of so many names stays. */
export function readingSeconds(names: number): number {
  return Math.max(LEAST_SECONDS, Math.ceil(names * SECONDS_A_NAME));
}

const alphabet = new Intl.Collator('id', { numeric: true });

/** The latest first; of the others office by office. */
export function ordered(people: readonly NameRow[], state: NamedState): NameRow[] {
  const byName = (a: NameRow, b: NameRow) => alphabet.compare(a.name, b.name) || a.id - b.id;
  const byOffice = (a: NameRow, b: NameRow) => alphabet.compare(a.office, b.office);
  return people
    .filter(({ status }) => status === state)
    .sort(
      state === 'late'
        ? (a, b) => (b.minutes ?? 0) - (a.minutes ?? 0) || byName(a, b)
        : (a, b) => byOffice(a, b) || byName(a, b),
    );
}

/** Who is on each list, each in its order. */
export function listsOf(people: readonly NameRow[]): Lists {
  const ids = (state: NamedState) => ordered(people, state).map(({ id }) => id);
  return { late: ids('late'), absent: ids('absent'), not_yet: ids('not_yet') };
}

/** Who is on each list, in no order: cheap enough for every punch. */
export function idsOf(people: readonly NameRow[]): Lists {
  const lists: Record<NamedState, number[]> = { late: [], absent: [], not_yet: [] };
  for (const { id, status } of people) lists[status].push(id);
  return lists;
}

/** Who has not been on a page of this round. */
function unread({ pages }: Round, list: readonly number[]): number[] {
  const seen = new Set(pages.flat());
  return list.filter((id) => !seen.has(id));
}

/** `count` in pages of at most `room`, all about equally full: the last one never holds one lonely name. */
function pageSize(count: number, room: number): number {
  const most = Math.max(1, room);
  return Math.ceil(count / Math.max(1, Math.ceil(count / most)));
}

/** All of `items` on pages as `pageSize` says. */
export function paged<T>(items: readonly T[], room: number): T[][] {
  const size = pageSize(items.length, room);
  const pages: T[][] = [];
  for (let from = 0; from < items.length; from += size) pages.push(items.slice(from, from + size));
  return pages;
}

/** The round with one page more, of those first on `list` who were on none; null: there are none such. */
function lengthened(round: Round, list: readonly number[], room: number): Round | null {
  const rest = unread(round, list);
  if (rest.length === 0) return null;
  const pages = [...round.pages, rest.slice(0, pageSize(rest.length, room))];
  return { pages, at: pages.length - 1 };
}

/** The next of `states` after the roll's that has anybody; null: only the roll's own has, or none. */
function nextState(roll: Roll, lists: Lists, states: readonly NamedState[]): NamedState | null {
  const from = states.indexOf(roll.state);
  for (let step = 1; step <= states.length; step += 1) {
    const state = states[(from + step) % states.length]!;
    if (state !== roll.state && lists[state].length > 0) return state;
  }
  return null;
}

/** One page on; where the round ends, or a long list has had its turn, the next list comes. */
export function forward(roll: Roll, lists: Lists, room: number, states: readonly NamedState[]): Roll {
  const round = roll.rounds[roll.state];
  const put = (state: NamedState, to: Round, turned: number): Roll => ({
    state,
    rounds: { ...roll.rounds, [state]: to },
    turned,
  });
  const asked = states.includes(roll.state);
  if (asked && round.at < round.pages.length - 1) {
    return put(roll.state, { ...round, at: round.at + 1 }, roll.turned);
  }
  const next = nextState(roll, lists, states);
  if (asked && (next === null || roll.turned < PAGES_A_TURN)) {
    const longer = lengthened(round, lists[roll.state], room);
    if (longer !== null) return put(roll.state, longer, roll.turned + 1);
  }
  const state = next ?? (asked ? roll.state : (states[0] ?? roll.state));
  const former = state === roll.state ? UNREAD : roll.rounds[state];
  const list = lists[state];
  return put(state, lengthened(former, list, room) ?? lengthened(UNREAD, list, room) ?? UNREAD, 1);
}

/** One page back, among those that this round has shown. */
export function backward(roll: Roll): Roll {
  const round = roll.rounds[roll.state];
  if (round.at <= 0) return roll;
  return { ...roll, rounds: { ...roll.rounds, [roll.state]: { ...round, at: round.at - 1 } } };
}

/** The roll with every round begun anew: the pages have another size now. */
export function anew(roll: Roll): Roll {
  return { ...firstRoll, state: roll.state };
}

/** Who stands on the page that is shown. */
export function shownOf(roll: Roll): readonly number[] {
  const { pages, at } = roll.rounds[roll.state];
  return pages[at] ?? [];
}

/** "page 2 of 5", as things stand. */
export function pageOf(roll: Roll, lists: Lists, room: number): { page: number; pages: number } {
  const round = roll.rounds[roll.state];
  const rest = unread(round, lists[roll.state]).length;
  return {
    page: round.at + 1,
    pages: round.pages.length + Math.ceil(rest / Math.max(1, room)),
  };
}

/** How many columns of at least `columnWidth`, and rows of `rowHeight`, fill a box; at least one of each. */
export function gridFor(
  width: number,
  height: number,
  columnWidth: number,
  rowHeight: number,
): { columns: number; rows: number } {
  return {
    columns: Math.max(1, Math.floor(width / columnWidth)),
    rows: Math.max(1, Math.floor(height / rowHeight)),
  };
}
