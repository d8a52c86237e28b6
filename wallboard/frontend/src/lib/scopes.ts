/** The scopes beside a wall's own that tell of the same people. Pure. */

/** "names" or "recap" of all whom the wall with this root shows: "city:5" → "names:5". */
export function scopeUnder(kind: 'names' | 'recap', root: string): string {
  const unit = /:(\d+)$/.exec(root)?.[1];
  return unit === undefined ? kind : `${kind}:${unit}`;
}
