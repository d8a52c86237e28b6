/** Rows for the tests. */

import type { OfficeRow, TerminalRow } from './protocol';

/** A terminal that does well, but for `change`. */
export function terminal(id: number, change: Partial<TerminalRow> = {}): TerminalRow {
  return {
    id,
    name: `Mesin ${id}`,
    office: 1,
    district: '',
    online: true,
    read_through: null,
    offline_since: null,
    clock_offset: 0,
    log_fill: 0.1,
    error: null,
    ...change,
  };
}

const nobody = { leave: 0, duty_travel: 0, study: 0, training: 0, permit: 0 };

/** An office of an agency's kind; who is required follows from the states of `change`. */
export function office(id: number, change: Partial<OfficeRow> = {}): OfficeRow {
  const counts = { present: 0, late: 0, not_yet: 0, waiting: 0, absent: 0, left_early: 0, ...change };
  const required =
    counts.present + counts.late + counts.not_yet + counts.waiting + counts.absent + counts.left_early;
  return {
    id,
    code: `U${id}`,
    name: `Unit ${id}`,
    short: `Unit ${id}`,
    kind: 'agency',
    dark: 0,
    terminals: 1,
    required,
    excused: nobody,
    not_due: 0,
    off: 0,
    people: required,
    ...counts,
  };
}
