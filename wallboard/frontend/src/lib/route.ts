/** Which office is open, as the address says it: `#/unit/ID`. */

export function officeInHash(hash: string): number | null {
  const found = /^#\/unit\/(\d+)$/.exec(hash);
  return found?.[1] === undefined ? null : Number(found[1]);
}

export function hashOf(office: number): string {
  return `#/unit/${office}`;
}
