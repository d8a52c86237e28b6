/** What the wall shows, and how the address says it: `#/`, `#/unit/12/late`, `#/names`, … Pure. */

import type { Status, ViewName } from './protocol';

export type NamedState = 'late' | 'absent' | 'not_yet';

export type Route =
  | { readonly view: 'city'; readonly state?: Status }
  | { readonly view: 'office'; readonly unit: number; readonly state?: Status }
  | { readonly view: 'names'; readonly state?: NamedState }
  | { readonly view: 'terminals' }
  | { readonly view: 'day' };

export const CITY: Route = { view: 'city' };

const NAMED: readonly NamedState[] = ['late', 'absent', 'not_yet'];
const STATES: readonly Status[] = [...NAMED, 'present', 'waiting', 'left_early', 'excused', 'not_due', 'off'];

function stateIn<S extends Status>(known: readonly S[], word: string | null | undefined): { state?: S } {
  const state = known.find((one) => one === word);
  return state === undefined ? {} : { state };
}

/** The route that a location's hash names; the city where it names none. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const [head, first, second] = path.split('/');
  switch (head) {
    case 'unit':
      return first !== undefined && /^\d{1,9}$/.test(first)
        ? { view: 'office', unit: Number(first), ...stateIn(STATES, second) }
        : CITY;
    case 'names':
      return { view: 'names', ...stateIn(NAMED, first) };
    case 'terminals':
      return { view: 'terminals' };
    case 'day':
      return { view: 'day' };
    default:
      return { view: 'city', ...stateIn(STATES, new URLSearchParams(query).get('state')) };
  }
}

/** The hash of a route, with its "#". */
export function hashOf(route: Route): string {
  switch (route.view) {
    case 'city':
      return route.state === undefined ? '#/' : `#/?state=${route.state}`;
    case 'office':
      return `#/unit/${route.unit}${route.state === undefined ? '' : `/${route.state}`}`;
    case 'names':
      return route.state === undefined ? '#/names' : `#/names/${route.state}`;
    default:
      return `#/${route.view}`;
  }
}

export function sameRoute(a: Route, b: Route): boolean {
  return hashOf(a) === hashOf(b);
}

/** The office whose scope this is ("office:12" → 12); null of any other scope. */
export function officeOfScope(scope: string): number | null {
  const found = /^office:(\d+)$/.exec(scope);
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** Where a wall with this root begins. */
export function firstRoute(root: string): Route {
  const unit = officeOfScope(root);
  return unit === null ? CITY : { view: 'office', unit };
}

/** The views a wall can turn to, in the order of its navigation. */
export function viewsOf(root: string, namesShown: boolean): readonly ViewName[] {
  if (officeOfScope(root) !== null) return ['office', 'day'];
  return namesShown
    ? ['city', 'office', 'names', 'terminals', 'day']
    : ['city', 'office', 'terminals', 'day'];
}
