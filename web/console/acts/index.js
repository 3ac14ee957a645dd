// Every act of the console by its name. Its texts are `act.{name}.title`, `.text`, `.verb` and `.done`,
// and `.alone` instead of `.text` where one approval is enough.

import { JACKPOT_ACTS } from "./jackpots.js";
import { LETTER_ACTS } from "./letters.js";
import { MONEY_ACTS } from "./money.js";
import { RUN_ACTS } from "./run.js";

export { wayOutAct } from "./run.js";

/** @type {Record<string, import("./fields.js").Act>} */
export const ACTS = { ...RUN_ACTS, ...LETTER_ACTS, ...MONEY_ACTS, ...JACKPOT_ACTS };

/** Whether accounts of this role have the act's button. @param {string} name @param {string | undefined} role */
export const mayAct = (name, role) => ACTS[name].roles.some((allowed) => allowed === role);
