// The round `monday` of docs/draws.md and one of its bets, as the API shows them.

const at = "2026-11-22T13:58:07.387Z";

export const ROUND = {
  roundId: "monday",
  state: "CLOSED",
  draw: "match",
  drawRule: "2",
  stakeMin: "1",
  closesBy: "2026-11-22T14:00:00Z",
  resultBy: null,
  seedHash: "7abb8ae470725a39efb1dcb9c88c649c2690b755dc64d6169dc268a26157fcdd",
  seed: "4a4f2e857fbf8ebc678bf9335a76e65c5ca918de70a77839c8051de45c5f0994",
  winnerSide: null,
  openedAt: at,
  closedAt: at,
  matched: { A: "2", B: "2" },
  waiting: { A: "0", B: "0" },
  totalsComplete: true,
  totalsAt: at,
};

export const MATCH = {
  matchId: "9a5366a3-5c49-8fc1-9510-7583886d1db1",
  betAId: "2b5179de-23fa-875f-ac71-72e35ce24562",
  betBId: "b6e8cfe7-6f2a-82e8-b072-fa002b498810",
  nonceA: "bfbeeb93d3b46cb6cbc81e863027a0985fb34ac5818ceb4c908f3d47df92afd4",
  nonceB: "5c8bfb6655da4122778d9b51b1c114292ba3014f1df9af1d3101ef79b4f05f78",
  amount: "2",
  state: "SETTLED",
  winnerSide: "A",
  createdAt: at,
  drawnAt: at,
};

/** The bet on B, which lost. */
export const BET = {
  betId: MATCH.betBId,
  userId: "42",
  roundId: "monday",
  side: "B",
  amount: "2",
  status: "SETTLED",
  open: "0",
  matched: "0",
  settled: "2",
  refunded: "0",
  payout: "0",
  nonceHash: "b094e49fd19b0109d3df3e9a5d9152560a61d0b3b0b1c381199cdcbde5d6d1aa",
  nonce: MATCH.nonceB,
  createdAt: at,
  updatedAt: at,
};

export const WALLET = {
  userId: "42",
  balance: "390.5",
  bonusBalance: "25",
  lockedBalance: "120",
  version: "11",
  updatedAt: at,
};

/** The hashes that a browser kept from before the bet. */
export const KEPT = { roundHash: { hash: ROUND.seedHash, at }, nonceHash: { hash: BET.nonceHash, at } };
