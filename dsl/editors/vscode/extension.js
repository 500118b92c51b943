// The client of `iamc lsp`: starts it, restarts it, and says what to do where it cannot start.
"use strict";
const { execFile, spawn } = require("child_process");
const path = require("path");
const vscode = require("vscode");
const { CloseAction, ErrorAction, LanguageClient } = require("vscode-languageclient/node");

const FILES = "**/{*.iamdsl,*.iamc.yaml,*.iamc.yml,iamc.lock}";
const DOCUMENTS = [
  { scheme: "file", language: "iamdsl" },
  { scheme: "file", pattern: "**/*.iamc.{yaml,yml}" },
];
const COULD_NOT_RUN = 2; // the exit status of iamc that says so; starting it again would not help
const MOST_RESTARTS = 3;

let session; // the one session of this window

exports.activate = async function activate(context) {
  session = new Session(vscode.window.createOutputChannel("iamc", { log: true }));
  context.subscriptions.push(
    session.output,
    vscode.commands.registerCommand("iamc.restart", () => session.restart()),
    vscode.commands.registerCommand("iamc.showOutput", () => session.output.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("iamc.path") || change.affectsConfiguration("iamc.arguments")) {
        return session.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => session.restart()),
  );
  await session.start();
};

exports.deactivate = () => session?.stop();

class Session {
  constructor(output) {
    this.output = output;
    this.client = undefined;
    this.crashes = 0;
    this.turn = Promise.resolve();
  }

  start() {
    return this.inTurn(() => this.begin());
  }

  stop() {
    return this.inTurn(() => this.end());
  }

  restart() {
    this.crashes = 0;
    return this.inTurn(async () => {
      await this.end();
      await this.begin();
    });
  }

  // One after the other: settings may change while a server starts.
  inTurn(step) {
    this.turn = this.turn.then(step, step);
    return this.turn;
  }

  async begin() {
    const { command, args, cwd } = settings();
    const problem = await missing(command, cwd);
    if (problem) {
      this.output.error(problem);
      explain(problem);
      return;
    }
    const client = new LanguageClient("iamc", "iamc", () => this.spawn(command, args, cwd), {
      documentSelector: DOCUMENTS,
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher(FILES) },
      outputChannel: this.output,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.closed(),
      },
      initializationFailedHandler: () => false,
    });
    this.client = client;
    try {
      await client.start();
      this.output.info(`${command} ${args.join(" ")}`);
    } catch (error) {
      this.client = undefined;
      if (this.status !== COULD_NOT_RUN) {
        explain(`iamc did not start: ${error.message ?? error}`);
      }
    }
  }

  async end() {
    const client = this.client;
    this.client = undefined;
    if (client?.isRunning()) {
      await client.stop();
    }
    await client?.dispose();
  }

  spawn(command, args, cwd) {
    this.status = undefined;
    let said = "";
    const server = spawn(command, args, { cwd });
    server.stderr.on("data", (data) => {
      said = (said + data).slice(-2000);
    });
    server.on("exit", (status) => {
      this.status = status;
      if (status === COULD_NOT_RUN) {
        explain(said.trim() || "iamc could not run");
      }
    });
    return Promise.resolve(server);
  }

  closed() {
    this.crashes += 1;
    if (this.status === COULD_NOT_RUN) {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    if (this.crashes > MOST_RESTARTS) {
      explain(`the language server ended ${this.crashes} times; its output says why`);
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    return { action: CloseAction.Restart, handled: true };
  }
}

function settings() {
  const configuration = vscode.workspace.getConfiguration("iamc");
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  const filled = (text) => text.replaceAll("${workspaceFolder}", folder ?? "");
  const given = filled(configuration.get("path").trim() || "iamc");
  const relative = /[\\/]/.test(given) && !path.isAbsolute(given);
  return {
    command: relative && folder ? path.join(folder, given) : given,
    args: ["lsp", ...configuration.get("arguments").map(filled)],
    cwd: folder,
  };
}

// Why the command cannot be run, in words; undefined when it can.
function missing(command, cwd) {
  return new Promise((resolve) => {
    execFile(command, ["--version"], { cwd, timeout: 30_000 }, (error) => {
      if (!error) {
        resolve(undefined);
      } else if (error.code === "ENOENT") {
        resolve(`\`${command}\` is not found. Install it (pip install 'iamc[lsp]') or set "iamc.path".`);
      } else {
        resolve(`\`${command} --version\` fails: ${error.message.trim()}`);
      }
    });
  });
}

async function explain(problem) {
  const settingsButton = "Open settings";
  const restart = "Try again";
  const chosen = await vscode.window.showErrorMessage(`iamc: ${problem}`, settingsButton, restart);
  if (chosen === settingsButton) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "iamc.path");
  } else if (chosen === restart) {
    await session.restart();
  }
}
