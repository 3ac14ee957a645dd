// The outcome of a bet for its player, and the sentences about it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { creditOf, newsEvent, newsOfBet, newsOfDeposits, newsOfGameBet, sentWords } from "../player/news.js";
import { backText, paidText, payoutText, signed } from "../player/paid.js";
import { bonusPart, bonusShare, endOf, outcomeOf, outcomeOfGame, together } from "../shared/outcome.js";
import { BET } from "./facts.mjs";

const GAME = {
  betId: "g",
  gameType: "wheel",
  duration: "30",
  periodId: "1",
  betType: "HALF",
  betValue: "high",
  betAmount: "10",
  platformFee: "0.2",
  bonusAmount: "0",
  winAmount: "0",
  status: "PENDING",
  result: null,
  createdAt: "2026-11-28T10:00:00Z",
};

test("an outcome is the net of what was decided, not the payout", () => {
  /** Stake, decided part, payout, commission, returned; then the net and the word. */
  const table = [
    ["10", "10", "20", null, "0", "10", "won"],
    ["100", "100", "200", "2.5", "0", "97.5", "won"],
    ["100", "60", "120", null, "40", "60", "won"],
    ["100", "100", "100", null, "0", "0", "even"],
    ["100", "100", "60", null, "0", "-40", "lost"],
    ["45", "45", "0", null, "0", "-45", "lost"],
    ["15", "0", "0", null, "15", "0", "back"],
  ];
  for (const [amount, settled, payout, commission, refunded, net, word] of table) {
    const outcome = outcomeOf({ ...BET, amount, open: "0", matched: "0", settled, payout, refunded, commission });
    assert.deepEqual([outcome.net, endOf(outcome)], [net, word], `${amount} ${payout}`);
  }
});

test("the bonus gets the share of a payout that it has of the stake, rounded down", () => {
  assert.deepEqual(
    [
      bonusShare("19.6", "10", "10"),
      bonusShare("19.6", "2.5", "10"),
      bonusShare("0.00000005", "1", "3"),
      bonusShare("1", "0", "0"),
    ],
    ["19.6", "4.9", "0.00000001", "0"],
  );
  assert.deepEqual(
    [bonusPart("10", "25", false), bonusPart("10", "4", false), bonusPart("10", "25", true)],
    ["10", "4", "0"],
  );
  const won = outcomeOfGame({ ...GAME, status: "WON", bonusAmount: "10", winAmount: "19.6" });
  assert.deepEqual(won, { staked: "10", paid: "19.6", net: "9.6", bonus: "19.6", back: "0", backBonus: "0" });
  const back = outcomeOfGame({ ...GAME, status: "REFUNDED", bonusAmount: "4", winAmount: "10" });
  assert.deepEqual([endOf(back), back.back, back.backBonus], ["back", "10", "4"]);
  assert.equal(together([won, outcomeOfGame({ ...GAME, status: "LOST" })]).net, "-0.4");
});

test("a sentence about a win says the net, the payout and its balance", () => {
  const won = { ...BET, amount: "10", open: "0", matched: "0", settled: "10", payout: "20" };
  const waiting = { ...BET, amount: "10", open: "10", settled: "0" };
  const said = (before, bet) => newsEvent(newsOfBet(before, bet)).text;
  assert.equal(said(waiting, won), "You won +10.00 in monday. 20.00 was paid into your balance.");
  assert.equal(
    said(waiting, { ...won, payout: "10" }),
    "You neither won nor lost in monday. 10.00 was paid into your balance.",
  );
  assert.equal(said(waiting, { ...won, payout: "4" }), "−6.00 in monday. 4.00 was paid into your balance.");
  assert.equal(said(waiting, { ...won, payout: "0" }), "Your 10.00 on B in monday lost.");
  const ended = (/** @type {object} */ more) => newsEvent(newsOfGameBet(GAME, { ...GAME, ...more })).text;
  assert.equal(
    ended({ status: "WON", winAmount: "19.6" }),
    "You won +9.60 in Wheel 30 s. 19.60 was paid into your balance.",
  );
  assert.equal(
    ended({ status: "WON", winAmount: "19.6", bonusAmount: "10" }),
    "You won +9.60 in Wheel 30 s. 19.60 was paid into your bonus, as the stake was from it.",
  );
  assert.equal(
    ended({ status: "WON", winAmount: "19.6", bonusAmount: "2.5" }),
    "You won +9.60 in Wheel 30 s. 19.60 was paid: 14.70 into your balance, 4.90 into your bonus.",
  );
  assert.equal(
    ended({ status: "REFUNDED", winAmount: "10", bonusAmount: "10" }),
    "Wheel 30 s: 10.00 was returned to your bonus.",
  );
  assert.equal(ended({ status: "LOST" }), "Your 10.00 on High in Wheel 30 s lost.");
});

