// Elements are made here and nowhere else. Text goes in as text: nothing of the data is ever read as markup.
function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}
const byId = (id) => document.getElementById(id);
const button = (text, click, props = {}) => el("button", { type: "button", onclick: click, ...props }, text);
const number = (count) => count.toLocaleString("en");
const plural = (count, word) => `${number(count)} ${count === 1 || word === "people" ? word : `${word}s`}`;

/** A table whose cells know their heading, so that narrow screens can show it beside them. */
function table(headings, rows) {
  const label = (row) => row.map((cell, n) => {
    cell.dataset.label = headings[n];
    return cell;
  });
  return el("table", { cls: "rows" },
    el("thead", {}, el("tr", {}, headings.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, label(row)))));
}
const cell = (...children) => el("td", {}, ...children);
const codeCell = (text) => el("td", { cls: "code" }, el("span", {}, text));

/** Show `limit` of the items, and a button for more; printing shows them all. */
function paged(items, limit, draw, redraw) {
  const shown = items.slice(0, limit);
  const rest = items.length - shown.length;
  const parts = [draw(shown)];
  if (rest > 0) {
    parts.push(el("p", { cls: "more" }, button(`Show ${number(Math.min(rest, limit))} more of ${number(items.length)}`, () => redraw(limit * 2))));
  }
  return el("div", {}, parts);
}
