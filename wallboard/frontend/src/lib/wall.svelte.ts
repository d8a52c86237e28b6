/** Everything a view knows: what the server sends, which view is asked for, and who asked for it. */

import { createContext, untrack } from 'svelte';
import { dayOf, officesOf, terminalsOf, tickerOf, totalOf, unitOf } from './board';
import { type Asker, Connection } from './connection.svelte';
import { worstFirst } from './kinds';
import type {
  ArrivalBin,
  Counts,
  Level,
  OfficeRow,
  TerminalRow,
  TickerRow,
  UsualRow,
  ViewName,
} from './protocol';
import { firstRoute, hashOf, parseRoute, type Route, sameRoute, viewsOf } from './route';
import type { ScopeState } from './scope';

/** What this page keeps in an entry of the browser's history. */
interface Kept {
  /** How many entries of ours lie before it. */
  readonly depth: number;
  readonly by: Asker;
}

/** Nobody stays at a wall: it returns to its first view by itself. */
const RETURN_SECONDS = 60;
/** A wall that somebody paused and forgot goes on by itself. */
const PAUSE_SECONDS = 900;
const TICK_MS = 500;
const TOUCHES = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchmove'] as const;

export class Wall {
  readonly connection = new Connection();

  #asked = $state.raw<Route>(parseRoute(location.hash));
  /** Where the wall was before; null at the start. */
  former = $state.raw<Route | null>(null);
  /** Whether the view that is shown was asked for by hand. */
  by = $state.raw<Asker>('hand');
  /** Somebody holds the wall at what it shows. */
  held = $state.raw(false);

  #office = $state.raw<number | null>(null);
  #depth = 0;
  #tick = $state.raw(performance.now());
  #touchedAt = $state.raw<number>(performance.now());
  #touched = $state.raw(false);
  #timer: ReturnType<typeof setInterval>;

  readonly hello = $derived.by(() => this.connection.hello);
  readonly root = $derived(this.hello?.root ?? 'city');
  readonly level = $derived<Level>(this.hello?.level ?? 'nothing');
  readonly namesShown = $derived(this.level === 'names');
  readonly beat = $derived.by(() => this.connection.beat);
  readonly now = $derived.by(() => this.connection.now);
  readonly stale = $derived.by(() => this.connection.silent || this.beat?.stale === true);

