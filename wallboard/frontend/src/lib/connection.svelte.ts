/** The wall's line to the server: scopes kept by snapshot and delta, and the beat that proves it lives. */

import { io, type Socket } from 'socket.io-client';
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { backoff } from './backoff';
import type { Beat, DeltaMessage, Hello, Refusal, SnapshotMessage } from './protocol';
import { comesBack, isTold } from './refusals';
import { applyDelta, fromSnapshot, RESYNC, type ScopeState } from './scope';
import { later } from './time';

/** Who asked for a scope: the log of names tells a hand from the wall's own playlist. */
export type Asker = 'hand' | 'playlist';

interface ServerEvents {
  hello: (hello: Hello) => void;
  snapshot: (message: SnapshotMessage) => void;
  delta: (message: DeltaMessage) => void;
  beat: (beat: Beat) => void;
  error: (refusal: Refusal) => void;
  revoked: () => void;
}

interface ClientEvents {
  join: (request: { scope: string; by: Asker }) => void;
  leave: (request: { scope: string }) => void;
  resync: (request: { scope: string }) => void;
}

/** Without a beat for this long, the wall no longer passes for live. */
const SILENCE_MS = 5_000;
/** A line that says nothing for this long is dead, whatever the network says: it is made anew. */
const DEAD_MS = 12_000;
/** Without a server for this long, a wall that never had one says that it cannot be reached. */
const PATIENCE_MS = 8_000;
const CONNECT_MS = 8_000;
const TICK_MS = 200;
const RETRY_MS = 4_000;

class Followed {
  state = $state.raw<ScopeState | null>(null);
  /** Why the rows do not come; null when nothing was refused. */
  refusal = $state.raw<string | null>(null);
  holders = 0;
  /** The server was asked on this line, and has not refused. */
  joined = false;
  /** A snapshot was asked for again; until it comes, deltas are of no use. */
  resyncing = false;
  retry: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly by: Asker) {}

  forget(): void {
    clearTimeout(this.retry);
    this.state = null;
    this.refusal = null;
    this.resyncing = false;
  }
}

export class Connection {
  /** What the server says this wall is and may show; null before its first word. */
  hello = $state.raw<Hello | null>(null);
  /** `performance.now()` when it was said. */
  helloAt = 0;
  beat = $state.raw<Beat | null>(null);
  /** Somebody took this wall's right to show anything away. */
  revoked = $state.raw(false);

  #connected = $state.raw(false);
  #everLive = $state.raw(false);
  #beatAt = $state.raw(performance.now());
  #tick = $state.raw(performance.now());
  #lostAt = $state.raw(performance.now());
  #followed = new SvelteMap<string, Followed>();
  #greeted = false;
  #heard = false;
  #attempts = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval>;
  #socket: Socket<ServerEvents, ClientEvents>;

