/** How large words and figures may be so that they have room. Of tiles in hundredths of their width. Pure. */

/** Widths in the typeface, in em, with the letter spacing that the tile gives them. */
const LARGE_DIGIT = 0.56;
const SIGN = 0.49;
const BOUND = 0.56;
const DIGIT = 0.59;
const STROKE = 0.46;
const PERCENT_SIZE = 27;
const OF_SIZE = 10.8;
const BETWEEN = 5;
const ROOM = 87;

/** 1, or less where a percentage ("at least", too) and `of` ("488/514") would not have room side by side. */
export function figureScale(percent: number, of: string, atLeast: boolean): number {
  const share = (String(percent).length * LARGE_DIGIT + SIGN + (atLeast ? BOUND : 0)) * PERCENT_SIZE;
  const digits = of.replace(/\D/g, '').length;
  const count = (digits * DIGIT + (of.length - digits) * STROKE) * OF_SIZE;
  return Math.min(1, ROOM / (share + BETWEEN + count));
}

const NAME_SIZE = 11.8;
const MARKER = 1.3;
/** A name smaller than this could not be read from afar; it is cut instead. */
const SMALLEST_NAME = 0.8;
/** A narrower name is set tighter, too, by so much of an em a glyph. */
const TIGHTER = 0.02;
const GLYPHS: readonly (readonly [RegExp, number])[] = [
  [/[iIjl.,'1]/, 0.3],
  [/[ftr -]/, 0.38],
  [/[mwMW]/, 0.9],
  [/[A-Z]/, 0.69],
];
const GLYPH = 0.62;

/** Of the typeface's semi-bold letters, in em. */
function widthOf(text: string): number {
  return [...text].reduce((sum, glyph) => sum + (GLYPHS.find(([kind]) => kind.test(glyph))?.[1] ?? GLYPH), 0);
}

/** 1, or less where an office's name is long; `marked`: beside the sign of a dark terminal. */
export function nameScale(name: string, marked: boolean): number {
  const room = ROOM / NAME_SIZE - (marked ? MARKER : 0);
  const width = widthOf(name);
  return width <= room ? 1 : Math.max(SMALLEST_NAME, Math.min(1, room / (width - TIGHTER * name.length)));
}

const NOTE_CHARACTERS = 14;

/** 1, or less where one of the notes ("146 belum hadir") is long. */
export function noteScale(notes: readonly string[]): number {
  return Math.min(1, ...notes.map((note) => NOTE_CHARACTERS / note.length));
}

/** Of the summary, in rem: a figure's digit and point, a label's letter and icon, and what lies about a cell. */
const FIGURE = { digit: 2.78, point: 1.2, share: 6.6, letter: 0.64, icon: 2, around: 1.4 };
const SUMMARY_ROOM = 83;

/** One of the city's figures: "2.729" under "Hadir". */
export interface Figure {
  readonly label: string;
  readonly number: string;
  /** A percentage stands beside it. */
  readonly share: boolean;
}

/** 1, or less where the city's figures would not have room side by side. */
export function summaryScale(figures: readonly Figure[]): number {
  const cells = figures.map(({ label, number, share }) => {
    const digits = number.replace(/\D/g, '').length;
    return {
      label: label.length * FIGURE.letter + FIGURE.icon,
      figure: digits * FIGURE.digit + (number.length - digits) * FIGURE.point + (share ? FIGURE.share : 0),
    };
  });
  const room = SUMMARY_ROOM - cells.length * FIGURE.around;
  const widthAt = (scale: number) =>
    cells.reduce((sum, { label, figure }) => sum + Math.max(label, figure * scale), 0);
  // Labels keep their size, so the width does not follow the scale in proportion.
  let scale = 1;
  while (scale > 0.6 && widthAt(scale) > room) scale -= 0.05;
  return scale;
}
