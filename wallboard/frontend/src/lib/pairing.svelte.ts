/** How a screen becomes a wall: it shows a code until somebody who may has confirmed it. */

const POLL_MS = 3_000;
const AGAIN_MS = 10_000;
const TICK_MS = 1_000;

function post(path: string, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(path, { method: 'POST', headers: { 'X-Presensi': '1' }, cache: 'no-store', signal });
}

/** Give up this screen's right to be a wall. False: the server could not be told. */
export async function forgetWall(): Promise<boolean> {
  try {
    return (await post('/pair/forget')).ok;
  } catch {
    return false;
  }
}

export class Pairing {
  /** What the screen shows; null until the server gave one. */
  code = $state.raw<string | null>(null);
  /** Whole seconds for which the code can be confirmed. */
  seconds = $state.raw(0);
  /** The server does not answer, or has too many screens waiting. */
  trouble = $state.raw(false);
  /** The wall's name, once confirmed. */
  name = $state.raw<string | null>(null);

  #ends = 0;
  #next: ReturnType<typeof setTimeout> | undefined;
  #countdown: ReturnType<typeof setInterval>;
  #ended = new AbortController();

  /** `paired` is called once, when the server has given this browser its credential. */
  constructor(private readonly paired: () => void) {
    this.#countdown = setInterval(() => {
      this.seconds = Math.max(0, Math.ceil((this.#ends - performance.now()) / 1000));
    }, TICK_MS);
    void this.#run();
  }

  close(): void {
    this.#ended.abort();
    clearTimeout(this.#next);
    clearInterval(this.#countdown);
  }

  async #run(): Promise<void> {
    let wait = AGAIN_MS;
    try {
      wait = this.code === null ? await this.#begin() : await this.#claim();
      this.trouble = false;
    } catch {
      this.trouble = true;
    }
    if (!this.#ended.signal.aborted && this.name === null)
      this.#next = setTimeout(() => void this.#run(), wait);
  }

  async #begin(): Promise<number> {
    const response = await post('/pair/begin', this.#ended.signal);
    if (!response.ok) throw new Error(response.statusText);
    const { code, seconds } = (await response.json()) as { code: string; seconds: number };
    this.code = code;
    this.#lasts(seconds);
    return POLL_MS;
  }

  async #claim(): Promise<number> {
    const response = await post('/pair/claim', this.#ended.signal);
    if (response.status === 410) {
      this.code = null;
      return 0;
    }
    if (!response.ok) throw new Error(response.statusText);
    if (response.status === 200) {
      const { name } = (await response.json()) as { name: string };
      this.name = name;
      this.paired();
    } else this.#lasts(((await response.json()) as { seconds: number }).seconds);
    return POLL_MS;
  }

  #lasts(seconds: number): void {
    this.#ends = performance.now() + seconds * 1000;
    this.seconds = seconds;
  }
}
