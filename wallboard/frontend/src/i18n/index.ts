import { en } from './en';
import { id, type Messages } from './id';

export type { Messages } from './id';

export const languages = ['id', 'en'] as const;
export type Language = (typeof languages)[number];

export const messages: Readonly<Record<Language, Messages>> = { id, en };

/** For Intl: how numbers and dates are written in each language. */
export const locales: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' };

const STORAGE_KEY = 'presensi.language';

function known(value: string | null): Language | null {
  return languages.find((language) => language === value) ?? null;
}

/** `?lang=` first, then what this screen was last set to, then Indonesian. */
export function preferredLanguage(): Language {
  const asked = known(new URLSearchParams(location.search).get('lang'));
  if (asked !== null) return asked;
  try {
    return known(localStorage.getItem(STORAGE_KEY)) ?? 'id';
  } catch {
    // Storage may be forbidden on a locked-down screen; the switch then lasts until the next reload.
    return 'id';
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    return;
  }
}
