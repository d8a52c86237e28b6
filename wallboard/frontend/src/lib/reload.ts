/** A wall that runs for years takes a new release by itself: it reloads, and its address keeps its view. */

const STORAGE_KEY = 'presensi.reloaded';
const TRY_MS = 15_000;
/** Not all walls in the same second. */
const SPREAD_MS = 3_000;
const LEAST_MS = 60_000;

const META = /<meta name="presensi-build" content="([^"]*)"/;

/** The build of a page, from its text; "" where it tells none. */
export function buildIn(html: string): string {
  return META.exec(html)?.[1] ?? '';
}

/** The build of this page. */
export function ownBuild(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="presensi-build"][content]')?.content ?? '';
}

/** Whether a page loaded at `last` may be reloaded at `now`, both Unix milliseconds; clocks are set back, too. */
export function mayReload(last: number | null, now: number): boolean {
  return last === null || now < last || now - last >= LEAST_MS;
}

function lastReload(): number | null {
  try {
    const kept = sessionStorage.getItem(STORAGE_KEY);
    return kept === null ? null : Number(kept);
  } catch {
    return null;
  }
}

function noteReload(): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, String(Date.now()));
  } catch {
    return;
  }
}

/** A page that broke is of no use as it is. Not at once, and not again and again. */
export function reloadSoon(): void {
  const wait = mayReload(lastReload(), Date.now()) ? TRY_MS : LEAST_MS;
  setTimeout(() => {
    noteReload();
    location.reload();
  }, wait);
}

/** Reload as soon as the server gives another page than this one. Returns what ends the attempts. */
export function renew(own: string): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const ended = new AbortController();

  async function attempt(): Promise<void> {
    try {
      if (!mayReload(lastReload(), Date.now())) return;
      const response = await fetch('/', { cache: 'no-store', signal: ended.signal });
      const offered = response.ok ? buildIn(await response.text()) : '';
      if (offered === '' || offered === own || ended.signal.aborted) return;
      noteReload();
      location.reload();
    } catch {
      // The server restarts, as it does for every release: the next attempt will reach it.
    } finally {
      if (!ended.signal.aborted) timer = setTimeout(() => void attempt(), TRY_MS);
    }
  }

  timer = setTimeout(() => void attempt(), Math.random() * SPREAD_MS);
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
