/** Everything a view knows: what the server sends, which view is asked for, and who asked for it. */

import { createContext, untrack } from 'svelte';
import { binsOf, dayOf, officesOf, terminalsOf, tickerOf, totalOf, unitOf } from './board';
import { type Asker, Connection } from './connection.svelte';
import { worstFirst } from './kinds';
import { playable, routeOfStop, takeTurn, type Turn } from './playlist';
import type { Counts, Level, OfficeRow, Stop, TerminalRow, TickerRow, UsualRow, ViewName } from './protocol';
import { CITY, firstRoute, hashOf, parseRoute, type Route, sameRoute, viewsOf } from './route';
import type { ScopeState } from './scope';
import { Appearance } from './theme.svelte';
import { within } from './time';

/** What this page keeps in an entry of the browser's history. */
interface Kept {
  /** How many entries of ours lie before it. */
  readonly depth: number;
  readonly by: Asker;
}

/** Nobody stays at a wall: it returns to its playlist, or to its first view, by itself. */
const RETURN_SECONDS = 60;
/** A wall that somebody paused and forgot goes on by itself. */
const PAUSE_SECONDS = 900;
/** A screen whose own clock is wrong by more than this is told about it; the wall's times are the server's. */
const SKEW_SECONDS = 60;
const TICK_MS = 500;
const TOUCHES = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchmove'] as const;

export class Wall {
  readonly connection = new Connection();
  readonly appearance = new Appearance();

  #asked = $state.raw<Route>(parseRoute(location.hash));
  /** Where the wall was before; null at the start. */
  former = $state.raw<Route | null>(null);
  /** Whether the view that is shown was asked for by hand. */
  by = $state.raw<Asker>('hand');
  /** Somebody holds the wall at what it shows. */
  held = $state.raw(false);
  /** Somebody wants this screen to be paired, though it may show something as it is. */
  pairing = $state.raw(false);
  /** The stop of the playlist that is shown; null while there is none, or somebody is here. */
  turn = $state.raw<Turn | null>(null);
  /** Seconds by which this screen's clock is ahead of the server's; null while it is good enough. */
  skew = $state.raw<number | null>(null);

  #office = $state.raw<number | null>(null);
  #depth = 0;
  #tick = $state.raw(performance.now());
  #touchedAt = $state.raw(performance.now());
  #touched = $state.raw(false);
  /** The page was opened at a view: whoever did that gets a minute before the playlist begins. */
  #opened = $state.raw(false);
  #last: Turn | null = null;
  #lastList = '';
  #timer: ReturnType<typeof setInterval>;

  readonly hello = $derived.by(() => this.connection.hello);
  readonly root = $derived(this.hello?.root ?? 'city');
  readonly level = $derived<Level>(this.hello?.level ?? 'nothing');
  readonly namesShown = $derived(this.level === 'names');
  /** What the wall is called; null: this screen is not paired. */
  readonly name = $derived(this.hello?.wall?.name ?? null);
  readonly beat = $derived.by(() => this.connection.beat);
  readonly now = $derived.by(() => this.connection.now);
  readonly stale = $derived.by(() => this.connection.silent || this.beat?.stale === true);
  /** Nothing may be shown but how to be paired. */
  readonly locked = $derived.by(
    () => this.connection.revoked || (this.hello !== null && this.level === 'nothing'),
  );

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
  readonly bins = $derived.by(() => binsOf(this.#board));
  readonly usual = $derived.by(() => this.#board?.rows.get('usual') as UsualRow | undefined);

  /** Where this wall begins, and returns to. */
  readonly home = $derived(firstRoute(this.root));
  readonly route = $derived(
    this.#asked.view === 'city' && this.home.view === 'office' ? this.home : this.#asked,
  );
  readonly views = $derived(viewsOf(this.root, this.namesShown));

  /** "HH:MM" */
  readonly #minute = $derived(this.now?.slice(11, 16) ?? null);
  readonly #dim = $derived(this.hello?.wall?.dim ?? null);
  /** It is night where this wall hangs. */
  readonly dim = $derived(
    this.#dim !== null && this.#minute !== null && within(this.#minute, this.#dim.from, this.#dim.to),
  );
  readonly #stops = $derived<readonly Stop[]>(this.hello?.wall?.playlist ?? []);
  readonly #places = $derived(this.#minute === null ? [] : playable(this.#stops, this.#minute, this.views));
  /** The stops of the playlist that are shown at this hour. */
  readonly playlist = $derived(this.#places.map((place) => ({ place, stop: this.#stops[place]! })));

  readonly #idle = $derived.by(() => (this.#tick - this.#touchedAt) / 1000);
  readonly #visited = $derived((this.#touched || this.#opened) && this.#idle < RETURN_SECONDS);
  /** Somebody is here, or holds the wall: nothing turns by itself. */
  readonly paused = $derived(this.held || (this.#touched && this.#visited));
  /** Seconds until the wall returns by itself; null while it is where it returns to, or held. */
  readonly left = $derived.by(() => {
    const away = this.playlist.length > 0 ? this.#visited : !sameRoute(this.route, this.home);
    return this.held || !away ? null : Math.max(0, Math.ceil(RETURN_SECONDS - this.#idle));
  });

  constructor() {
    const kept = history.state as Partial<Kept> | null;
    this.#depth = kept?.depth ?? 0;
    if (kept?.by === 'playlist') this.by = 'playlist';
    else this.#opened = !sameRoute(this.#asked, CITY);
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
  step(by: 1 | -1): void {
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
    this.#compareClocks();
    if (this.#idle > PAUSE_SECONDS) this.held = this.pairing = false;
    if (this.locked) return;
    if (this.held || this.#visited) this.turn = null;
    else if (this.playlist.length > 0) this.#play();
    else if (this.left === 0) this.#return(this.home);
  }

  #play(): void {
    // A playlist that was changed begins anew; one that is only told again goes on.
    const list = JSON.stringify(this.#stops);
    if (list !== this.#lastList) this.#last = this.#startedAt();
    this.#lastList = list;
    // Whoever was here is gone: the stop that they interrupted has its whole time again.
    const former = this.turn ?? (this.#last === null ? null : { ...this.#last, since: this.#tick });
    const turn = takeTurn(former, this.#stops, this.#places, this.#tick);
    this.#last = turn;
    this.turn = turn;
    const stop = turn === null ? undefined : this.#stops[turn.place];
    if (stop !== undefined) this.#return(routeOfStop(stop));
  }

  /** After a reload a playlist goes on where it was. */
  #startedAt(): Turn | null {
    const place = this.#stops.findIndex((stop) => sameRoute(routeOfStop(stop), this.route));
    return this.by === 'playlist' && place >= 0 ? { place, since: this.#tick } : null;
  }

  #return(route: Route): void {
    this.#opened = false;
    if (sameRoute(route, this.#asked) && this.by === 'playlist') return;
    this.#depth = 0;
    this.#show(route, 'playlist', 'replaceState');
  }

  #compareClocks(): void {
    const { hello, helloAt } = this.connection;
    if (hello === null) return;
    const ahead = (Date.now() - hello.real - (this.#tick - helloAt)) / 1000;
    this.skew = Math.abs(ahead) > SKEW_SECONDS ? Math.round(ahead) : null;
  }
}

export const [useWall, provideWall] = createContext<Wall>();
