/** Which people are behind a number, and where they can be seen. Pure. */

import type { Status } from './protocol';
import type { NamedState, Route } from './route';

const NAMED: readonly Status[] = ['late', 'absent', 'not_yet'];

function isNamed(state: Status): state is NamedState {
  return NAMED.includes(state);
}

/** From a total: the names themselves where this wall may show them, else the offices that have such people. */
export function peopleBehind(state: Status, namesShown: boolean): Route {
  return namesShown && isNamed(state) ? { view: 'names', state } : { view: 'city', state };
}
