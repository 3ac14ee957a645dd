// Checks the description of the API by the recommended rules of Redocly: `node lint_openapi.mjs openapi.json`.

import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended"] });
const problems = await lint({ ref: process.argv[2], config });
if (problems.length > 0) {
  formatProblems(problems, { format: "codeframe", totals: getTotals(problems), version: "1" });
  process.exit(1);
}
console.log("openapi: no findings by Redocly's recommended rules");
