/** Motion that helps: a thing that changed, a thing that came. None for who asked for none. */

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Move `element` gently through `frames`; undefined where motion is not wanted. */
export function calm(element: Element, frames: Keyframe[], milliseconds: number): Animation | undefined {
  if (still.matches) return undefined;
  return element.animate(frames, { duration: milliseconds, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' });
}
