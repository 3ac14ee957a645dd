// The old system's settlement of a game period, for comparison with Evens: one PostgreSQL transaction that handles one
// bet after the other, each with its own reads and writes. The peer's PostgreSQL must run (its run.sh up).
//
//   EVENS_PEER_DIR=<folder of the peer> node infra/measure/peer/period-loop.mjs [BETS] [PLAYERS]
//
// Prints one line of JSON: the number of bets, the number of winners, and the duration of the loop.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const folder = resolve(process.env.EVENS_PEER_DIR ?? "../shared/peers/bullmq");
const { Client } = createRequire(`${folder}/package.json`)("pg");
const [bets, players] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 2_500)];
const url = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:15432/betting_db";

// The selections that are bet on in turn, as in the measurement of Evens. The draw is always the same.
const SELECTIONS = ["SIZE:big", "SIZE:small", "PARITY:odd", "PARITY:even", "NUMBER:7"];
const DRAWN = 7;
const pays = (selection) =>
  ({
    "SIZE:big": DRAWN >= 5 ? 2 : 0,
    "SIZE:small": DRAWN < 5 ? 2 : 0,
    "PARITY:odd": DRAWN % 2 ? 2 : 0,
    "PARITY:even": DRAWN % 2 ? 0 : 2,
  })[selection] ?? (selection === `NUMBER:${DRAWN}` ? 9 : 0);

const client = new Client({ connectionString: url });
await client.connect();
await client.query(`
  DROP TABLE IF EXISTS period_bets, period_wallets, period_ledgers;
  CREATE TABLE period_wallets (user_id BIGINT PRIMARY KEY, balance NUMERIC(30,8) NOT NULL CHECK (balance >= 0));
  CREATE TABLE period_bets (
    id BIGSERIAL PRIMARY KEY, user_id BIGINT NOT NULL, period_id VARCHAR(17) NOT NULL, selection VARCHAR(32) NOT NULL,
    amount NUMERIC(30,8) NOT NULL, status VARCHAR(10) NOT NULL DEFAULT 'pending', win_amount NUMERIC(30,8)
  );
  CREATE INDEX ON period_bets (period_id, status);
  CREATE TABLE period_ledgers (
    id BIGSERIAL PRIMARY KEY, user_id BIGINT NOT NULL, amount NUMERIC(30,8) NOT NULL, reference_id BIGINT UNIQUE,
    balance_before NUMERIC(30,8) NOT NULL, balance_after NUMERIC(30,8) NOT NULL, created_at TIMESTAMP DEFAULT now()
  );`);
await client.query("INSERT INTO period_wallets SELECT number, 1000 FROM generate_series(1, $1::int) AS number", [
  players,
]);
await client.query(
  `INSERT INTO period_bets (user_id, period_id, selection, amount)
   SELECT 1 + number % $2, '20261123000000001', ($3::text[])[1 + number % 5], 1 FROM generate_series(0, $1::int - 1) AS number`,
  [bets, players, SELECTIONS],
);
await client.query("ANALYZE period_bets");

const started = performance.now();
let won = 0;
await client.query("BEGIN");
const pending = await client.query("SELECT * FROM period_bets WHERE period_id = $1 AND status = 'pending' FOR UPDATE", [
  "20261123000000001",
]);
for (const bet of pending.rows) {
  const win = Number(bet.amount) * 0.98 * pays(bet.selection);
  await client.query("UPDATE period_bets SET status = $2, win_amount = $3 WHERE id = $1", [
    bet.id,
    win ? "won" : "lost",
    win,
  ]);
  if (!win) continue;
  won += 1;
  const wallet = await client.query("SELECT balance FROM period_wallets WHERE user_id = $1 FOR UPDATE", [bet.user_id]);
  const paid = await client.query(
    "UPDATE period_wallets SET balance = balance + $2 WHERE user_id = $1 RETURNING balance",
    [bet.user_id, win],
  );
  await client.query(
    "INSERT INTO period_ledgers (user_id, amount, reference_id, balance_before, balance_after) VALUES ($1, $2, $3, $4, $5)",
    [bet.user_id, win, bet.id, wallet.rows[0].balance, paid.rows[0].balance],
  );
}
await client.query("COMMIT");
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ bets: pending.rows.length, won, seconds: Number(seconds.toFixed(2)) }));
await client.end();