  readonly #board = $derived(this.scope(this.root));
  readonly day = $derived(this.#board === null ? undefined : dayOf(this.#board));
  /** ISO date of the day that is shown. */
  readonly today = $derived(this.day?.date ?? this.now?.slice(0, 10) ?? '');
  readonly total = $derived.by<Counts | undefined>(() =>
    this.#board === null ? undefined : (totalOf(this.#board) ?? unitOf(this.#board)),
  );
  readonly offices = $derived.by<readonly OfficeRow[]>(() => {
    if (this.#board === null) return [];
    const own = unitOf(this.#board);
    return own === undefined ? officesOf(this.#board) : [own];
  });
  readonly terminals = $derived.by<readonly TerminalRow[]>(() =>
    this.#board === null ? [] : terminalsOf(this.#board),
  );
  readonly ticker = $derived.by<readonly TickerRow[]>(() =>
    this.#board === null ? [] : tickerOf(this.#board),
  );
  /** How many people came in for the first time within the five minutes from "HHMM". */
  readonly bins = $derived.by<ReadonlyMap<string, number>>(() => {
    const bins = new Map<string, number>();
    for (const [key, row] of this.#board?.rows ?? [])
      if (key.startsWith('a:')) bins.set(key.slice(2), (row as ArrivalBin).n);
    return bins;
  });
  readonly usual = $derived.by(() => this.#board?.rows.get('usual') as UsualRow | undefined);

  /** Where this wall begins, and returns to. */
  readonly home = $derived(firstRoute(this.root));
  readonly route = $derived(
    this.#asked.view === 'city' && this.home.view === 'office' ? this.home : this.#asked,
  );
  readonly views = $derived(viewsOf(this.root, this.namesShown));
  /** Somebody is here, or holds the wall: nothing turns by itself. */
  readonly paused = $derived.by(() => this.held || (this.#touched && this.#idle < RETURN_SECONDS));
  /** Seconds until the wall returns by itself; null while it is where it returns to. */
  readonly left = $derived.by(() =>
    this.held || sameRoute(this.route, this.home)
      ? null
      : Math.max(0, Math.ceil(RETURN_SECONDS - this.#idle)),
  );
  readonly #idle = $derived.by(() => (this.#tick - this.#touchedAt) / 1000);

  constructor() {
    const kept = history.state as Partial<Kept> | null;
    this.#depth = kept?.depth ?? 0;
    addEventListener('popstate', this.#arrive);
    addEventListener('hashchange', this.#arrive);
    for (const touch of TOUCHES) addEventListener(touch, this.#touch, { passive: true, capture: true });
    this.#timer = setInterval(() => this.#pass(), TICK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    removeEventListener('popstate', this.#arrive);
    removeEventListener('hashchange', this.#arrive);
    for (const touch of TOUCHES) removeEventListener(touch, this.#touch, { capture: true });
    this.connection.close();
  }

  /** The rows of a scope that is followed; null: none yet. */
  scope(name: string): ScopeState | null {
    return this.connection.scope(name);
  }

  /** Why the rows of a scope do not come; null: nothing was refused. */
  refusal(name: string): string | null {
    return this.connection.refusal(name);
  }

  /** Follow a scope; returns what ends it: `$effect(() => wall.follow('names'))`. */
  follow(name: string, by?: Asker): () => void {
    return this.connection.follow(name, by ?? untrack(() => this.by));
  }

  /** Show a view that somebody asked for. */
  go(route: Route): void {
    if (sameRoute(route, this.route)) return;
    this.#depth += 1;
    this.#show(route, 'hand', 'pushState');
  }

  /** Where a view of the navigation leads: of the offices to the last one looked at, or the first of the grid. */
  routeOf(view: ViewName): Route {
    switch (view) {
      case 'city':
        return this.home;
      case 'office': {
        if (this.home.view === 'office') return this.home;
        const unit = this.#office ?? worstFirst(this.offices)[0]?.id;
        return unit === undefined ? this.home : { view: 'office', unit };
      }
      default:
        return { view };
    }
  }

  /** Show the next view of the navigation (1) or the one before (-1). */
  turn(by: 1 | -1): void {
    const place = this.views.indexOf(this.route.view);
    const view = this.views[(place + by + this.views.length) % this.views.length];
    if (view !== undefined) this.go(this.routeOf(view));
  }

  /** Where this visit came from; the first view where it came from nowhere. */
  back(): void {
    if (this.#depth > 0) history.back();
    else if (!sameRoute(this.route, this.home)) this.#show(this.home, 'hand', 'replaceState');
  }

  #show(route: Route, by: Asker, how: 'pushState' | 'replaceState'): void {
    const kept: Kept = { depth: this.#depth, by };
    history[how](kept, '', hashOf(route));
    this.#turn(route, by);
  }

  #turn(route: Route, by: Asker): void {
    if (!sameRoute(route, this.#asked)) this.former = this.#asked;
    if (route.view === 'office') this.#office = route.unit;
    this.by = by;
    this.#asked = route;
  }

  #arrive = (): void => {
    const kept = history.state as Partial<Kept> | null;
    this.#depth = kept?.depth ?? 0;
    this.#turn(parseRoute(location.hash), kept?.by ?? 'hand');
  };

  #touch = (event: Event): void => {
    // A browser tells of a pointer that lies still, too, when something moves beneath it.
    if (event.type === 'pointermove' && event instanceof PointerEvent)
      if (event.movementX === 0 && event.movementY === 0) return;
    this.#touchedAt = performance.now();
    this.#touched = true;
  };

  #pass(): void {
    this.#tick = performance.now();
    if (this.held && this.#idle > PAUSE_SECONDS) this.held = false;
    if (this.left !== 0) return;
    this.#depth = 0;
    this.#show(this.home, 'playlist', 'replaceState');
  }
}

export const [useWall, provideWall] = createContext<Wall>();
