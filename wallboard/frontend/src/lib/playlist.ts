/** Which stop of a wall's playlist is its turn. Pure. */

import type { Stop, ViewName } from './protocol';
import type { Route } from './route';
import { within } from './time';

/** A stop that is shown. A new object whenever a turn begins, also when one stop follows itself. */
export interface Turn {
  /** Place in the playlist. */
  readonly place: number;
  /** Milliseconds, by the clock the turns are counted with. */
  readonly since: number;
}

/** Places of the stops that may be shown at this city time ("HH:MM") by a wall that has these views. */
export function playable(stops: readonly Stop[], time: string, views: readonly ViewName[]): number[] {
  return stops.flatMap((stop, place) =>
    within(time, stop.from, stop.to) &&
    views.includes(stop.view === 'city' ? (views[0] ?? 'city') : stop.view)
      ? [place]
      : [],
  );
}

/** Whose turn it is at `now`; null while the playlist has nothing to show. */
export function takeTurn(
  former: Turn | null,
  stops: readonly Stop[],
  places: readonly number[],
  now: number,
): Turn | null {
  const first = places[0];
  if (first === undefined) return null;
  if (former === null) return { place: first, since: now };
  const stop = stops[former.place];
  if (stop !== undefined && places.includes(former.place) && now - former.since < stop.seconds * 1000)
    return former;
  return { place: places.find((place) => place > former.place) ?? first, since: now };
}

export function routeOfStop(stop: Stop): Route {
  switch (stop.view) {
    case 'office':
      return stop.unit === null ? { view: 'city' } : { view: 'office', unit: stop.unit };
    case 'names':
      return stop.state === null ? { view: 'names' } : { view: 'names', state: stop.state };
    default:
      return { view: stop.view };
  }
}
