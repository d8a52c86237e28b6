/** The terminals as they hang about the city: by kecamatan and site, those with trouble first. Pure. */

import type { OfficeRow, TerminalRow } from './protocol';
import { type Trouble, troubleOf, troubleWith } from './terminals';

/** "read": online and read up to now; "behind": online, not yet read up to now. */
export type Condition = 'read' | 'behind' | Trouble;

/** As the legend lists them; also the order of gravity, the least first. */
export const conditions: readonly Condition[] = ['read', 'behind', 'clock', 'log', 'error', 'offline'];

export interface Site {
  /** The office whose terminals hang here; null: of none. */
  readonly office: number | null;
  readonly name: string;
  readonly terminals: readonly TerminalRow[];
  readonly troubled: boolean;
}

export interface District {
  /** Empty: of the terminals whose kecamatan nobody has told. */
  readonly name: string;
  readonly sites: readonly Site[];
  readonly terminals: number;
  /** Online and read up to now, whatever else may be the matter with them. */
  readonly read: number;
}

export function conditionOf(terminal: TerminalRow): Condition {
  return troubleWith(terminal) ?? (terminal.read_through === null ? 'read' : 'behind');
}

export function isRead(terminal: TerminalRow): boolean {
  return terminal.online && terminal.read_through === null;
}

const collated = (a: string, b: string) => a.localeCompare(b, 'id', { numeric: true });

function grouped<K>(terminals: readonly TerminalRow[], keyOf: (terminal: TerminalRow) => K) {
  const groups = new Map<K, TerminalRow[]>();
  for (const terminal of terminals) {
    const key = keyOf(terminal);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [terminal]);
    else group.push(terminal);
  }
  return groups;
}

/** Districts and terminals by name, so that each is found where it was; sites with trouble before the others. */
export function planOf(terminals: readonly TerminalRow[], offices: readonly OfficeRow[]): District[] {
  const names = new Map(offices.map(({ id, short }) => [id, short]));
  return [...grouped(terminals, ({ district }) => district)]
    .sort(([a], [b]) => Number(a === '') - Number(b === '') || collated(a, b))
    .map(([name, here]) => ({
      name,
      terminals: here.length,
      read: here.filter(isRead).length,
      sites: [...grouped(here, ({ office }) => office)]
        .map(([office, members]) => siteOf(office, office === null ? undefined : names.get(office), members))
        .sort((a, b) => Number(b.troubled) - Number(a.troubled) || collated(a.name, b.name)),
    }));
}

function siteOf(office: number | null, name: string | undefined, members: readonly TerminalRow[]): Site {
  const terminals = [...members].sort((a, b) => collated(a.name, b.name));
  return {
    office,
    // A terminal of an office that this wall does not show still hangs somewhere.
    name: name ?? terminals[0]!.name,
    terminals,
    troubled: troubleOf(terminals).length > 0,
  };
}

/** How many terminals there are of each condition. */
export function conditionCounts(terminals: readonly TerminalRow[]): Readonly<Record<Condition, number>> {
  const counts = { read: 0, behind: 0, clock: 0, log: 0, error: 0, offline: 0 };
  for (const terminal of terminals) counts[conditionOf(terminal)] += 1;
  return counts;
}

/** Measures of the plan in pixels. */
export interface Measures {
  readonly width: number;
  readonly height: number;
  /** Least width of a column, and what lies between two. */
  readonly column: number;
  readonly gap: number;
  /** Height of a district's heading. */
  readonly head: number;
  /** What lies between two terminals. */
  readonly between: number;
  /** Heights of a line that would do, the best first. */
  readonly lines: readonly number[];
}

export interface Fit {
  /** Districts that stand one below the other, and over how many columns. */
  readonly stacks: readonly { readonly districts: readonly District[]; readonly columns: number }[];
  /** Height of a line. */
  readonly line: number;
  /** So many terminals at most stand beside their site's name; more of them stand below it. */
  readonly beside: number;
}

/** A terminal's square, of the line's height. */
const SQUARE = 0.8;
/** Lines that are lost where a site does not go on in the next column. */
const LOST = 2;

/** The side of a terminal's square in a line of this height. */
export function squareOf(line: number): number {
  return Math.floor(line * SQUARE);
}

/** How many terminals may stand beside a name, where a line has room for so many: the name needs some of it. */
function besideIn(room: number): number {
  return Math.min(3, Math.max(1, Math.floor(room / 2) - 1));
}

/** How many lines a site takes, where a line has room for so many terminals. */
function linesOf({ terminals }: Site, room: number): number {
  return terminals.length <= besideIn(room) ? 1 : 1 + Math.ceil(terminals.length / Math.max(1, room));
}

/** Each kecamatan by itself; terminals of none stand below the smallest. */
function stacked(plan: readonly District[]): District[][] {
  const stacks = plan.filter(({ name }) => name !== '').map((district) => [district]);
  const untold = plan.filter(({ name }) => name === '');
  const least = stacks.toSorted(([a], [b]) => a!.terminals - b!.terminals)[0];
  if (least === undefined) return [untold];
  least.push(...untold);
  return stacks;
}

/** Columns and a height of lines with which the plan stands without scrolling; if none does, the tightest. */
export function fit(plan: readonly District[], measures: Measures): Fit {
  const { width, height, column, gap, head, between, lines } = measures;
  const stacks = stacked(plan);
  const most = Math.max(stacks.length, Math.floor((width + gap) / (column + gap)));
  let tightest: Fit | null = null;
  for (const line of lines) {
    for (let total = stacks.length; total <= most; total += 1) {
      const room = Math.floor((width - (total - 1) * gap) / total / (squareOf(line) + between));
      const columns = stacks.map((districts) => {
        const needed = districts.reduce((sum, { sites }) => sum + lengthOf(sites, room), 0);
        const high = Math.floor((height - districts.length * head) / line);
        const one = Math.max(1, high);
        return needed <= one ? 1 : Math.ceil(needed / Math.max(1, one - LOST));
      });
      tightest = {
        stacks: stacks.map((districts, at) => ({ districts, columns: columns[at]! })),
        line,
        beside: besideIn(room),
      };
      if (columns.reduce((sum, count) => sum + count, 0) <= total) return tightest;
    }
  }
  return tightest ?? { stacks: [], line: 1, beside: 1 };
}

function lengthOf(sites: readonly Site[], room: number): number {
  return sites.reduce((sum, site) => sum + linesOf(site, room), 0);
}
