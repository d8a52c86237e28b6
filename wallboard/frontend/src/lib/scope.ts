/** One scope's rows as this wall has them, and what a message makes of them. Pure. */

import type { DeltaMessage, SnapshotMessage } from './protocol';

export interface ScopeState {
  readonly epoch: string | number;
  readonly version: number;
  readonly rows: ReadonlyMap<string, object>;
}

/** The delta does not continue what we have: ask the server for a snapshot. */
export const RESYNC = Symbol('resync');

export function fromSnapshot(message: SnapshotMessage): ScopeState {
  return { epoch: message.epoch, version: message.version, rows: new Map(Object.entries(message.rows)) };
}

/** The state after `delta`; the same object when the delta is an old one, RESYNC when there is a gap. */
export function applyDelta(state: ScopeState | null, delta: DeltaMessage): ScopeState | typeof RESYNC {
  if (state === null || delta.epoch !== state.epoch) return RESYNC;
  // A delta that was under way when a newer snapshot was read holds nothing new.
  if (delta.version <= state.version) return state;
  if (delta.version !== state.version + 1) return RESYNC;
  const rows = new Map(state.rows);
  for (const key of delta.removed ?? []) rows.delete(key);
  for (const [key, patch] of Object.entries(delta.rows)) {
    const row = rows.get(key);
    rows.set(key, row === undefined ? patch : { ...row, ...patch });
  }
  return { epoch: state.epoch, version: delta.version, rows };
}
