// People, teams, roles and accounts as columns. A trace follows grants, so it is true for each account.
const ROOM = 80; // nodes of a column before the reader has to narrow the search
let pinned = null;

/** The grants that a node is part of. */
function grantsAt([column, name]) {
  return data.grants.filter((grant) => {
    if (filters.account >= 0 && !grant.accounts.includes(filters.account)) return false;
    if (column === "people") return grant.to.some((to) => peopleOf(to).includes(name));
    if (column === "teams") return grant.to.includes(name);
    if (column === "roles") return data.roles[grant.role].name === name;
    return grant.accounts.some((account) => data.accounts[account].name === name);
  });
}

/** Keys of the nodes and edges that these grants touch, seen from `start` (or from everywhere). */
function traced(grants, start) {
  const nodes = new Set(), edges = new Set();
  const join = (from, to) => edges.add(JSON.stringify([from, to])) && [from, to].forEach((node) => nodes.add(node.join("\n")));
  for (const grant of grants) {
    const role = ["roles", data.roles[grant.role].name];
    nodes.add(role.join("\n"));
    for (const to of grant.to) {
      const team = teamOf.has(to);
      const people = peopleOf(to).filter((person) => start?.[0] !== "people" || person === start[1]);
      if (!people.length && start?.[0] === "people") continue;
      if (start?.[0] === "teams" && to !== start[1]) continue;
      join([team ? "teams" : "people", to], role);
      if (team) people.forEach((person) => join(["people", person], ["teams", to]));
    }
    for (const account of grant.accounts) {
      const name = data.accounts[account].name;
      if (filters.account >= 0 && account !== filters.account) continue;
      if (start?.[0] === "accounts" && name !== start[1]) continue;
      join(role, ["accounts", name]);
    }
  }
  return { nodes, edges };
}

function graphView(view, roles) {
  const shown = new Set(roles);
  let grants = data.grants.filter((grant) => shown.has(grant.role));
  if (pinned) grants = grantsAt(pinned).filter((grant) => shown.has(grant.role));
  const all = traced(grants, pinned);
  if (!pinned) roles.forEach((role) => all.nodes.add(`roles\n${data.roles[role].name}`));
  const columns = ["people", "teams", "roles", "accounts"].map((column) => {
    const names = [...data[column].map((item) => item.name)].filter((name) => all.nodes.has(`${column}\n${name}`));
    return [column, names.slice(0, ROOM), names.length];
  });
  const note = columns.filter(([, names, count]) => count > names.length)
    .map(([column, names, count]) => `${names.length} of ${number(count)} ${column}`).join(", ");
  if (pinned) {
    view.append(el("p", {}, `Only what belongs to ${pinned[1]}. `, button("Show all", () => pin(null))));
  } else if (note) {
    view.append(el("p", { cls: "note" }, `Drawn: ${note}. Search, or choose a name, to see others.`));
  } else {
    view.append(el("p", { cls: "note" }, "Point at a name to trace its grants; choose it to keep the trace."));
  }
  if (!data.grants.length) view.append(el("p", {}, "No grants are declared, so nobody has these roles yet."));
  const [graph, paths] = drawn(columns, all.edges);
  view.append(el("div", { cls: "scroll" }, graph));
  layEdges(paths); // at once, for paper does not wait for an observer
}

function drawn(columns, edges) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const graph = el("div", { cls: "graph" }, svg);
  const nodes = new Map(), paths = [];
  for (const [column, names, count] of columns) {
    graph.append(el("div", { cls: "column" }, el("h3", {}, `${column} (${number(count)})`), names.map((name) => {
      const key = `${column}\n${name}`;
      const role = column === "roles" ? data.roles.find((item) => item.name === name) : null;
      const node = button(name, () => choose(column, name), {
        cls: role?.breakGlass ? "node break" : "node",
        title: role?.breakGlass ? `${name} (break-glass)` : name,
        onmouseenter: () => trace([column, name]), onmouseleave: () => trace(null),
        onfocus: () => trace([column, name]), onblur: () => trace(null),
      });
      nodes.set(key, node);
      return node;
    })));
  }
  for (const edge of edges) {
    const [from, to] = JSON.parse(edge).map((node) => nodes.get(node.join("\n")));
    if (!from || !to) continue;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.append(path);
    paths.push([path, edge, from, to]);
  }
  function trace(node) {
    const on = node && traced(grantsAt(node), node);
    graph.classList.toggle("tracing", Boolean(on));
    nodes.forEach((element, key) => element.classList.toggle("on", Boolean(on?.nodes.has(key) || (on && key === node.join("\n")))));
    paths.forEach(([path, edge]) => path.classList.toggle("on", Boolean(on?.edges.has(edge))));
  }
  new ResizeObserver(() => layEdges(paths)).observe(graph);
  return [graph, paths];
}

function layEdges(paths) {
  const at = (node) => [node.parentElement.offsetLeft + node.offsetLeft, node.parentElement.offsetTop + node.offsetTop + node.offsetHeight / 2];
  const ends = paths.map(([path, , from, to]) => [path, at(from), from.offsetWidth, at(to)]);
  const svg = paths[0]?.[0].ownerSVGElement;
  if (!svg) return;
  // Paper is narrower than the screen, and nothing is laid anew for it: the picture shrinks with its columns.
  svg.setAttribute("viewBox", `0 0 ${svg.parentElement.offsetWidth} ${svg.parentElement.offsetHeight}`);
  svg.setAttribute("preserveAspectRatio", "none");
  for (const [path, [x, y], width, [endX, endY]] of ends) {
    const middle = (x + width + endX) / 2;
    path.setAttribute("d", `M${x + width} ${y}C${middle} ${y} ${middle} ${endY} ${endX} ${endY}`);
  }
}

function pin(node) {
  pinned = node;
  render();
}

function choose(column, name) {
  const same = pinned && pinned[0] === column && pinned[1] === name;
  if (column === "roles") openRole(data.roles.findIndex((role) => role.name === name));
  pin(same ? null : [column, name]);
}
