// What a view is made from: the state, the time, and what its buttons do.

import type { Actions } from "./actions.js";
import type { State } from "../shared/types.d.ts";

export interface Context {
  state: State;
  act: Actions;
  /** Milliseconds, by the server's clock. */
  now: number;
}
