// Writes the types of the API from its own description: `node types.mjs openapi.json generated/api.d.ts`. Numbers are
// texts there, as shared/json.js reads them, so that no sum takes an amount.

import fs from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [from, to] = process.argv.slice(2);
const text = ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword);
const types = await openapiTS(JSON.parse(fs.readFileSync(from, "utf8")), {
  transform: (schema) => {
    const kinds = [schema.type].flat();
    if (!kinds.includes("number") && !kinds.includes("integer")) return undefined;
    return kinds.includes("null")
      ? ts.factory.createUnionTypeNode([text, ts.factory.createLiteralTypeNode(ts.factory.createNull())])
      : text;
  },
});
fs.writeFileSync(to, astToString(types));
