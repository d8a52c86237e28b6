/** How long to wait before the next attempt to reach a server. Pure. */

const FIRST_MS = 800;
const MOST_MS = 10_000;
const GROWTH = 1.7;
/** Walls that lost the same server must not all come back in the same moment. */
const JITTER = 0.5;

/** Milliseconds before attempt `attempt` (from 0); `chance` is a random number from 0 to 1. */
export function backoff(attempt: number, chance: number): number {
  const planned = Math.min(MOST_MS, FIRST_MS * GROWTH ** Math.min(attempt, 20));
  return Math.round(planned * (1 - JITTER * chance));
}
