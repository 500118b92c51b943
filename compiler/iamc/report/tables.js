// Everything as tables: grants, permissions, findings.
let rowLimit = 200;
const openLink = (role, unit) => button(data.roles[role].name, () => openRole(role, "", unit), { cls: "link" });

function grantsView(view, roles) {
  const shown = new Set(roles);
  const grants = data.grants
    .filter((grant) => shown.has(grant.role) && (filters.account < 0 || grant.accounts.includes(filters.account)))
    .sort((a, b) => (a.until || "9").localeCompare(b.until || "9"));
  if (!grants.length) return view.append(el("p", {}, "No grant fits these filters."));
  view.append(paged(grants, rowLimit, (some) => table(["role", "to", "accounts", "until", "reason", "approval", "source"], some.map(grantRow)), growRows));
}

function grantRow(grant) {
  const who = grant.to.map((name) => (teamOf.has(name) ? `${name} (${peopleOf(name).join(", ")})` : name)).join("; ");
  const left = grant.until ? days(grant.until) : 0;
  const end = grant.until ? el("span", { cls: left <= 90 ? "soon" : "" }, `${grant.until} (${plural(left, "day")})`) : "no end";
  return [cell(openLink(grant.role)), cell(el("span", {}, who)), cell(el("span", {}, grant.accounts.map(accountName).join(", "))), cell(end),
    cell(el("span", {}, grant.reason)), cell(el("span", {}, grant.approval)), codeCell(place(grant.line))];
}

/** Every permission that the filters leave, as pairs of unit and permission. */
function permissionsLeft(roles) {
  const test = permissionTest();
  return roles.flatMap((role) => unitsOf[role].filter(inAccount)
    .flatMap((unit) => unit.permissions.filter((p) => test(unit, p)).map((p) => [unit, p])));
}

function tableView(view, roles) {
  const rows = permissionsLeft(roles);
  if (!rows.length) return view.append(el("p", {}, "Nothing fits these filters."));
  const headings = ["role", "account", "effect", "actions", "resource", "condition", "source"];
  view.append(el("p", { cls: "note" }, plural(rows.length, "permission")));
  view.append(paged(rows, rowLimit, (some) => table(headings, some.map(permissionRow)), growRows));
}

function permissionRow([unit, [deny, set, resource, condition, line]]) {
  const names = data.sets[set].filter((action) => !filters.service || serviceOf[action] === filters.service);
  return [cell(openLink(unit.role, unit)), cell(el("span", {}, accountName(unit.account))),
    cell(el("span", { cls: deny ? "deny-word" : "" }, deny ? "deny" : "allow")), el("td", {}, chips(names, filters.kind)),
    codeCell(data.resources[resource]), codeCell(conditionTexts[condition]), codeCell(place(line))];
}

function growRows(limit) {
  rowLimit = limit;
  render();
}

function chips(actions, kind = 0) {
  const shown = kind ? actions.filter((action) => data.actions[action][1] & kind) : actions;
  return el("div", { cls: "chips" }, shown.map((action) => {
    const [name, mask] = data.actions[action];
    return el("span", { cls: `chip ${kindOf(mask)}`, title: kindOf(mask) }, name);
  }));
}

function findingsView(view) {
  const glass = data.roles.flatMap((role, index) => (role.breakGlass || role.managed.length ? [index] : []));
  if (glass.length) {
    view.append(el("h2", {}, "Roles to watch"), table(["role", "why", "who hears of it"], glass.map((index) => {
      const role = data.roles[index];
      const why = [role.breakGlass ? "break-glass" : "", ...role.managed.map((name) => `managed policy ${name}, not analysed here`)];
      return [cell(openLink(index)), cell(el("span", {}, why.filter(Boolean).join("; "))),
        cell(el("span", {}, role.alerts.map((alert) => `${alert.channel} ${alert.destination}`).join(", ")))];
    })));
  }
  findingTable(view, "Ways to more access, and what lies open", data.risks);
  unusedTable(view);
  findingTable(view, "Findings of the compiler", data.findings);
}

function findingTable(view, title, findings) {
  view.append(el("h2", {}, title));
  if (!findings.length) return view.append(el("p", {}, "None."));
  view.append(table(["", "code", "message", "what to do", "source"], findings.map((finding) =>
    [cell(el("span", { cls: finding.severity }, finding.severity)), cell(el("span", {}, finding.code)), cell(el("span", {}, finding.message)),
      cell(el("span", {}, finding.help)), codeCell(place(finding.line))])));
}

function unusedTable(view) {
  const [first, last] = data.window;
  if (!first) return;
  view.append(el("h2", {}, `Not used from ${first} to ${last}`));
  if (!data.unused.length) return view.append(el("p", {}, "Every line was used in full, or no log shows it."));
  const rows = data.unused.map(([unit, where, verdict, actions, seen]) =>
    [cell(el("span", {}, unit)), cell(el("span", {}, verdict)), cell(el("span", {}, actions.join(", "))),
      cell(el("span", {}, seen || "never")), codeCell(where)]);
  view.append(table(["role", "line", "actions not used", "last use of the line", "source"], rows));
}
