/** What a key of a keyboard or a remote control asks of the wall, and where arrows lead. */

import { nearby } from './nearby';
import type { ViewName } from './protocol';

export type Command =
  | { readonly does: 'view'; readonly view: ViewName }
  | { readonly does: 'back' | 'previous' | 'next' | 'fullscreen' | 'pause' | 'theme' | 'language' | 'help' };

const VIEWS: Readonly<Record<string, ViewName>> = {
  '1': 'city',
  '2': 'office',
  '3': 'names',
  '4': 'terminals',
  '5': 'day',
};

const COMMANDS: Readonly<Record<string, Exclude<Command['does'], 'view'>>> = {
  Escape: 'back',
  Backspace: 'back',
  BrowserBack: 'back',
  GoBack: 'back',
  PageUp: 'previous',
  ChannelUp: 'previous',
  MediaTrackPrevious: 'previous',
  PageDown: 'next',
  ChannelDown: 'next',
  MediaTrackNext: 'next',
  f: 'fullscreen',
  p: 'pause',
  MediaPlayPause: 'pause',
  t: 'theme',
  l: 'language',
  '?': 'help',
  Info: 'help',
};

interface Pressed {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Null: a key that is none of the wall's. */
export function commandOf({ key, altKey, ctrlKey, metaKey }: Pressed): Command | null {
  if (altKey || ctrlKey || metaKey) return null;
  const view = VIEWS[key];
  if (view !== undefined) return { does: 'view', view };
  const does = COMMANDS[key] ?? COMMANDS[key.toLowerCase()];
  return does === undefined ? null : { does };
}

const FOCUSABLE = 'a[href], button:not(:disabled), [tabindex]';

function scrolls(element: Element, key: string): boolean {
  for (let box: Element | null = element; box !== null; box = box.parentElement) {
    if (box.scrollHeight <= box.clientHeight + 1) continue;
    if (box !== document.documentElement && !/auto|scroll/.test(getComputedStyle(box).overflowY)) continue;
    if (key === 'ArrowDown' && box.scrollTop + box.clientHeight < box.scrollHeight - 1) return true;
    if (key === 'ArrowUp' && box.scrollTop > 0) return true;
  }
  return false;
}

/**
 * Where an arrow leads that no view took for itself: to the nearest thing that can be chosen. Returns whether
 * the focus moved; it does not while there is more to be scrolled to.
 */
export function moveFocus(key: string): boolean {
  const open = document.querySelector('dialog[open]');
  const here = document.activeElement;
  // Those that Tab skips, too: of a grid it knows one tile only, and an arrow means the one ahead.
  const found = [...(open ?? document).querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element === here || element.checkVisibility(),
  );
  const from = found.findIndex((element) => element === here);
  if (from < 0) {
    const reachable = found.filter((element) => element.tabIndex >= 0);
    const entry =
      reachable.find((element) => element.closest('[data-view], dialog') !== null) ?? reachable[0];
    entry?.focus();
    return entry !== undefined;
  }
  if (here !== null && scrolls(here, key)) return false;
  const to = nearby(
    key,
    found.map((element) => element.getBoundingClientRect()),
    from,
  );
  if (to === null) return false;
  found[to]?.focus();
  return true;
}
