/** What a wall makes of the server's refusal to show it something. Pure. */

/** The one refusal that stays; a log of names that cannot be written, or a missing office, comes back by itself. */
const FORBIDDEN = 'forbidden';
/** This wall asked too often: nothing is amiss with what it asked for. */
const TOO_MANY = 'too_many';

/** Whether it is worth asking again after a while. */
export function comesBack(code: string): boolean {
  return code !== FORBIDDEN;
}

/** Whether people are told; otherwise what stood there stays until the next answer. */
export function isTold(code: string): boolean {
  return code !== TOO_MANY;
}
