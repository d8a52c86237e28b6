/** Rows for the tests. */

import type { TerminalRow } from './protocol';

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
