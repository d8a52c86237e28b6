/** What the page's address asks for, beside the view: `?lang=en&theme=light`. */

/** Where the address asks for `name`, let it ask for `value`: otherwise it would win at the next reload. */
export function askInstead(name: string, value: string): void {
  const address = new URL(location.href);
  if (!address.searchParams.has(name)) return;
  address.searchParams.set(name, value);
  history.replaceState(history.state, '', address);
}
