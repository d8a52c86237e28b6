/** This morning's arrivals against the usual ones, as points, words and SVG paths. Pure. */

import type { UsualRow } from './protocol';

/** How many had come in by a minute of the day, per mille of who is due that day. */
export interface Point {
  readonly minute: number;
  readonly share: number;
}

/** Minutes of the day at the left and the right end. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** How this morning stands to the usual ones; `waiting`: behind them, but what is not read yet may be why. */
export type Standing = 'usual' | 'earlier' | 'later' | 'waiting' | 'unknown';

const HOUR = 60;
const BIN = 5;
const DAWN = 5 * HOUR;
const NOON = 12 * HOUR;
/** What is shown before and after the usual hours begin: nearly everybody comes in within it. */
const BEFORE = 1.5 * HOUR;
const AFTER = 1.5 * HOUR;
const WHOLE = 1000;
/** Where days are much alike the band is thin; a difference as small as this is none that anybody should act on. */
const SLACK = 20;

/** "07:30" or "0730" → 450 */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * HOUR + Number(time.slice(-2));
}

/** 450 → "07:30" */
export function timeOf(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / HOUR))}:${two(minute % HOUR)}`;
}

/** Whole hours about `start`, within 05:00 to 12:00; it grows to the right with the morning. */
export function axisFor(start: number, now: number): Axis {
  const whole = (minute: number) => Math.ceil(minute / HOUR) * HOUR;
  const from = Math.max(DAWN, Math.floor((start - BEFORE) / HOUR) * HOUR);
  const to = Math.max(whole(start + AFTER), whole(Math.min(now, NOON)));
  return { from, to: Math.max(from + HOUR, Math.min(to, NOON)) };
}

/** The whole hours of the axis. */
export function hoursOf(axis: Axis): number[] {
  return Array.from({ length: (axis.to - axis.from) / HOUR + 1 }, (_, hour) => axis.from + hour * HOUR);
}

/**
 * Who has come in until `now`, of `due` people, from the people per five minutes ("0715" → 131).
 * A bin tells what happened within it, so its people are there at its end; the last one ends now.
 */
export function arrived(bins: ReadonlyMap<string, number>, due: number, now: number): Point[] {
  if (due <= 0) return [];
  const filled = [...bins]
    .map(([time, people]) => ({ minute: minuteOf(time), people }))
    .filter(({ minute, people }) => people > 0 && minute <= now)
    .sort((a, b) => a.minute - b.minute);
  const points: Point[] = [];
  let people = 0;
  const add = (minute: number) => {
    const share = Math.min(WHOLE, (WHOLE * people) / due);
    const last = points.at(-1);
    if (last?.minute === minute) points.pop();
    points.push({ minute, share });
  };
  for (const bin of filled) {
    add(bin.minute);
    people += bin.people;
    add(Math.min(bin.minute + BIN, now));
  }
  add(now);
  return points;
}

/** One of the usual day's curves: its values stand at the end of each bin. */
export function usualPoints(usual: UsualRow, values: readonly number[]): Point[] {
  const first = minuteOf(usual.first);
  return values.map((share, index) => ({ minute: first + (index + 1) * usual.step, share }));
}

/** The share at `minute`, between points in proportion, level before the first and after the last; null: no points. */
export function shareAt(points: readonly Point[], minute: number): number | null {
  const next = points.findIndex((point) => point.minute >= minute);
  const to = points[next];
  if (to === undefined) return points.at(-1)?.share ?? null;
  const from = points[next - 1];
  if (from === undefined || to.minute === from.minute) return to.share;
  const along = (minute - from.minute) / (to.minute - from.minute);
  return from.share + along * (to.share - from.share);
}

/** How `share` at `minute` stands to the usual band; `waiting` people, per mille, might be in already. */
export function standing(
  usual: UsualRow | undefined,
  minute: number,
  share: number,
  waiting: number,
): Standing {
  if (usual === undefined || usual.days === 0) return 'unknown';
  const low = shareAt(usualPoints(usual, usual.low), minute);
  const high = shareAt(usualPoints(usual, usual.high), minute);
  if (low === null || high === null) return 'unknown';
  if (share > high + SLACK) return 'earlier';
  if (share >= low - SLACK) return 'usual';
  return share + waiting >= low - SLACK ? 'waiting' : 'later';
}

/** Pixels from the left and from the top. */
export function placeOf({ minute, share }: Point, axis: Axis, box: Box): { x: number; y: number } {
  return {
    x: (box.width * (minute - axis.from)) / (axis.to - axis.from),
    y: box.height * (1 - share / WHOLE),
  };
}

/** What of `points` lies on the axis, with the values at its ends in place of what lies beyond them. */
function within(points: readonly Point[], axis: Axis): Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.minute < axis.from || first.minute > axis.to)
    return [];
  const inside = points.filter(({ minute }) => minute > axis.from && minute < axis.to);
  const left = first.minute <= axis.from ? [edge(points, axis.from)] : [];
  const right = last.minute >= axis.to ? [edge(points, axis.to)] : [];
  return [...left, ...inside, ...right];
}

function edge(points: readonly Point[], minute: number): Point {
  return { minute, share: shareAt(points, minute) ?? 0 };
}

function steps(points: readonly Point[], axis: Axis, box: Box): string[] {
  return within(points, axis).map((point) => {
    const { x, y } = placeOf(point, axis, box);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
}

/** A line as an SVG path; empty when nothing of it lies on the axis. */
export function line(points: readonly Point[], axis: Axis, box: Box): string {
  const places = steps(points, axis, box);
  return places.length === 0 ? '' : `M${places.join('L')}`;
}

/** What lies between two curves as a closed SVG path. */
export function band(low: readonly Point[], high: readonly Point[], axis: Axis, box: Box): string {
  const below = steps(low, axis, box);
  const above = steps(high, axis, box);
  return below.length === 0 || above.length === 0 ? '' : `M${[...above, ...below.reverse()].join('L')}Z`;
}
