/** City time as the wall shows it, from ISO strings that carry the city's own offset. Pure. */

/** "07:31:20" of "2026-11-23T07:31:20.5+07:00": the time as the city writes it, not as this screen's zone would. */
export function clockTime(iso: string): string {
  return iso.slice(11, 19);
}

/** "07:31", with "22/11 " before it when it was another day than `today` (ISO date). */
export function shortTime(iso: string, today: string): string {
  const time = iso.slice(11, 16);
  const date = iso.slice(0, 10);
  return date === today ? time : `${date.slice(8, 10)}/${date.slice(5, 7)} ${time}`;
}

/** `iso` plus `seconds`, in the same offset. */
export function later(iso: string, seconds: number): string {
  const zone = /(Z|[+-]\d\d:?\d\d)$/.exec(iso)?.[0] ?? 'Z';
  const local = Date.parse(`${iso.slice(0, iso.length - zone.length)}Z`);
  return new Date(local + seconds * 1000).toISOString().replace('Z', zone);
}

/** "Senin, 23 November 2026" */
export function longDate(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${date}T00:00:00Z`));
}

/** Seconds from one moment to a later one; both carry their offset. */
export function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** Whether "HH:MM" lies in [from, to); a span may run over midnight. Without bounds it always does. */
export function within(time: string, from: string | null, to: string | null): boolean {
  if (from === null || to === null) return (from === null || time >= from) && (to === null || time < to);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

/** Whole minutes from `now` (ISO) until "HH:MM" of the same day, rounded up; negative when it is over. */
export function minutesUntil(time: string, now: string): number {
  return Math.ceil(
    secondsBetween(now, `${now.slice(0, 11)}${time}:00${now.slice(19).replace(/^\.\d+/, '')}`) / 60,
  );
}

/** The whole minute of a moment: what is told in minutes need not be told anew with every tick. */
export function wholeMinute(iso: string): string {
  return `${iso.slice(0, 17)}00${iso.slice(19).replace(/^\.\d+/, '')}`;
}
