// Roles by services. Four bars in a cell, always in the same order, so that colour is not the only sign.
let heatLimit = 100;

function legend() {
  const words = { config: "how it is set up", data: "what is in it", write: "change, tag", permissions: "change who may" };
  return el("p", { cls: "legend" }, KINDS.map(([kind]) => el("span", {}, el("i", { cls: kind }), `${kind}: ${words[kind]}`)),
    el("span", {}, "taller: more actions; dotted: some denied"));
}

function heatView(view, roles) {
  const rows = roles.map((role) => [role, null]);
  const use = new Map();
  for (const role of roles) {
    const services = new Set(unitsOf[role].filter(inAccount).flatMap((unit) => unit.permissions.flatMap((p) => setServices[p[1]])));
    services.forEach((service) => use.set(service, (use.get(service) ?? 0) + 1));
  }
  const services = [...use].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name)
    .filter((name) => !filters.service || name === filters.service);
  view.append(legend());
  if (!rows.length) return view.append(el("p", {}, "No role fits these filters."));
  view.append(paged(rows, heatLimit, (shown) => el("div", { cls: "scroll" }, heatTable(shown.map(([role]) => role), services)), (limit) => {
    heatLimit = limit;
    render();
  }));
}

function heatTable(roles, services) {
  const heading = (service) => el("th", { scope: "col", title: service }, el("span", {}, service === "*" ? "every service" : service));
  return el("table", { cls: "heat", onkeydown: moveInHeat },
    el("thead", {}, el("tr", {}, el("td", {}), services.map(heading))),
    el("tbody", {}, roles.map((role) => {
      const found = access(role);
      return el("tr", {},
        el("th", { scope: "row" }, button(data.roles[role].name, () => openRole(role), { title: data.roles[role].name })),
        services.map((service) => el("td", {}, heatCell(role, service, found.get(service)))));
    })));
}

function heatCell(role, service, found) {
  if (!found) return null;
  const counts = KINDS.map(([, bit]) => [...found.actions].filter((action) => data.actions[action][1] & bit).length);
  if (!counts.some((count) => count) && !found.deny) return null;
  const parts = KINDS.flatMap(([kind], n) => (counts[n] ? [`${counts[n]} ${kind}`] : []));
  const title = `${data.roles[role].name} on ${service}: ${parts.join(", ") || "nothing allowed"}${found.deny ? "; some denied" : ""}`;
  const bars = KINDS.map(([kind], n) => {
    const bar = el("i", { cls: kind });
    bar.style.height = counts[n] ? `${Math.min(19, 5 + 3.2 * Math.log2(counts[n]))}px` : "0";
    return bar;
  });
  return el("button", { type: "button", cls: found.deny ? "cell deny" : "cell", title, "aria-label": title, onclick: () => openRole(role, service) }, bars);
}

function moveInHeat(event) {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const from = event.target.closest("td, th");
  if (!step || !from) return;
  event.preventDefault();
  let row = from.parentElement, column = from.cellIndex;
  for (;;) {
    if (step[0]) row = step[0] > 0 ? row.nextElementSibling : row.previousElementSibling;
    column += step[1];
    const target = row?.cells[column];
    if (!target) return;
    const inside = target.querySelector("button");
    if (inside) return inside.focus();
  }
}