test("a bet that may win says up to how much, and of which balance", () => {
  const best = { paid: "19.6", bonus: "0", net: "9.6" };
  assert.equal(payoutText(best, false), "If it wins: +9.60, as 19.60 is paid into your balance.");
  assert.equal(payoutText(best, true), "If it wins: up to +9.60, as up to 19.60 is paid into your balance.");
  assert.equal(
    payoutText({ ...best, bonus: "19.6" }, false),
    "If it wins: +9.60, as 19.60 is paid into your bonus, where the stake is from.",
  );
  assert.equal(
    payoutText({ ...best, bonus: "4.9" }, true),
    "If it wins: up to +9.60, as up to 19.60 is paid: up to 14.70 into your balance, up to 4.90 into your bonus.",
  );
});

test("amounts have their signs", () => {
  assert.deepEqual(["10", "0", "-4.5"].map(signed), ["+10.00", "0.00", "−4.50"]);
  const none = { staked: "1", paid: "0", net: "-1", bonus: "0", back: "0", backBonus: "0" };
  assert.deepEqual([paidText(none), backText(none)], ["Nothing was paid.", ""]);
});

test("a deposit that is credited is announced once", () => {
  const deposit = (status) => ({
    d: {
      orderId: "d",
      status,
      amount: "500",
      currency: "INR",
      checkout: null,
      payUntil: "2026-11-28T10:30:00Z",
      createdAt: "2026-11-28T10:00:00Z",
    },
  });
  const said = (before, after) => newsOfDeposits(before, after).map((news) => newsEvent(news).text);
  assert.deepEqual(said(deposit("pending"), deposit("completed")), ["500.00 was credited."]);
  assert.deepEqual(said(deposit("failed"), deposit("completed")), ["500.00 was credited."]);
  for (const [before, after] of [
    [{}, deposit("completed")],
    [deposit("completed"), deposit("completed")],
    [deposit("pending"), deposit("processing")],
  ])
    assert.deepEqual(said(before, after), []);
});

test("a credit is news until the balance moves again, and for an hour at most", () => {
  const now = Date.parse("2026-11-28T10:30:00Z");
  const deposit = { orderId: "d", status: "completed", amount: "500", createdAt: "2026-11-28T10:00:00Z" };
  const [credit, bonus, stake] = [
    ["CASH", "d"],
    ["BONUS", "g"],
    ["CASH", "b"],
  ].map(([purse, referenceId]) => ({ purse, referenceId }));
  const shown = (entries, more = {}) =>
    creditOf(/** @type {any} */ ({ ledger: { entries }, deposits: { d: { ...deposit, ...more } } }), now)?.orderId ??
    null;
  assert.equal(shown([credit, stake]), "d");
  assert.equal(shown([bonus, credit]), "d");
  assert.equal(shown([stake, credit]), null);
  assert.equal(shown([]), null);
  assert.equal(shown([credit], { status: "pending" }), null);
  assert.equal(shown([credit], { createdAt: "2026-11-28T09:29:00Z" }), null);
});

test("a bank account in a sentence is lower-case", () => {
  const request = /** @type {any} */ ({ kind: "withdrawal", body: { amount: "100", payeeId: "p" } });
  assert.equal(
    sentWords({ payees: [/** @type {any} */ ({ payeeId: "p", accountEndsWith: "2605" })] }, request),
    "100.00 to the account ending 2605",
  );
  assert.equal(sentWords({ payees: null }, request), "100.00 to the bank account");
});
