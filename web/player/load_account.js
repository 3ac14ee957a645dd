// Loads of the account: orders, payees, limits, friends and attendance.

import { pageQuery } from "../shared/api.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/** Unpaid deposits that are looked up, the newest first, and the time between two looks in milliseconds. */
const CHECKED = 3;
const CHECK_EVERY = 10_000;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, get: () => State,
 *   dispatch: (event: Event) => void }} parts
 * @returns {Record<string, (id: string) => Promise<void>>}
 */
export function accountReaders({ api, get, dispatch }) {
  /** @param {string | null} cursor */
  async function deposits(cursor) {
    const { data, nextCursor } = await api.get(`/api/deposits${pageQuery(cursor)}`);
    dispatch({ type: "depositPage", data, next: nextCursor });
    if (cursor === null) await checkUnpaid();
  }

  let checkedAt = -Infinity;
  /** The provider is asked about deposits that are not paid as far as the service knows: their callback may be lost. */
  async function checkUnpaid() {
    const unpaid = Object.values(get().deposits).filter(({ status }) => status === "pending");
    if (unpaid.length === 0 || performance.now() - checkedAt < CHECK_EVERY) return;
    checkedAt = performance.now();
    const newest = unpaid
      .sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
      .slice(0, CHECKED);
    // The list is there whether or not this succeeds; the service asks later in any case.
    await Promise.allSettled(
      newest.map(({ orderId }) => api.post(`/api/deposits/${encodeURIComponent(orderId)}/check`)),
    );
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
    deposit: async (id) =>
      dispatch({ type: "deposit", data: (await api.get(`/api/deposits/${encodeURIComponent(id)}`)).data }),
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
