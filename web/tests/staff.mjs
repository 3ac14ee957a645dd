// Accounts and happenings that the console's checks need: staff, players with money, a job that was given up.

import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

export const PASSWORD = "correct horse battery";

const run = promisify(execFile);

/** @param {{ port: string, data: string }} evens */
export function backstage(evens) {
  const url = `http://127.0.0.1:${evens.port}`;

  /**
   * @param {string} method @param {string} at @param {object | undefined} body @param {string} [token]
   * @param {Record<string, string>} [more] Headers.
   */
  async function ask(method, at, body, token, more) {
    const headers = {
      "content-type": "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...more,
    };
    const answer = await fetch(url + at, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  /** Like `ask`, for a request that must succeed. @type {typeof ask} */
  async function done(method, at, body, token, more) {
    const answer = await ask(method, at, body, token, more);
    if (answer.status >= 300) throw new Error(`${method} ${at}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Runs a command of `evens` beside the running process. @param {string[]} args */
  const command = (...args) =>
    run(process.env.EVENS_TESTS_BINARY ?? "evens", [...args, "--data", evens.data], {
      env: { ...process.env, RUST_LOG: "warn" },
    });

  /** An account of its own, with a role. @param {string} [role] */
  async function account(role = "player") {
    const phoneNo = `+9198${String(crypto.getRandomValues(new Uint32Array(1))[0] % 100_000_000).padStart(8, "0")}`;
    const { body } = await done("POST", "/api/users/signup", { phoneNo, password: PASSWORD });
    const userId = String(body.data.user.userId);
    if (role !== "player") await command("user", "role", userId, role);
    const login = await done("POST", "/api/users/login", { phoneNo, password: PASSWORD });
    return { phoneNo, userId, role, token: login.body.data.tokens.accessToken };
  }

  /** A player with money. @param {string} amount */
  async function funded(amount) {
    const player = await account();
    await command("fund", "--user", player.userId, "--amount", amount);
    return player;
  }

  /**
   * Puts a message into the dead-letter queue of a queue.
   * @param {string} queue @param {string} group @param {object} job
   */
  async function giveUp(queue, group, job) {
    const { sqs, access_key: key } = JSON.parse(fs.readFileSync(path.join(evens.data, "engines.json"), "utf8"));
    const call = async (/** @type {string} */ action, /** @type {object} */ body) => {
      const headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `AmazonSQS.${action}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`,
      };
      const answer = await fetch(sqs, { method: "POST", headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
      return answer.json();
    };
    const { QueueUrls: urls } = await call("ListQueues", {});
    const QueueUrl = urls.find((/** @type {string} */ one) => one.endsWith(`-${queue}-dead-letter.fifo`));
    await call("SendMessage", {
      QueueUrl,
      MessageBody: JSON.stringify(job),
      MessageGroupId: group,
      MessageDeduplicationId: crypto.randomUUID(),
    });
  }

  return { ask, done, account, funded, giveUp, command };
}
