/** Offices beside their own kind, worst first where that can be told. Pure. */

import { known, shareAmiss } from './board';
import type { OfficeRow, Status } from './protocol';

/** In the order of the city's own lists; a kind that a newer server knows comes last. */
export const KINDS = [
  'secretariat',
  'agency',
  'district',
  'subdistrict',
  'hospital',
  'health_centre',
  'school',
  'section',
  'city',
] as const;

export type Kind = (typeof KINDS)[number];

export interface KindGroup {
  readonly kind: string;
  readonly offices: readonly OfficeRow[];
}

/** Of fewer people than this a share says nothing. */
const FEWEST = 5;

/** Its place among its kind means something: data is complete, and of enough people. */
export function isRanked(office: OfficeRow): boolean {
  return office.terminals > 0 && office.dark === 0 && office.required >= FEWEST && known(office) > 0;
}

const RANKED = 0;
const UNRANKED = 1;
const NOBODY_REQUIRED = 2;

function standingOf(office: OfficeRow): number {
  if (office.required === 0) return NOBODY_REQUIRED;
  return isRanked(office) ? RANKED : UNRANKED;
}

/** Who waits for data may be in: missing presence ranks an office only when all of it is known. */
function shareIn(office: OfficeRow): number {
  return office.waiting > 0 ? 1 : (office.present + office.late + office.left_early) / office.required;
}

function byName(a: OfficeRow, b: OfficeRow): number {
  return a.short.localeCompare(b.short, 'id', { numeric: true }) || a.id - b.id;
}

/** As the city lists them: kind after kind, and by name. */
export function byKindAndName(offices: readonly OfficeRow[]): OfficeRow[] {
  const placeOf = ({ kind }: OfficeRow) => {
    const place = (KINDS as readonly string[]).indexOf(kind);
    return place < 0 ? KINDS.length : place;
  };
  return [...offices].sort((a, b) => placeOf(a) - placeOf(b) || byName(a, b));
}

/** Worst first; who cannot be ranked follows by name, and whoever is off today comes last. */
export function worstFirst(offices: readonly OfficeRow[]): OfficeRow[] {
  return [...offices].sort((a, b) => {
    const place = standingOf(a);
    return (
      place - standingOf(b) ||
      (place === RANKED ? shareAmiss(b) - shareAmiss(a) || shareIn(a) - shareIn(b) : 0) ||
      byName(a, b)
    );
  });
}

function placeOf(kind: string): number {
  const place = (KINDS as readonly string[]).indexOf(kind);
  return place < 0 ? KINDS.length : place;
}

/** The offices of each kind, in the order in which they stand in `offices`. */
export function groupByKind(offices: readonly OfficeRow[]): KindGroup[] {
  const groups = new Map<string, OfficeRow[]>();
  for (const office of offices) {
    const group = groups.get(office.kind);
    if (group === undefined) groups.set(office.kind, [office]);
    else group.push(office);
  }
  return [...groups]
    .map(([kind, members]) => ({ kind, offices: members }))
    .sort((a, b) => placeOf(a.kind) - placeOf(b.kind) || a.kind.localeCompare(b.kind));
}

/** How many of an office's people are in a state. */
export function peopleIn(office: OfficeRow, state: Status): number {
  return state === 'excused'
    ? Object.values(office.excused).reduce((sum, people) => sum + people, 0)
    : office[state];
}

/** `offices` in the order of `ids`; offices that the order does not know come last. */
export function inOrder(offices: readonly OfficeRow[], ids: readonly number[]): OfficeRow[] {
  const place = new Map(ids.map((id, index) => [id, index]));
  const last = ids.length;
  return [...offices].sort((a, b) => (place.get(a.id) ?? last) - (place.get(b.id) ?? last));
}
