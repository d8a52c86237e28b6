/** The wall's line to the server: scopes kept by snapshot and delta, and the beat that proves it lives. */

import { io, type Socket } from 'socket.io-client';
import type { Beat, DeltaMessage, Refusal, SnapshotMessage } from './protocol';
import { applyDelta, fromSnapshot, RESYNC, type ScopeState } from './scope';
import { later } from './time';

interface ServerEvents {
  snapshot: (message: SnapshotMessage) => void;
  delta: (message: DeltaMessage) => void;
  beat: (beat: Beat) => void;
  error: (refusal: Refusal) => void;
}

interface ClientEvents {
  join: (request: { scope: string }) => void;
  leave: (request: { scope: string }) => void;
  resync: (request: { scope: string }) => void;
}

const CITY = 'city';
/** Without a beat for this long, the wall no longer passes for live. */
const SILENCE_MS = 5_000;
/** Without a first snapshot for this long, the wall says that the server cannot be reached. */
const PATIENCE_MS = 8_000;
const TICK_MS = 200;
const RETRY_MS = 4_000;
/** Names are shown only when the view can be logged; the log comes back by itself. */
const LOG_UNAVAILABLE = 'log_unavailable';

export class Connection {
  /** The city's rows; null until the first snapshot. */
  city = $state.raw<ScopeState | null>(null);
  /** The open office's rows; null while none is open or its snapshot is under way. */
  office = $state.raw<ScopeState | null>(null);
  beat = $state.raw<Beat | null>(null);
  /** Why the open office's rows do not come; null when nothing was refused. */
  refusal = $state.raw<string | null>(null);

  #beatAt = $state.raw(performance.now());
  #tick = $state.raw(performance.now());
  #startedAt = performance.now();
  #officeScope: string | null = null;
  /** Scopes whose snapshot was asked for again; until it comes, their deltas are of no use. */
  #resyncing = new Set<string>();
  #socket: Socket<ServerEvents, ClientEvents>;
  #timer: ReturnType<typeof setInterval>;

  /** No beat for more than five seconds, though there has been a board. */
  readonly silent = $derived.by(() => this.city !== null && this.#tick - this.#beatAt > SILENCE_MS);
  /** There has never been a board, and there should be one by now. */
  readonly unreachable = $derived.by(() => this.city === null && this.#tick - this.#startedAt > PATIENCE_MS);
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
      reconnectionDelayMax: 3000,
    });
    this.#socket.on('connect', () => {
      this.#resyncing.clear();
      this.#socket.emit('join', { scope: CITY });
      if (this.#officeScope !== null) this.#socket.emit('join', { scope: this.#officeScope });
    });
    this.#socket.on('snapshot', (message) => {
      this.#resyncing.delete(message.scope);
      this.#keep(message.scope, fromSnapshot(message));
    });
    this.#socket.on('delta', (delta) => {
      if (delta.scope !== CITY && delta.scope !== this.#officeScope) return;
      if (this.#resyncing.has(delta.scope)) return;
      const next = applyDelta(delta.scope === CITY ? this.city : this.office, delta);
      if (next === RESYNC) {
        this.#resyncing.add(delta.scope);
        this.#socket.emit('resync', { scope: delta.scope });
      } else this.#keep(delta.scope, next);
    });
    this.#socket.on('beat', (beat) => {
      this.#beatAt = performance.now();
      this.#tick = this.#beatAt;
      this.beat = beat;
    });
    this.#socket.on('error', ({ scope, code }) => {
      if (scope === null || scope !== this.#officeScope) return;
      this.refusal = code;
      if (code !== LOG_UNAVAILABLE) return;
      setTimeout(() => {
        if (scope === this.#officeScope && this.office === null) this.#socket.emit('join', { scope });
      }, RETRY_MS);
    });
    // A server that is full, or that closes the line itself, is not tried again by the library.
    const retry = () => {
      if (!this.#socket.active) setTimeout(() => this.#socket.connect(), RETRY_MS);
    };
    this.#socket.on('connect_error', retry);
    this.#socket.on('disconnect', retry);
    this.#timer = setInterval(() => (this.#tick = performance.now()), TICK_MS);
  }

  /** Follow this office besides the city; null: no office any more. */
  follow(office: number | null): void {
    const scope = office === null ? null : `office:${office}`;
    if (scope === this.#officeScope) return;
    const former = this.#officeScope;
    if (former !== null) this.#resyncing.delete(former);
    this.#officeScope = scope;
    this.office = null;
    this.refusal = null;
    // While disconnected, `connect` joins what is then open; an emit now would be sent a second time.
    if (!this.#socket.connected) return;
    if (former !== null) this.#socket.emit('leave', { scope: former });
    if (scope !== null) this.#socket.emit('join', { scope });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.off();
    this.#socket.close();
  }

  #keep(scope: string, state: ScopeState): void {
    if (scope === CITY) this.city = state;
    else if (scope === this.#officeScope) {
      this.office = state;
      this.refusal = null;
    }
  }
}
