// The place of each view: it is kept for its entry of the history, and a new entry has none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlaces } from "../shared/places.js";

test("on the way back an entry has the place where it was left", () => {
  const entries = { state: null, scrollRestoration: "auto", replaceState: (state) => (entries.state = state) };
  let height = 0;
  const places = createPlaces(/** @type {any} */ (entries), () => height);
  const to = (state) => ((entries.state = state), places.move());
  assert.equal(to(null), undefined);
  const list = entries.state;
  height = 700;
  assert.equal(to(null), undefined, "a new entry");
  const one = entries.state;
  height = 40;
  assert.equal(to(list), 700, "back");
  height = 900;
  assert.equal(to(one), 40, "forward");
  assert.equal(to(list), 900);
});

test("after a reload, new entries have other numbers than those before it", () => {
  const entries = { state: { entry: 7 }, scrollRestoration: "auto", replaceState: (state) => (entries.state = state) };
  const places = createPlaces(/** @type {any} */ (entries), () => 0);
  assert.equal(places.move(), undefined);
  entries.state = null;
  places.move();
  assert.deepEqual(entries.state, { entry: 8 });
});
