// Loads of the account: orders, payees, limits, friends and attendance.

import { pageQuery } from "../shared/api.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, get: () => State, dispatch: (event: Event) => void }} parts
 * @returns {Record<string, (id: string) => Promise<void>>}
 */
export function accountReaders({ api, get, dispatch }) {
  /** @param {string | null} cursor */
  async function deposits(cursor) {
    const { data, nextCursor } = await api.get(`/api/deposits${pageQuery(cursor)}`);
    dispatch({ type: "depositPage", data, next: nextCursor });
  }

  /** @param {string | null} cursor */
  async function withdrawals(cursor) {
    const { data, nextCursor } = await api.get(`/api/withdrawals${pageQuery(cursor)}`);
    dispatch({ type: "withdrawalPage", data, next: nextCursor });
  }

  /** @param {string | null} cursor */
  async function referrals(cursor) {
    const { data, nextCursor } = await api.get(`/api/users/me/referrals${pageQuery(cursor)}`);
    dispatch({ type: "referrals", data, next: nextCursor, isFirst: cursor === null });
  }

  return {
    deposits: () => deposits(null),
    deposit: async (id) => dispatch({ type: "deposit", data: (await api.get(`/api/deposits/${encodeURIComponent(id)}`)).data }),
    withdrawals: () => withdrawals(null),
    "orders.more": async () => {
      const { orders } = get();
      if (orders.deposits !== null) await deposits(orders.deposits);
      if (orders.withdrawals !== null) await withdrawals(orders.withdrawals);
    },
    payees: async () => dispatch({ type: "payees", data: (await api.get("/api/payees")).data }),
    exclusion: async () => dispatch({ type: "exclusion", data: (await api.get("/api/exclusion")).data }),
    limits: async () => dispatch({ type: "limits", data: (await api.get("/api/limits")).data }),
    identity: async () => dispatch({ type: "identity", data: (await api.get("/api/identity")).data }),
    referrals: () => referrals(null),
    "referrals.more": () => referrals(get().referrals.next),
    attendance: async () => dispatch({ type: "attendance", data: (await api.get("/api/attendance")).data }),
  };
}
