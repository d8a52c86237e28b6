/** Which terminals need somebody's hand, gravest first. Pure. */

import type { TerminalRow } from './protocol';

export type Trouble = 'offline' | 'error' | 'clock' | 'log';

const GRAVITY: Readonly<Record<Trouble, number>> = { offline: 0, error: 1, log: 2, clock: 3 };

/** What is wrong with it; null: nothing, though it may not have been read up to now. */
export function troubleWith(terminal: TerminalRow): Trouble | null {
  if (!terminal.online) return 'offline';
  switch (terminal.error) {
    case null:
      return null;
    case 'ClockOff':
    case 'ClockDead':
    case 'ClockJumped':
      return 'clock';
    case 'LogNearlyFull':
    case 'LogFull':
      return 'log';
    default:
      return 'error';
  }
}

/** The terminals with trouble; the longest offline first. */
export function troubleOf(terminals: readonly TerminalRow[]): { terminal: TerminalRow; trouble: Trouble }[] {
  return terminals
    .flatMap((terminal) => {
      const trouble = troubleWith(terminal);
      return trouble === null ? [] : [{ terminal, trouble }];
    })
    .sort(
      (a, b) =>
        GRAVITY[a.trouble] - GRAVITY[b.trouble] ||
        (a.terminal.offline_since ?? '').localeCompare(b.terminal.offline_since ?? '') ||
        a.terminal.name.localeCompare(b.terminal.name, 'id', { numeric: true }),
    );
}

/** What somebody should do about it: a key of the texts `plan.todo`. */
export type Todo =
  'offline' | 'key' | 'wrong' | 'admit' | 'busy' | 'clock' | 'clockJumped' | 'clockDead' | 'log' | 'error';

const TODO: Readonly<Record<string, Todo>> = {
  AuthRejected: 'key',
  KeyRefused: 'key',
  WrongTerminal: 'wrong',
  UnusableAddress: 'wrong',
  AccessPanel: 'wrong',
  NotAdmitted: 'admit',
  OutsideNetwork: 'admit',
  Busy: 'busy',
  ClockOff: 'clock',
  ClockJumped: 'clockJumped',
  ClockDead: 'clockDead',
  LogNearlyFull: 'log',
  LogFull: 'log',
};

export function todoFor(terminal: TerminalRow): Todo {
  return (
    (terminal.error === null ? undefined : TODO[terminal.error]) ?? (terminal.online ? 'error' : 'offline')
  );
}
