// Brings into the package what lies elsewhere in the repository: the licence, and the schema of the YAML form.
"use strict";
const fs = require("fs");
const path = require("path");

const root = path.resolve(__dirname, "../../..");
fs.mkdirSync(path.join(__dirname, "schemas"), { recursive: true });
for (const [from, to] of [
  ["LICENSE", "LICENSE"],
  ["schemas/iamc_schemas/organisation.schema.json", "schemas/organisation.schema.json"],
]) {
  fs.copyFileSync(path.join(root, from), path.join(__dirname, to));
}
