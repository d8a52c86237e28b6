/** Which of many boxes the arrow keys lead to. Pure. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Boxes may touch, and browsers round. */
const SLACK = 1;
/** Straight ahead comes before nearer but aside. */
const ASIDE = 3;

/** How far `to` lies ahead of `from` in the direction of the key, and how far aside; null: not ahead. */
function distance(key: string, from: Box, to: Box): number | null {
  const ahead = {
    ArrowDown: to.top - from.bottom,
    ArrowUp: from.top - to.bottom,
    ArrowRight: to.left - from.right,
    ArrowLeft: from.left - to.right,
  }[key];
  if (ahead === undefined || ahead < -SLACK) return null;
  const aside =
    key === 'ArrowDown' || key === 'ArrowUp' ? Math.abs(to.left - from.left) : Math.abs(to.top - from.top);
  return Math.max(0, ahead) + ASIDE * aside;
}

/** The place of the box that an arrow key leads to from the one at place `from`; null: there is none. */
export function nearby(key: string, boxes: readonly Box[], from: number): number | null {
  const here = boxes[from];
  if (here === undefined) return null;
  let best: { place: number; far: number } | null = null;
  for (const [place, box] of boxes.entries()) {
    const far = place === from ? null : distance(key, here, box);
    if (far !== null && (best === null || far < best.far)) best = { place, far };
  }
  return best?.place ?? null;
}
