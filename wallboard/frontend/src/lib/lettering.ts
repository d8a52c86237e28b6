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
/** A name's letters are set this much closer, of an em each, and by `TIGHTER` of what its size lacks to 1. */
const CLOSE = 0.005;
const TIGHTER = 0.15;
/** For what a browser rounds. */
const SPARE = 0.99;
/** A name that would be smaller than this on one line stands on two, which have room at this size. */
const TWO_LINES = 0.76;
/** Widths of the typeface's semi-bold glyphs, in em; an accent does not widen its letter. */
const GLYPHS = new Map(
  (
    [
      [0.17, ' '],
      [0.28, "ijlI'"],
      [0.36, ',!().:r|;`{}[]'],
      [0.41, 'ftJ'],
      [0.48, 'Tz"/\\'],
      [0.53, 'sx*Lv'],
      [0.58, '?Fy-kYZahnu'],
      [0.61, '0123456789Ece'],
      [0.65, '+<=>X^_~$PRSVo'],
      [0.68, 'gKbdpqAB'],
      [0.74, 'UHDN&'],
      [0.83, 'CGw'],
      [0.9, 'OQ#M'],
      [0.97, 'mWw@'],
    ] as const
  ).flatMap(([width, glyphs]) => [...glyphs].map((glyph) => [glyph, width] as const)),
);
const GLYPH = 1;

function widthOf(text: string): number {
  return [...text.normalize('NFD').replace(/\p{Mn}/gu, '')].reduce(
    (sum, glyph) => sum + (GLYPHS.get(glyph) ?? GLYPH),
    0,
  );
}

/** How large a line may be that has `room`, in em of the full size. */
function fitting(line: string, room: number): number {
  const tighter = TIGHTER * line.length;
  const loose = widthOf(line) - CLOSE * line.length - tighter;
  // The smaller, the tighter: scale × (loose + tighter × scale) = room.
  return Math.min(1, (Math.sqrt(loose ** 2 + 4 * tighter * room) - loose) / (2 * tighter));
}

/** After which letters a name may be broken, and what then ends its first line. */
function breaks(name: string): { at: number; sign: string }[] {
  const spaces = [...name.matchAll(/\s+/g)].map(({ index }) => ({ at: index, sign: '' }));
  // Where an Indonesian syllable begins: with one consonant and a vowel, or with "ng" and "ny" and a vowel.
  const syllables = /(?<=\p{L}{2})(?:n[gy]|[b-df-hj-np-tv-z])(?=[aiueo]\p{L})/giu;
  return spaces.length > 0
    ? spaces
    : [...name.matchAll(syllables)].map(({ index }) => ({ at: index, sign: '-' }));
}

/** An office's name on its tile: on how many lines, and how large. It is never cut. */
export interface NameLines {
  readonly lines: readonly string[];
  /** 1 is the full size. */
  readonly scale: number;
}

/** How a tile shows an office's name; `marked`: beside the sign of a dark terminal. */
export function nameLines(name: string, marked: boolean): NameLines {
  const room = (ROOM / NAME_SIZE - (marked ? MARKER : 0)) * SPARE;
  const alone = { lines: [name], scale: fitting(name, room) };
  if (alone.scale >= TWO_LINES) return alone;
  const broken = breaks(name).map(({ at, sign }) => {
    const lines = [name.slice(0, at) + sign, name.slice(at).trim()];
    return { lines, scale: Math.min(TWO_LINES, ...lines.map((line) => fitting(line, room))) };
  });
  const middle = name.length / 2;
  const off = ({ lines }: NameLines) => Math.abs((lines[0]?.length ?? 0) - middle);
  return [alone, ...broken].reduce((best, next) =>
    next.scale > best.scale || (next.scale === best.scale && off(next) < off(best)) ? next : best,
  );
}

/** Of a holiday's name, in rem: on one line, and on two. */
const HOLIDAY = { alone: 3.2, two: 2.1 };

/** On how many lines, and how large (rem), a holiday's name is told where there are `room` rem. */
export function holidayLines(name: string, room: number): { lines: readonly string[]; size: number } {
  const sizeOf = (lines: readonly string[], most: number) =>
    Math.min(most, ...lines.map((line) => (room * SPARE) / widthOf(line)));
  const alone = { lines: [name], size: sizeOf([name], HOLIDAY.alone) };
  return breaks(name)
    .map(({ at, sign }) => [name.slice(0, at) + sign, name.slice(at).trim()])
    .map((lines) => ({ lines, size: sizeOf(lines, HOLIDAY.two) }))
    .reduce((best, next) => (next.size > best.size ? next : best), alone);
}

/** Of a tile's notes, in em of their size: the room they have, and what icon and gaps take beside the text. */
const NOTE = { room: 89 / 10.4, icon: 1.33 };

/** 1, or less where one of the notes ("146 belum hadir") is long. */
export function noteScale(notes: readonly string[]): number {
  return Math.min(1, ...notes.map((note) => NOTE.room / (NOTE.icon + widthOf(note))));
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
