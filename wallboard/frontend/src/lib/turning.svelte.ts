/** Pages that turn by themselves, and stand still for a while under somebody's hand. */

/** As long as a wall stays with whoever touched it. */
const HOLD_SECONDS = 60;
const TICK_MS = 1000;

export class Turning {
  /** How much of the page's time is left, 1 to 0. */
  left = $state.raw(1);
  /** Somebody turns the pages, or reads this one longer. */
  held = $state.raw(false);

  #seconds = Number.POSITIVE_INFINITY;
  #passed = 0;
  #hold = 0;

  /** `turn` shows the next page. Where `stopped` says so, the time stands still. */
  constructor(
    private readonly turn: () => void,
    private readonly stopped: () => boolean,
  ) {}

  /** Let time pass; returns what ends it: `$effect(() => turning.run())`. */
  run(): () => void {
    const timer = setInterval(() => this.#pass(), TICK_MS);
    return () => clearInterval(timer);
  }

  /** A page was shown, to stay for so many seconds. */
  shown(seconds: number): void {
    this.#seconds = Math.max(1, seconds);
    this.#passed = 0;
    this.left = 1;
  }

  /** Somebody touched it. */
  hold(): void {
    this.#hold = HOLD_SECONDS;
    this.held = true;
  }

  /** Whoever chose another list wants to see it go on. */
  release(): void {
    this.#hold = 0;
    this.held = false;
  }

  #pass(): void {
    if (this.stopped()) return;
    if (this.#hold > 0) {
      this.#hold -= 1;
      this.held = this.#hold > 0;
      return;
    }
    this.#passed += 1;
    this.left = Math.max(0, 1 - this.#passed / this.#seconds);
    if (this.#passed >= this.#seconds) this.turn();
  }
}
