// One role: its facts, who has it where, and each line of the source with what it grants.
let opened = null;

function openRole(role, service = "", unit = null) {
  const units = unitsOf[role].filter(inAccount);
  opened = { role, service, unit: unit ?? units[0] ?? unitsOf[role][0], kind: 0, from: document.activeElement };
  drawPanel();
  byId("panel").querySelector("h2").focus();
}

function closeRole() {
  const from = opened?.from;
  opened = null;
  byId("panel").hidden = true;
  from?.isConnected && from.focus();
}

function drawPanel() {
  const { role, unit } = opened;
  const facts = data.roles[role];
  byId("panel").hidden = false;
  byId("panel").replaceChildren(
    el("div", { cls: "panel-head" }, el("h2", { tabindex: "-1" }, facts.name), button("Close", closeRole, { id: "close" })),
    facts.description ? el("p", {}, facts.description) : "",
    factList(facts, unit),
    el("h3", {}, "Granted"), grantsOf[role].length ? grantLines(role) : el("p", {}, "To nobody."),
    el("h3", {}, "What it may do"), picks(role), ...sourceLines(unit));
}

function factList(role, unit) {
  const facts = [
    ["tier", role.tier], ["session", role.session ? `${role.session / 3600} h` : ""], ["requires", role.require.join(", ")],
    ["alerts", role.alerts.map((alert) => `${alert.channel} ${alert.destination}`).join(", ")],
    ["managed", role.managed.join(", ")], ["boundary", role.boundary], ["break-glass", role.breakGlass ? "yes" : ""],
    ["size", `${plural(unit.documents, "policy document")}, ${plural(unit.characters, "character")}`], ["declared", place(role.line)],
  ];
  return el("dl", { cls: "facts" }, facts.filter(([, text]) => text).flatMap(([word, text]) => [el("dt", {}, word), el("dd", {}, text)]));
}

function grantLines(role) {
  return el("ul", {}, grantsOf[role].map((grant) => el("li", {},
    `${grant.to.join(", ")} in ${grant.accounts.map(accountName).join(", ") || "every account"}`,
    grant.until ? `, until ${grant.until}` : "", grant.reason ? `: ${grant.reason}` : "", ` (${place(grant.line)})`)));
}

function picks(role) {
  const set = (change) => () => {
    Object.assign(opened, change);
    drawPanel();
  };
  const pick = (text, on, change) => button(text, set(change), { "aria-pressed": String(on) });
  const services = [...new Set(opened.unit.permissions.flatMap((p) => setServices[p[1]]))].sort();
  const by = el("select", { "aria-label": "Service", onchange: (event) => set({ service: event.target.value })() },
    ["", ...services].map((name) => el("option", { value: name, selected: name === opened.service }, name || "every service")));
  return el("div", { cls: "picks" },
    unitsOf[role].length > 1 ? unitsOf[role].map((unit) => pick(accountName(unit.account), unit === opened.unit, { unit })) : null,
    KINDS.map(([kind, bit]) => pick(kind, opened.kind === bit, { kind: opened.kind === bit ? 0 : bit })), by);
}

/** The permissions of a unit under the lines that asked for them. */
function sourceLines(unit) {
  const lines = new Map();
  for (const permission of unit.permissions) {
    const [, set, , , line] = permission;
    if (opened.service && !setServices[set].includes(opened.service)) continue;
    if (opened.kind && !(setKinds[set] & opened.kind)) continue;
    if (!lines.has(line)) lines.set(line, []);
    lines.get(line).push(permission);
  }
  if (!lines.size) return [el("p", { cls: "note" }, "Nothing of this kind.")];
  return [...lines].map(([line, permissions]) => el("article", { cls: "line" },
    el("span", { cls: "code" }, el("span", { cls: "place" }, place(line)), data.lines[line]?.[2] ?? ""),
    permissions.map(permissionBlock)));
}

function permissionBlock([deny, set, resource, condition]) {
  const actions = data.sets[set].filter((action) => !opened.service || serviceOf[action] === opened.service);
  const when = conditionTexts[condition];
  return el("div", {}, deny ? el("span", { cls: "deny-word" }, "deny ") : null, chips(actions, opened.kind),
    el("code", {}, `on ${data.resources[resource]}`), when ? el("div", { cls: "code note" }, `when ${when}`) : null);
}
