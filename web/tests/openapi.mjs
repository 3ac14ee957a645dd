// Writes the description of the API that a running Evens serves: `node openapi.mjs openapi.json`.

import fs from "node:fs";
import { startEvens } from "./browser.mjs";

const evens = await startEvens();
try {
  const answer = await fetch(`http://127.0.0.1:${evens.port}/openapi.json`);
  fs.writeFileSync(process.argv[2], await answer.text());
} finally {
  await evens.stop();
}
