// Runs the extension without VS Code: node client.js EXTENSION FOLDER COMMAND [ARGUMENT...]
// Prints what the user would be told, and what the server answers to `initialize`.
"use strict";
const Module = require("module");
const [extension, folder, command, ...args] = process.argv.slice(2);
const told = { messages: [], commands: [], initialized: undefined };
let commands = {};

const vscode = {
  window: {
    createOutputChannel: () => ({ error() {}, info() {}, show() {}, dispose() {} }),
    showErrorMessage: async (message) => void told.messages.push(message),
  },
  commands: {
    registerCommand: (name, run) => {
      commands[name] = run;
      return { dispose() {} };
    },
  },
  workspace: {
    workspaceFolders: [{ uri: { scheme: "file", fsPath: folder } }],
    getConfiguration: () => ({ get: (name) => ({ path: command, arguments: args })[name] }),
    createFileSystemWatcher: () => ({ dispose() {} }),
    onDidChangeConfiguration: () => ({ dispose() {} }),
    onDidGrantWorkspaceTrust: () => ({ dispose() {} }),
  },
};

// As much of a client as shows that the server is there: one request, one answer.
class LanguageClient {
  constructor(id, name, server, options) {
    Object.assign(this, { server, options });
  }
  async start() {
    this.process = await this.server();
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    this.process.stdin.on("error", () => {});
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    const answer = await new Promise((resolve, reject) => {
      let text = "";
      this.process.stdout.on("data", (data) => {
        text += data;
        if (/"capabilities"[^]*\}\s*$/.test(text)) resolve(text);
      });
      this.process.on("exit", (status) => reject(new Error(`exit ${status}`)));
      this.process.on("error", reject);
    });
    told.initialized = /"name":\s*"iamc"/.test(answer);
  }
  isRunning() {
    return this.process?.exitCode === null;
  }
  async stop() {
    this.process.kill();
  }
  async dispose() {}
}

const load = Module._load;
Module._load = (name, ...rest) => {
  if (name === "vscode") return vscode;
  if (name === "vscode-languageclient/node") {
    return { LanguageClient, CloseAction: { DoNotRestart: 1, Restart: 2 }, ErrorAction: { Continue: 1 } };
  }
  return load(name, ...rest);
};

async function main() {
  const { activate, deactivate } = require(extension);
  await activate({ subscriptions: [] });
  const first = told.initialized;
  told.initialized = undefined;
  await commands["iamc.restart"]();
  told.again = told.initialized;
  told.initialized = first;
  told.commands = Object.keys(commands);
  await deactivate();
  process.stdout.write(JSON.stringify(told));
}

main();
