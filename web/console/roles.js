// The views of the console, and the roles that have each. The server refuses the same requests by itself.

/** @typedef {"operator" | "cashier" | "auditor"} Role */

/** @type {Role[]} */
export const ROLES = ["operator", "cashier", "auditor"];

/**
 * The views. One without a group is not in the navigation.
 * @type {{ name: string, group: "run" | "money" | "records" | null, roles: Role[] }[]}
 */
export const VIEWS = [
  { name: "search", group: null, roles: ["operator", "cashier", "auditor"] },
  { name: "overview", group: "run", roles: ["operator", "cashier", "auditor"] },
  { name: "queues", group: "run", roles: ["operator", "auditor"] },
  { name: "dead-letters", group: "run", roles: ["operator"] },
  { name: "rounds", group: "run", roles: ["operator"] },
  { name: "periods", group: "run", roles: ["operator"] },
  { name: "jackpots", group: "run", roles: ["operator"] },
  { name: "sockets", group: "run", roles: ["operator", "auditor"] },
  { name: "users", group: "run", roles: ["operator", "cashier", "auditor"] },
  { name: "withdrawals", group: "money", roles: ["cashier", "auditor"] },
  { name: "deposits", group: "money", roles: ["cashier", "auditor"] },
  { name: "accounts", group: "money", roles: ["cashier", "auditor"] },
  { name: "reconciliation", group: "money", roles: ["cashier", "auditor"] },
  { name: "audit", group: "records", roles: ["auditor"] },
];

export const FIRST = "overview";

/** @typedef {"ledger" | "bets" | "gameBets" | "deposits" | "withdrawals" | "limits"} UserPart */

/**
 * The parts of a player that a role sees: orders are not for operators.
 * @param {string | undefined} role @returns {UserPart[]}
 */
export const userParts = (role) => [
  "ledger",
  "bets",
  "gameBets",
  ...(role === "operator" ? [] : /** @type {const} */ (["deposits", "withdrawals"])),
  "limits",
];

/** @param {string} text @returns {Role | null} Null for accounts that have no view here. */
export const roleOf = (text) => ROLES.find((role) => role === text) ?? null;

/** @param {Role | null} role */
export const viewsOf = (role) => VIEWS.filter(({ roles }) => role !== null && roles.includes(role));

/**
 * The view of a route; the first one where the role does not have it.
 * @param {string} name @param {Role | null} role
 */
export const viewName = (name, role) => (viewsOf(role).some((view) => view.name === name) ? name : FIRST);