  /** No beat for more than five seconds, though there has been a board. */
  readonly silent = $derived.by(() => this.#everLive && this.#tick - this.#beatAt > SILENCE_MS);
  /** There has never been a board, and no server to get one from for a while. */
  readonly unreachable = $derived.by(
    () => !this.#everLive && !this.#connected && this.#tick - this.#lostAt > PATIENCE_MS,
  );
  /** City time now, ISO with offset; stands still while the server is silent. */
  readonly now = $derived.by(() => {
    if (this.beat === null) return null;
    const since = Math.min(Math.max(0, this.#tick - this.#beatAt), SILENCE_MS);
    return later(this.beat.city, (since / 1000) * this.beat.rate);
  });

  constructor() {
    this.#socket = io({
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      timeout: CONNECT_MS,
      // The library gives up on a server that is full or closes the line itself; this wall never does.
      reconnection: false,
    });
    this.#socket.on('connect', () => this.#begin());
    this.#socket.on('disconnect', () => this.#lost());
    this.#socket.on('connect_error', () => this.#lost());
    this.#socket.on('hello', (hello) => this.#greet(hello));
    this.#socket.on('revoked', () => {
      this.revoked = true;
      this.#forgetAll();
    });
    this.#socket.on('snapshot', (message) => this.#take(message));
    this.#socket.on('delta', (delta) => this.#change(delta));
    this.#socket.on('beat', (beat) => {
      this.#beatAt = performance.now();
      this.#tick = this.#beatAt;
      this.#heard = true;
      this.beat = beat;
    });
    this.#socket.on('error', (refusal) => this.#refused(refusal));
    this.#timer = setInterval(() => this.#watch(), TICK_MS);
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  /** The rows of a scope that somebody follows; null: none yet. */
  scope(name: string): ScopeState | null {
    return this.#followed.get(name)?.state ?? null;
  }

  /** Why the rows of a scope do not come; null: nothing was refused. */
  refusal(name: string): string | null {
    return this.#followed.get(name)?.refusal ?? null;
  }

  /** Follow a scope, together with whoever follows it already. Returns what ends it. */
  follow(name: string, by: Asker): () => void {
    return untrack(() => {
      let followed = this.#followed.get(name);
      if (followed === undefined) {
        followed = new Followed(by);
        this.#followed.set(name, followed);
        this.#join(name, followed);
      }
      followed.holders += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        followed.holders -= 1;
        // A view that gives way to the next one on the same scope need not fetch it anew.
        queueMicrotask(() => this.#release(name, followed));
      };
    });
  }

  /** Come again, as what the server now takes this screen for. */
  reconnect(): void {
    this.revoked = false;
    this.#attempts = 0;
    if (this.#socket.connected) this.#socket.disconnect();
    this.#connect();
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#again);
    this.#forgetAll();
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#socket.off();
    this.#socket.close();
  }

  #begin(): void {
    this.#connected = true;
    this.#attempts = 0;
    this.#heard = false;
  }

  #greet(hello: Hello): void {
    const former = this.hello;
    const changed =
      former !== null &&
      (former.root !== hello.root || former.level !== hello.level || former.wall?.id !== hello.wall?.id);
    if (hello.wall !== null) this.revoked = false;
    this.helloAt = performance.now();
    this.hello = hello;
    this.#greeted = true;
    // What another right showed is not kept. What was joined and is still allowed, the server sends by itself.
    if (changed) this.#forgetAll();
    for (const [name, followed] of this.#followed) if (!followed.joined) this.#join(name, followed);
  }

  #join(name: string, followed: Followed): void {
    if (!this.#greeted || !this.#socket.connected || this.revoked) return;
    if (this.hello === null || this.hello.level === 'nothing') return;
    followed.resyncing = false;
    followed.joined = true;
    this.#socket.emit('join', { scope: name, by: followed.by });
  }

  #release(name: string, followed: Followed): void {
    if (followed.holders > 0 || this.#followed.get(name) !== followed) return;
    followed.forget();
    this.#followed.delete(name);
    if (this.#greeted && this.#socket.connected) this.#socket.emit('leave', { scope: name });
  }

  #take(message: SnapshotMessage): void {
    const followed = this.#followed.get(message.scope);
    if (followed === undefined || this.revoked) return;
    followed.resyncing = false;
    followed.refusal = null;
    followed.state = fromSnapshot(message);
    this.#everLive = true;
  }

  #change(delta: DeltaMessage): void {
    const followed = this.#followed.get(delta.scope);
    if (followed === undefined || followed.resyncing || this.revoked) return;
    const next = applyDelta(followed.state, delta);
    if (next === RESYNC) {
      followed.resyncing = true;
      this.#socket.emit('resync', { scope: delta.scope });
    } else followed.state = next;
  }

  #refused({ scope, code }: Refusal): void {
    const followed = scope === null ? undefined : this.#followed.get(scope);
    if (followed === undefined || scope === null) return;
    if (isTold(code)) followed.refusal = code;
    followed.joined = false;
    if (!comesBack(code)) return;
    clearTimeout(followed.retry);
    followed.retry = setTimeout(() => {
      if (!followed.joined) this.#join(scope, followed);
    }, RETRY_MS);
  }

  #lost(): void {
    if (this.#connected) this.#lostAt = performance.now();
    this.#connected = false;
    this.#greeted = false;
    for (const followed of this.#followed.values()) followed.joined = false;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#connect(), backoff(this.#attempts, Math.random()));
    this.#attempts += 1;
  }

  #connect(): void {
    clearTimeout(this.#again);
    this.#socket.connect();
  }

  /** The network or the screen came back: whoever waited for the next attempt waits no longer. */
  #hurry = (): void => {
    if (document.hidden || this.#connected) return;
    this.#attempts = 0;
    this.#connect();
  };

  #watch(): void {
    this.#tick = performance.now();
    // After sleep, or behind a pulled cable, a line can look open for minutes though nobody is there.
    if (this.#socket.connected && this.#heard && this.#tick - this.#beatAt > DEAD_MS) {
      this.#heard = false;
      this.#socket.disconnect();
    }
  }

  #forgetAll(): void {
    for (const followed of this.#followed.values()) followed.forget();
  }
}
