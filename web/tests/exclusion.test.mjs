// The end of an exclusion that its dialog names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endOfExclusion } from "../shared/exclusion.js";

test("an exclusion ends after its months, and after 184 days at least", () => {
  const table = [
    ["2026-11-30T10:00:00.000Z", 6, "2027-06-02T10:00:00.000Z"],
    ["2026-07-01T10:00:00.000Z", 6, "2027-01-01T10:00:00.000Z"],
    ["2026-08-31T10:00:00.000Z", 6, "2027-03-03T10:00:00.000Z"],
    ["2026-08-31T10:00:00.000Z", 18, "2028-02-29T10:00:00.000Z"],
    ["2026-11-30T10:00:00.000Z", 1200, "2126-11-30T10:00:00.000Z"],
  ];
  for (const [begun, months, expected] of table)
    assert.equal(endOfExclusion(Date.parse(begun), months), expected, `${begun} ${months}`);
});
