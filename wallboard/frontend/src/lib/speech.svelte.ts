/** The language the wall speaks now, and how it writes numbers and moments in it. */

import { createContext } from 'svelte';
import { type Language, locales, messages, preferredLanguage, rememberLanguage } from '../i18n';
import { askInstead } from './address';

export class Speech {
  language = $state<Language>(preferredLanguage());

  readonly t = $derived(messages[this.language]);
  readonly locale = $derived(locales[this.language]);
  readonly #numbers = $derived(new Intl.NumberFormat(this.locale));

  /** 2481 → "2.481" */
  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** "3 menit", in the largest unit that tells enough. */
  duration(seconds: number): string {
    const amount = Math.abs(seconds);
    if (amount < 90) return this.t.seconds(this.number(Math.round(amount)));
    if (amount < 90 * 60) return this.t.minutes(this.number(Math.round(amount / 60)));
    if (amount < 36 * 3600) return this.t.hours(this.number(Math.round(amount / 3600)));
    return this.t.days(this.number(Math.round(amount / 86400)));
  }

  choose(language: Language): void {
    this.language = language;
    rememberLanguage(language);
    askInstead('lang', language);
  }
}

export const [useSpeech, provideSpeech] = createContext<Speech>();
