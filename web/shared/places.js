// Where the page is scrolled to, for each entry of the history, and where a new view begins.

/** @param {Pick<History, "state" | "replaceState" | "scrollRestoration">} [entries] @param {() => number} [height] */
export function createPlaces(entries = history, height = () => scrollY) {
  /** @type {Map<number, number>} */
  const places = new Map();
  let last = 0;
  let current = 0;
  // A browser would scroll before the view is drawn.
  entries.scrollRestoration = "manual";

  return {
    /**
     * Keeps the place of the entry that is left.
     * @returns {number | undefined} The place of the entry that is shown now, if it was shown before.
     */
    move() {
      places.set(current, height());
      const known = entries.state?.entry;
      current = known ?? (last += 1);
      if (known === undefined) entries.replaceState({ entry: current }, "");
      else last = Math.max(last, known);
      return places.get(current);
    },
  };
}

/** Whether a list stands beside the thing that was chosen from it. */
export function isBeside() {
  /** @param {string} name @returns {HTMLElement | null} */
  const part = (name) => document.querySelector(`.view--one > .${name}`);
  const [main, side] = [part("main"), part("side")];
  return (
    main !== null && side !== null && main.offsetWidth > 0 && side.offsetLeft >= main.offsetLeft + main.offsetWidth
  );
}

/**
 * Scrolls to the place of the view and moves the focus to its heading. A choice from the list beside it scrolls
 * nothing.
 * @param {number | undefined} place @param {boolean} isInPlace
 */
export function focusView(place, isInPlace) {
  if (place !== undefined || !isInPlace) scrollTo(0, place ?? 0);
  document.getElementById("view-title")?.focus({ preventScroll: true });
}
