// Filters, views, keys.
const VIEWS = [["Graph", graphView], ["Heat map", heatView], ["Grants", grantsView], ["Everything", tableView], ["To watch", findingsView]];
let current = 0;

function render() {
  const roles = visibleRoles();
  const view = byId("view");
  view.replaceChildren();
  VIEWS[current][1](view, roles);
  byId("count").textContent = roles.length === data.roles.length ? "" : `${number(roles.length)} of ${plural(data.roles.length, "role")}`;
  [...byId("tabs").children].forEach((tab, n) => {
    tab.setAttribute("aria-selected", String(n === current));
    tab.tabIndex = n === current ? 0 : -1;
  });
}

function show(index) {
  current = (index + VIEWS.length) % VIEWS.length;
  render();
}

function refilter() {
  filters.query = byId("query").value.trim().toLowerCase();
  filters.account = byId("account").value === "" ? -1 : Number(byId("account").value);
  filters.kind = Number(byId("kind").value);
  filters.service = byId("service").value;
  render();
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

const option = (value, text) => el("option", { value }, text);
data.accounts.forEach((account, n) => byId("account").append(option(n, account.name)));
KINDS.forEach(([kind, bit]) => byId("kind").append(option(bit, kind)));
[...new Set(serviceOf)].sort().forEach((service) => byId("service").append(option(service, service)));
VIEWS.forEach(([name], n) => byId("tabs").append(button(name, () => show(n), { role: "tab", "aria-controls": "view" })));
byId("summary").textContent = [plural(data.people.length, "people"), plural(data.roles.length, "role"),
  plural(data.accounts.length, "account"), plural(data.grants.length, "grant"), `on ${data.today}`].join(" · ");
byId("made").textContent = `iamc ${data.version}, action database ${data.database.slice(0, 12)}. The policies of this report were proved equal to their declarations.${
  data.username ? ` In them, \${${data.username}} stands for \${aws:username}.` : ""}`;

let waiting = 0;
byId("query").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refilter, 120);
});
["account", "kind", "service"].forEach((id) => byId(id).addEventListener("change", refilter));
byId("filters").addEventListener("reset", () => setTimeout(() => {
  pinned = null;
  refilter();
}));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  show(current + step);
  byId("tabs").children[current].focus();
});
byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
byId("help").addEventListener("click", () => byId("keys").showModal());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !byId("keys").open) {
    if (opened) closeRole();
    else if (pinned) pin(null);
    else document.activeElement.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
  if (event.key === "/") byId("query").focus();
  else if (event.key === "t") byId("theme").click();
  else if (event.key === "?") byId("help").click();
  else if (event.key >= "1" && event.key <= String(VIEWS.length)) show(Number(event.key) - 1);
  else return;
  event.preventDefault();
});
window.addEventListener("beforeprint", () => {
  const limits = [heatLimit, rowLimit];
  [heatLimit, rowLimit] = [Infinity, Infinity];
  render();
  window.addEventListener("afterprint", () => {
    [heatLimit, rowLimit] = limits;
    render();
  }, { once: true });
});
const dark = matchMedia("(prefers-color-scheme: dark)");
setTheme(dark.matches);
dark.addEventListener("change", (event) => setTheme(event.matches));
render();
