// The input of a view: the state, the time, and the actions of its buttons.

import type { Actions } from "./actions.js";
import type { State } from "../shared/types.d.ts";

export interface Context {
  state: State;
  act: Actions;
  /** Milliseconds, by the server's clock. */
  now: number;
}
