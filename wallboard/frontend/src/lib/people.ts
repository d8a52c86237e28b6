/** The people of an office in the order in which somebody asks for them. Pure. */

import type { ExcuseKind, PersonRow, Reason, Status } from './protocol';

export interface Group {
  readonly key: string;
  readonly status: Status;
  /** Only of excused people: why. */
  readonly excuse: ExcuseKind | null;
  /** Only of people waited for: what all of this group wait for. */
  readonly reason: Reason | null;
  /** "HH:MM", until when these are still on night duty; null: they are on none. */
  readonly night: string | null;
  readonly people: readonly PersonRow[];
}

/** What somebody asks for first comes first. */
export const ORDER: readonly Status[] = [
  'absent',
  'late',
  'waiting',
  'not_yet',
  'left_early',
  'present',
  'excused',
  'not_due',
  'off',
];

/** On a wall a permit and leave are one thing: it never says why somebody is on leave. */
function shownExcuse(excuse: ExcuseKind | null): ExcuseKind | null {
  return excuse === 'permit' ? 'leave' : excuse;
}

function keyOf(person: PersonRow): string {
  if (person.night !== undefined) return `night:${person.night}`;
  if (person.status === 'excused') return `excused:${shownExcuse(person.excuse) ?? ''}`;
  if (person.status === 'waiting') {
    const { code, terminal, since } = person.reason ?? { code: '', terminal: '', since: '' };
    return `waiting:${code}:${terminal ?? ''}:${since ?? ''}`;
  }
  return person.status;
}

function byName(a: PersonRow, b: PersonRow): number {
  return (a.name ?? '').localeCompare(b.name ?? '', 'id') || a.id - b.id;
}

/** Whoever is on night duty is at work: they come before those who need not come. */
function placeOf({ status, night }: Group): number {
  return night === null ? ORDER.indexOf(status) : ORDER.indexOf('excused') - 0.5;
}

/** Absent, late (longest first), waiting (by what they wait for), then everybody else. */
export function groupPeople(people: readonly PersonRow[]): Group[] {
  const groups = new Map<string, PersonRow[]>();
  for (const person of people) {
    const key = keyOf(person);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [person]);
    else group.push(person);
  }
  return [...groups]
    .map(([key, members]) => {
      const first = members[0]!;
      members.sort(
        (a, b) => (first.status === 'late' ? (b.minutes ?? 0) - (a.minutes ?? 0) : 0) || byName(a, b),
      );
      return {
        key,
        status: first.status,
        excuse: first.status === 'excused' ? shownExcuse(first.excuse) : null,
        reason: first.status === 'waiting' ? first.reason : null,
        night: first.night ?? null,
        people: members,
      };
    })
    .sort(
      (a, b) => placeOf(a) - placeOf(b) || b.people.length - a.people.length || a.key.localeCompare(b.key),
    );
}

/** How many are still on night duty; with `state`, those of them who stand in it. */
export function onNightDuty(groups: readonly Group[], state?: Status): number {
  return groups
    .filter(({ night }) => night !== null)
    .flatMap(({ people }) => people)
    .filter(({ status }) => state === undefined || status === state).length;
}

/** The groups of a state; whoever is on night duty is in none of them. */
export function ofState(groups: readonly Group[], state: Status): Group[] {
  return groups.filter(({ status, night }) => status === state && night === null);
}
