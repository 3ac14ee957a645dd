// The pay page of a deposit, in a window of its own.

import { isWebAddress } from "../shared/router.js";

/** @typedef {import("../shared/types.d.ts").Deposit} Deposit */

/** Whether a link leads to the page. @param {NonNullable<Deposit["checkout"]>} checkout */
export const isPlain = ({ url, parameters }) => isWebAddress(url) && Object.keys(parameters).length === 0;

/**
 * Leads the window to the pay page, or closes it where there is none, or where a form leads there.
 * @param {Window | null} page Opened before the answer arrives: browsers block a window that opens long after the
 *   click.
 * @param {Deposit["checkout"] | undefined} checkout
 */
export function lead(page, checkout) {
  if (page && checkout && isPlain(checkout)) {
    page.opener = null;
    page.location.replace(checkout.url);
  } else {
    page?.close();
  }
}
