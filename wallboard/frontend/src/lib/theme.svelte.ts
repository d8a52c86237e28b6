/** The wall's colours: which palette is on, and who chose it. */

import { MediaQuery } from 'svelte/reactivity';
import { askInstead } from './address';
import type { Theme } from './protocol';

export type Palette = 'dark' | 'light';

const STORAGE_KEY = 'presensi.theme';

function known(value: string | null): Theme | null {
  return value === 'auto' || value === 'dark' || value === 'light' ? value : null;
}

/** `?theme=` first, then what this screen was last set to. */
function preferred(): Theme | null {
  const asked = known(new URLSearchParams(location.search).get('theme'));
  if (asked !== null) return asked;
  try {
    return known(localStorage.getItem(STORAGE_KEY));
  } catch {
    // Storage may be forbidden on a locked-down screen; a choice then lasts until the next reload.
    return null;
  }
}

export class Appearance {
  /** What the wall was set to by whoever paired it; a choice made at the screen goes before it. */
  assigned = $state.raw<Theme>('auto');
  #chosen = $state.raw<Theme | null>(preferred());
  readonly #small = new MediaQuery('max-width: 860px', false);
  readonly #systemIsLight = new MediaQuery('prefers-color-scheme: light', false);

  /** "auto" is dark on a wall, where the room is the frame; a telephone looks as its owner likes. */
  readonly palette = $derived.by<Palette>(() => {
    const theme = this.#chosen ?? this.assigned;
    if (theme !== 'auto') return theme;
    return this.#small.current && this.#systemIsLight.current ? 'light' : 'dark';
  });

  /** The other palette, from now on. `kept`: also after the next reload. */
  toggle(kept: boolean): void {
    const chosen = this.palette === 'dark' ? 'light' : 'dark';
    this.#chosen = chosen;
    askInstead('theme', chosen);
    if (!kept) return;
    try {
      localStorage.setItem(STORAGE_KEY, chosen);
    } catch {
      return;
    }
  }
}

/** Put the palette on the page. At night the dim one goes before both. */
export function paint(palette: Palette, dim: boolean): void {
  const root = document.documentElement;
  root.dataset['theme'] = palette;
  root.toggleAttribute('data-dim', dim);
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', getComputedStyle(root).getPropertyValue('--ground').trim());
}
