// Settings of this browser: the language and the theme. They are no part of an account.

const LANGUAGE = "evens.language";
const THEME = "evens.theme";

/** Themes; `system` follows the machine. */
export const THEMES = /** @type {const} */ (["system", "light", "dark"]);

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage, a setting holds until the page is closed.
  }
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
