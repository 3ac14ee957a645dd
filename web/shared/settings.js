// Settings of this browser: the language and the theme. They are no part of an account, but each player of this browser
// has their own. Before a login, the last ones that were chosen hold.

import { ofBrowser } from "./storage.js";

const LANGUAGE = "evens.language";
const THEME = "evens.theme";

/** Themes; `system` follows the machine. */
export const THEMES = /** @type {const} */ (["system", "light", "dark"]);

/** The player whose settings hold. @type {string | null} */
let user = null;

/** From now on, the settings of that player hold. @param {string | null} whose Null without a session. */
export function ownSettings(whose) {
  user = whose;
}

/** @param {string} key */
const read = (key) => (user === null ? null : ofBrowser.getItem(`${key}.${user}`)) ?? ofBrowser.getItem(key);

/** @param {string} key @param {string} value */
function write(key, value) {
  ofBrowser.setItem(key, value);
  if (user !== null) ofBrowser.setItem(`${key}.${user}`, value);
}

/** The language that was chosen, or the first of the browser's that the page has. @param {string[]} known */
export function chosenLanguage(known) {
  const wanted = [read(LANGUAGE), ...navigator.languages.map((language) => language.split("-")[0])];
  return wanted.find((language) => language !== null && known.includes(language)) ?? "en";
}

/** @param {string} language */
export const keepLanguage = (language) => write(LANGUAGE, language);

export const chosenTheme = () => THEMES.find((theme) => theme === read(THEME)) ?? "system";

/** @param {string} theme */
export function keepTheme(theme) {
  write(THEME, theme);
  showTheme();
}

/** The style sheets read the theme from the root of the page. */
export function showTheme() {
  document.documentElement.dataset.theme = chosenTheme();
}
