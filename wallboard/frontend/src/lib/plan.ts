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
  /** Least width of a column. */
  readonly column: number;
  /** Terminals beside a site's name in a column of that width. */
  readonly marks: number;
  /** Heights of a line that would do, the best first. */
  readonly lines: readonly number[];
}

export interface Fit {
  /** Of each district. */
  readonly columns: readonly number[];
  /** Height of a line. */
  readonly line: number;
}

/** How many lines a site takes, where a line has room for `marks` terminals beside the site's name. */
function linesOf(site: Site, marks: number): number {
  return Math.max(1, Math.ceil(site.terminals.length / Math.max(1, marks)));
}

/** How many columns each district needs, where a column holds so many lines. */
function columnsOf(plan: readonly District[], lines: number, marks: number): number[] {
  const room = Math.max(1, lines);
  return plan.map(({ sites }) => {
    const all = sites.reduce((sum, site) => sum + linesOf(site, marks), 0);
    return Math.max(1, Math.ceil(all / room));
  });
}

/** Columns and a height of lines with which the plan stands without scrolling; if none does, the tightest. */
export function fit(plan: readonly District[], { width, height, column, marks, lines }: Measures): Fit {
  let tightest: Fit = { columns: plan.map(() => 1), line: lines[0] ?? 1 };
  for (const line of lines) {
    const columns = columnsOf(plan, Math.floor(height / line), marks);
    tightest = { columns, line };
    if (columns.reduce((sum, count) => sum + count, 0) * column <= width) break;
  }
  return tightest;
}
