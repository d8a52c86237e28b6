/** How large a tile's figures may be so that they do not touch. In hundredths of a tile's width. Pure. */

/** Widths in the typeface, in em, with the letter spacing that the tile gives them. */
const LARGE_DIGIT = 0.56;
const SIGN = 0.49;
const BOUND = 0.56;
const DIGIT = 0.59;
const STROKE = 0.46;
const PERCENT_SIZE = 27;
const OF_SIZE = 10.8;
const BETWEEN = 5;
const ROOM = 86;

/** 1, or less where a percentage ("at least", too) and `of` ("488/514") would not have room side by side. */
export function figureScale(percent: number, of: string, atLeast: boolean): number {
  const share = (String(percent).length * LARGE_DIGIT + SIGN + (atLeast ? BOUND : 0)) * PERCENT_SIZE;
  const digits = of.replace(/\D/g, '').length;
  const count = (digits * DIGIT + (of.length - digits) * STROKE) * OF_SIZE;
  return Math.min(1, ROOM / (share + BETWEEN + count));
}
