// The data as the compiler wrote it, and what is worked out from it once.
const data = JSON.parse(document.getElementById("data").textContent);
const KINDS = [["config", 1], ["data", 2], ["write", 4], ["permissions", 8]];
const teamOf = new Map(data.teams.map((team) => [team.name, team]));
const grantsOf = data.roles.map(() => []);
const unitsOf = data.roles.map(() => []);
data.grants.forEach((grant) => grantsOf[grant.role].push(grant));
data.units.forEach((unit) => unitsOf[unit.role].push(unit));
const serviceOf = data.actions.map(([name]) => name.split(":")[0]);
const setKinds = data.sets.map((set) => set.reduce((kinds, action) => kinds | data.actions[action][1], 0));
const setServices = data.sets.map((set) => [...new Set(set.map((action) => serviceOf[action]))]);

const accountName = (index) => (index < 0 ? "every account" : data.accounts[index].name);
const place = (line) => (line < 0 ? "" : `${data.lines[line][0]}:${data.lines[line][1]}`);
const kindOf = (mask) => [...KINDS].reverse().find(([, bit]) => mask & bit)?.[0] ?? "config";
const conditionText = (block) =>
  Object.entries(block)
    .flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) => `${key} ${operator} ${[value].flat().join(", ")}`))
    .join(" and ");
const conditionTexts = data.conditions.map(conditionText);

/** People behind a principal of a grant: the members of a team, or the person. */
const peopleOf = (name) => teamOf.get(name)?.members ?? [name];

const filters = { query: "", account: -1, kind: 0, service: "" };

/** Which rows of the tables contain the words of the query, by table. */
function hits(query) {
  const has = (text) => text.toLowerCase().includes(query);
  const actions = data.actions.map(([name]) => has(name));
  return {
    sets: data.sets.map((set) => set.some((action) => actions[action])),
    resources: data.resources.map(has),
    conditions: conditionTexts.map(has),
    lines: data.lines.map(([path, , text]) => has(path) || has(text)),
  };
}

const roleWords = data.roles.map((role, index) =>
  [role.name, role.tier, role.description, ...role.managed,
    ...grantsOf[index].flatMap((g) => [...g.to, ...g.to.flatMap(peopleOf), g.reason, ...g.accounts.map(accountName)])]
    .join("\n").toLowerCase());

/** A test of permissions by the filters in force. */
function permissionTest() {
  const found = filters.query ? hits(filters.query) : null;
  return (unit, [, set, resource, condition, line]) =>
    (!filters.kind || setKinds[set] & filters.kind) &&
    (!filters.service || setServices[set].includes(filters.service)) &&
    (!found || roleWords[unit.role].includes(filters.query) ||
      found.sets[set] || found.resources[resource] || found.conditions[condition] || found.lines[line]);
}

const inAccount = (unit) => filters.account < 0 || unit.account < 0 || unit.account === filters.account;

/** Indexes of the roles that the filters leave. */
function visibleRoles() {
  const test = permissionTest();
  const narrow = filters.kind || filters.service;
  return data.roles.map((_, index) => index).filter((index) => {
    const units = unitsOf[index].filter(inAccount);
    if (!units.length) return false;
    if (!narrow && (!filters.query || roleWords[index].includes(filters.query))) return true;
    return units.some((unit) => unit.permissions.some((p) => !p[0] && test(unit, p)));
  });
}

/** For each service of a role: the distinct actions by kind, and whether something of it is denied. */
function access(role) {
  const services = new Map();
  for (const unit of unitsOf[role].filter(inAccount)) {
    for (const [deny, set] of unit.permissions) {
      for (const action of data.sets[set]) {
        const service = serviceOf[action];
        if (!services.has(service)) services.set(service, { actions: new Set(), deny: false });
        if (deny) services.get(service).deny = true;
        else services.get(service).actions.add(action);
      }
    }
  }
  return services;
}

const days = (until) => Math.ceil((Date.parse(until.slice(0, 10)) - Date.parse(data.today)) / 864e5);
