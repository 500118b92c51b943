// Tokenises files with the engine of VS Code: node tokenise.js MODULES GRAMMARS SCOPE FILE...
// Prints, by file, a list of [line, start, end, scopes] with columns in UTF-16 units.
"use strict";
const fs = require("fs");
const path = require("path");
const [modules, grammars, scope, ...files] = process.argv.slice(2);
const load = (name) => require(path.join(modules, "node_modules", name));
const oniguruma = load("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = load("vscode-textmate");

async function main() {
  const known = new Map();
  for (const name of fs.readdirSync(grammars)) {
    const grammar = parseRawGrammar(fs.readFileSync(path.join(grammars, name), "utf8"), name);
    known.set(grammar.scopeName, grammar);
  }
  const wasm = path.join(modules, "node_modules", "vscode-oniguruma", "release", "onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (name) => known.get(name),
  });
  const grammar = await registry.loadGrammar(scope);
  const found = {};
  for (const file of files) {
    found[file] = [];
    let stack = INITIAL;
    fs.readFileSync(file, "utf8").split("\n").forEach((line, number) => {
      const result = grammar.tokenizeLine(line, stack);
      for (const token of result.tokens) {
        found[file].push([number, token.startIndex, Math.min(token.endIndex, line.length), token.scopes.slice(1)]);
      }
      stack = result.ruleStack;
    });
  }
  process.stdout.write(JSON.stringify(found));
}

main();
