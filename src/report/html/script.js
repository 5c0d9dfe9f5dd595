// What needs a script: filters, the list behind the first rows, sorting, copying. Without it the page is whole up to there.
// One path for every filter: a control changes the fragment of the address, and the fragment is what is shown.
"use strict";
(() => {
const PAGE = 200, PRINTED = 2000, USUAL = 4;
const data = JSON.parse(document.getElementById("data").textContent);
const { parts, shapes, words, rules } = data;
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");
const count = (value, word) => number(value) + " " + word + (value === 1 ? "" : "s");
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
};
document.documentElement.classList.add("js");

// ---- What there is: results are rows, part after part.
const starts = [0], results = [];
for (const run of parts.run) {
  for (const shape of data.runs[run]) results.push(shape);
  starts.push(results.length);
}
const signed = parts.is_table.indexOf(2), findings = starts[signed];
const tables = parts.name.map((_, at) => at).filter((at) => parts.is_table[at] === 1);
const open = (place, part) => words[place].replaceAll(data.table, parts.name[part]);
const areaOf = (shape) => (shape[0] >= 0 ? rules.area[shape[0]] : -2 - shape[0]);
const ruleOf = (shape) => (shape[0] >= 0 ? rules.id[shape[0]] : words[shape[5][4][0]]);
const rows = new Map(), sections = new Map(), lines = new Map();
document.querySelectorAll("li.f").forEach((it) => rows.set(Number(it.id.slice(1)), it));
document.querySelectorAll("section.part").forEach((it) => sections.set(Number(it.id.slice(1)), it));
document.querySelectorAll("#table-list tbody tr").forEach((it) => lines.set(Number(it.id.slice(1)), it));

// ---- What is asked for: the fragment.
const LISTS = ["status", "severity", "area"], TEXTS = ["q", "table", "rule", "owner"];
const form = byId("filters");
const none = () => ({ q: "", table: "", rule: "", owner: "", status: [], severity: [], area: [] });
function read() {
  const asked = none(), fragment = location.hash.slice(1);
  const part = /^t(\d+)$/.exec(fragment);
  if (part && parts.is_table[part[1]] === 1) asked.table = nameOf(Number(part[1]));
  if (!fragment.includes("=")) return asked;
  const given = new URLSearchParams(fragment);
  for (const key of TEXTS) asked[key] = given.get(key) || "";
  for (const key of LISTS) asked[key] = (given.get(key) || "").split(",").filter(Boolean);
  return asked;
}
function fragment(asked) {
  const given = [];
  for (const key of TEXTS) if (asked[key]) given.push(key + "=" + encodeURIComponent(asked[key]));
  for (const key of LISTS) if (asked[key].length) given.push(key + "=" + asked[key].join(","));
  // There is nothing of that name, so nothing is scrolled to.
  return given.length ? given.join("&") : "all";
}
const filters = (asked) => fragment(asked) !== "all";
// A name alone where only one table has it.
const named = new Map();
for (const at of tables) named.set(parts.name[at], (named.get(parts.name[at]) || 0) + 1);
const whole = (at) => words[parts.location[at]] + "/" + parts.name[at];
function nameOf(at) { return named.get(parts.name[at]) === 1 ? parts.name[at] : whole(at); }

// ---- Which rows those are.
function partsOf(asked) {
  const text = asked.table;
  if (!text) return () => true;
  const exact = tables.some((at) => parts.name[at] === text || whole(at) === text);
  const wanted = text.toLowerCase();
  return (at) => parts.is_table[at] === 1 &&
    (exact ? parts.name[at] === text || whole(at) === text : whole(at).toLowerCase().includes(wanted));
}
const textsOf = {};
// What a search looks through: of a row in the page its text, of another what will stand in it.
function textOf(shape, row, part) {
  const inPage = rows.has(row) ? rows.get(row).textContent : "";
  if (!shape[5]) return (inPage + " " + rules.title[shape[0]]).toLowerCase();
  const [said, waiver, command, todo, seen, notes] = shape[5];
  const all = [said, waiver, command, todo, ...seen, ...notes].map((place) => words[place]);
  return (ruleOf(shape) + " " + (rules.title[shape[0]] || "") + " " + all.join(" ") + " " + inPage).toLowerCase();
}
function select(asked) {
  const isPart = partsOf(asked), wanted = asked.q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 30);
  const all = 2 ** wanted.length - 1;
  const index = (list, names) => new Set(names.map((name) => list.indexOf(name)));
  const status = index(data.statuses, asked.status), severity = index(data.severities, asked.severity), area = index(data.areas, asked.area);
  const bits = (text) => wanted.reduce((sum, word, at) => sum + (text.includes(word) ? 2 ** at : 0), 0);
  const rule = rules.id.includes(asked.rule) ? (id) => id === asked.rule : (id) => id.includes(asked.rule.toLowerCase());
  const shapeOf = shapes.map((shape) =>
    (status.size ? status.has(shape[2]) : shape[2] < USUAL) && (!severity.size || severity.has(shape[1])) &&
    (!area.size || area.has(areaOf(shape))) && (!asked.rule || rule(ruleOf(shape))));
  const found = [];
  let total = 0;
  for (let part = 0; part < parts.name.length; part++) {
    if (!isPart(part)) continue;
    const owns = !asked.owner || words[parts.owner[part]] === asked.owner;
    const bitsOfPart = wanted.length ? bits((whole(part) + " " + words[parts.facts[part]]).toLowerCase()) : 0;
    const hits = [];
    for (let row = starts[part]; row < starts[part + 1]; row++) {
      const place = results[row], shape = shapes[place];
      if (!shapeOf[place] || !(owns || words[shape[4]] === asked.owner)) continue;
      if (wanted.length && bitsOfPart !== all) {
        // Rows in the page have texts of their own; the others share theirs, with the name left open.
        const key = rows.has(row) ? -1 - row : place;
        const text = textsOf[key] ??= textOf(shape, row, part);
        if ((bitsOfPart | bits(text)) !== all) continue;
      }
      hits.push(row);
    }
    total += hits.length;
    // A table without problems has its part where nothing but tables is asked for.
    const only = { ...asked, table: "" };
    if (hits.length || (parts.is_table[part] === 1 && !filters(only))) found.push({ part, hits });
  }
  return { found, total };
}

// ---- Rows and parts that are not in the page yet.
const mark = (name, word) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const shape = { baselined: "waived", "not-applicable": "na", attested: "pass", rejected: "fail" }[name] || name;
  use.setAttribute("href", "#m-" + shape);
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return make("span", { class: "st " + shape }, svg, word);
};
function buildRow(row, part) {
  const shape = shapes[results[row]], status = data.statuses[shape[2]];
  const text = (place) => open(place, part);
  const [said, waiver] = shape[5];
  const severity = data.severities[shape[1]], rule = ruleOf(shape);
  const link = shape[0] >= 0 ? make("a", { href: "#why-" + rule }, rule) : make("b", {}, rule);
  const head = make("p", { class: "head" }, mark(status, data.status_words[shape[2]]), severity ? make("span", { class: "sev " + severity }, severity) : "", link);
  const item = make("li", { class: "f " + status, id: "f" + row }, head, make("p", { class: "said" }, make("bdi", {}, text(said))));
  if (waiver) item.append(make("p", { class: "note" }, text(waiver)));
  return item;
}
// Evidence and repair, of what the page does not have them of.
function complete(item, row, part) {
  const shape = shapes[results[row]];
  if (shape[0] < 0 || !shape[5]) return item;
  const text = (place) => open(place, part), [, , command, todo, seen, notes] = shape[5];
  if (!(command || todo || seen.length || notes.length)) return item;
  const more = make("details", {}, make("summary", {}, command || todo ? "Evidence and repair" : "Evidence"));
  if (command || todo) more.append(make("h4", {}, "Repair"));
  if (command) more.append(make("div", { class: "cmd" }, make("pre", { tabindex: "0" }, make("code", {}, text(command)))));
  if (todo) more.append(make("p", { class: "words" }, text(todo)));
  if (seen.length) {
    const list = make("dl");
    for (let at = 0; at < seen.length; at += 4) {
      const [path, observed, expected, from] = seen.slice(at, at + 4).map(text);
      list.append(make("dt", {}, path), make("dd", {}, make("b", {}, observed), expected && make("span", {}, "wanted " + expected), from && make("span", {}, "from " + from)));
    }
    more.append(make("h4", {}, "Evidence"), list);
  }
  for (const note of notes) more.append(make("p", { class: "note" }, text(note)));
  item.append(more);
  return item;
}
function tally(part) {
  const said = ["pass", "fail", "unknown", "not applicable", "waived", "baselined"];
  const [pass, fail, unknown, other, waived, known] = parts.counts[part].map((value, at) => (value ? number(value) + " " + said[at] : ""));
  return [fail, unknown, waived, known, pass, other].filter(Boolean).join(" · ");
}
function buildPart(part) {
  const small = words[parts.facts[part]];
  const heading = make("h3", { id: "h" + part }, make("bdi", {}, parts.name[part]), " ", make("small", {}, small));
  const section = make("section", { class: "part", id: "t" + part, "aria-labelledby": "h" + part, tabindex: "-1" }, heading);
  if (parts.is_table[part] < 2) section.append(make("p", { class: "tally" }, mark(words[parts.badge[part]], tally(part) || "no rule speaks of it")));
  section.append(make("ol", { class: "fs" }));
  return section;
}
function known(section, part) {
  if (parts.is_table[part] !== 1 || section.querySelector(".raw")) return section;
  const list = make("dl"), place = (name) => words[parts[name][part]];
  const facts = [["account and region", place("location")], ["environment", place("environment") || "not read"], ["service", place("service") || "not known"],
    ["owner", place("owner") || "not known"], ["capacity mode", place("mode") || "not read"],
    ["size", parts.size[part] === null ? "not read" : number(parts.size[part]) + " bytes"], ["global secondary indexes", String(parts.indexes[part] ?? "not read")]];
  for (const [name, fact] of facts) list.append(make("dt", {}, name), make("dd", {}, fact));
  section.append(make("details", { class: "fold raw" }, make("summary", {}, "What is known of it"), list));
  return section;
}
const finished = new WeakSet();
const cached = (map, key, build, finish) => {
  if (!map.has(key)) map.set(key, build());
  const element = map.get(key);
  if (finish && !finished.has(element)) { finished.add(element); finish(element, key); }
  return element;
};
function ready(element) {
  for (const command of element.querySelectorAll(".cmd")) {
    if (command.querySelector(".copy")) continue;
    const button = make("button", { type: "button", class: "copy" }, "Copy");
    command.append(button);
  }
}

// ---- What is shown.
let limit = PAGE, shown = null;
function show() {
  const list = [];
  let left = limit, listed = 0;
  for (const { part, hits } of shown.found) {
    if (left <= 0) break;
    const section = cached(sections, part, () => buildPart(part), known);
    const some = hits.slice(0, left);
    section.querySelector(".fs").replaceChildren(...some.map((row) => cached(rows, row, () => buildRow(row, part), (item) => complete(item, row, part))));
    left -= Math.max(some.length, 1);
    listed += some.length;
    list.push(section);
  }
  byId("parts").replaceChildren(...list);
  ready(byId("parts"));
  const rest = shown.total - listed, end = shown.found[shown.found.length - 1];
  const isSigned = end !== undefined && end.part === signed && end.hits.length;
  const all = isSigned ? number(results.length) + " findings and signatures" : count(findings, "finding");
  byId("shown").textContent = shown.total
    ? number(shown.total) + " of " + all + (rest ? ", the first " + number(listed) + " shown" : " shown")
    : findings ? "0 of " + all + " shown: nothing fits these filters" : "";
  const button = make("button", { type: "button" }, "Show " + number(Math.min(rest, PAGE)) + " more");
  button.addEventListener("click", () => {
    const last = list[list.length - 1];
    limit += PAGE;
    show();
    if (last) last.focus({ preventScroll: true });
  });
  byId("more").replaceChildren(...(rest ? [button] : []));
}
let applied = null;
function apply(scrolls) {
  applied = location.hash;
  const asked = read();
  for (const key of TEXTS) {
    const field = form.elements[key];
    if (field !== document.activeElement || field.value.trim() !== asked[key]) field.value = asked[key];
    // A name that is in no list of names is shown all the same.
    if (field.value !== asked[key] && field.tagName === "SELECT") { field.append(make("option", {}, asked[key])); field.value = asked[key]; }
  }
  for (const key of LISTS) for (const box of form.querySelectorAll("[name=" + key + "]")) box.checked = asked[key].includes(box.value);
  limit = PAGE;
  // Pictures are of the whole table: who asks for certain findings has them in a row.
  byId("parts").classList.toggle("filtered", filters({ ...asked, table: "" }));
  shown = select(asked);
  show();
  if (scrolls && filters(asked)) byId("findings").scrollIntoView({ behavior: "instant" });
}
let typing = null;
function ask(asked, field) {
  const address = "#" + fragment(asked);
  if (address === location.hash) return;
  // A word is one step back, not each of its letters.
  if (field && field === typing) location.replace(address); else location.hash = address;
  typing = field;
  apply(false);
}
function current() {
  const asked = none();
  for (const key of TEXTS) asked[key] = form.elements[key].value.trim();
  for (const key of LISTS) asked[key] = [...form.querySelectorAll("[name=" + key + "]:checked")].map((box) => box.value);
  return asked;
}
let timer = 0;
form.addEventListener("input", (event) => {
  const field = event.target;
  clearTimeout(timer);
  if (field.type === "checkbox" || field.tagName === "SELECT") return ask(current(), null);
  timer = setTimeout(() => ask(current(), field.name), 120);
});
form.addEventListener("focusout", () => { typing = null; });
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); ask(current(), null); });
byId("clear").addEventListener("click", () => { ask(none(), null); byId("q").focus(); });
addEventListener("hashchange", () => {
  // What the form asked for is shown already.
  if (location.hash !== applied) apply(true);
});

// ---- Links inside the page leave the filters alone; those to a table or a rule are filters.
document.addEventListener("click", (event) => {
  const copy = event.target.closest(".copy");
  if (copy) return void copied(copy);
  const link = event.target.closest("a[href^='#']");
  if (!link) return;
  const target = link.getAttribute("href").slice(1);
  if (target.includes("=")) { if ("#" + target === location.hash) { event.preventDefault(); byId("findings").scrollIntoView(); } return; }
  event.preventDefault();
  const part = /^t(\d+)$/.exec(target);
  if (part) return void (location.hash = fragment({ ...none(), table: nameOf(Number(part[1])) }));
  const there = byId(target);
  if (!there) return;
  if (there.tagName === "DETAILS") there.open = true;
  there.scrollIntoView();
  (there.querySelector(":scope>summary") || there).focus({ preventScroll: true });
});
async function copied(button) {
  const code = button.parentElement.querySelector("code");
  let done = true;
  try { await navigator.clipboard.writeText(code.textContent); } catch {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    done = document.execCommand("copy");
  }
  button.textContent = done ? "Copied" : "Press Ctrl+C";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

// ---- Tables, sorted.
const list = byId("table-list");
let order = tables, most = PAGE;
const keys = {
  order: (at) => at, name: (at) => parts.name[at].toLowerCase(),
  fail: (at) => parts.counts[at][1], unknown: (at) => parts.counts[at][2],
  mode: (at) => words[parts.mode[at]], size: (at) => parts.size[at] ?? -1, indexes: (at) => parts.indexes[at] ?? -1,
  environment: (at) => words[parts.environment[at]], service: (at) => words[parts.service[at]], owner: (at) => words[parts.owner[at]],
};
function buildLine(at) {
  const badge = words[parts.badge[at]], worst = data.severities[parts.worst[at]];
  const cells = list.querySelectorAll("thead th");
  const line = make("tr", { id: "r" + at });
  const word = { waived: "set aside", na: "no rule" }[badge] || badge;
  const unread = () => make("i", {}, "not read");
  const content = {
    order: () => [mark(badge, word), worst ? " " : "", worst ? make("span", { class: "sev " + worst }, worst) : ""],
    name: () => [make("a", { href: "#t" + at }, make("bdi", {}, parts.name[at])), " ", make("span", { class: "where" }, words[parts.location[at]])],
    fail: () => [number(parts.counts[at][1]).replace(/^0$/, "–")], unknown: () => [number(parts.counts[at][2]).replace(/^0$/, "–")],
    mode: () => [words[parts.mode[at]] || unread()], size: () => [words[parts.size_words[at]] || unread()],
    indexes: () => [parts.indexes[at] === null ? unread() : String(parts.indexes[at])],
  };
  for (const cell of cells) {
    const key = cell.dataset.key;
    const inside = content[key] ? content[key]() : [key && words[parts[key][at]] || "–"];
    const attributes = key === "name" ? { scope: "row" } : cell.className ? { class: cell.className } : {};
    line.append(make(key === "name" ? "th" : "td", attributes, ...inside));
  }
  return line;
}
function showTables() {
  const some = order.slice(0, most);
  list.tBodies[0].replaceChildren(...some.map((at) => cached(lines, at, () => buildLine(at))));
  const rest = order.length - some.length;
  const button = make("button", { type: "button" }, "Show " + number(Math.min(rest, PAGE)) + " more of " + count(order.length, "table"));
  button.addEventListener("click", () => { most += PAGE; showTables(); });
  byId("table-more").replaceChildren(...(rest ? [button] : []));
}
function sort(head) {
  const isSame = head.getAttribute("aria-sort"), key = keys[head.dataset.key];
  // Numbers are of interest from their top.
  const first = head.classList.contains("n") ? "descending" : "ascending";
  const way = !isSame ? first : isSame === "ascending" ? "descending" : "ascending";
  list.querySelectorAll("th[aria-sort]").forEach((it) => it.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", way);
  const sign = way === "ascending" ? 1 : -1;
  const of = new Map(tables.map((at) => [at, key(at)]));
  order = [...tables].sort((a, b) => (of.get(a) < of.get(b) ? -sign : of.get(a) > of.get(b) ? sign : a - b));
  showTables();
}
if (list) {
  for (const head of list.querySelectorAll("th[data-key]")) {
    const button = make("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(head));
  }
  showTables();
}

// ---- Light and dark, as the system has it or as one likes.
const THEMES = ["auto", "light", "dark"];
const theme = make("button", { type: "button", id: "theme" });
function paint(name) {
  if (name === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = name;
  theme.textContent = "Colours: " + name;
}
theme.addEventListener("click", () => paint(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || "auto") + 1) % 3]));
document.querySelector(".top .wide").append(theme);
paint("auto");

// ---- On paper everything that fails is open.
let opened = null;
function unfold() {
  if (opened) return;
  limit = PRINTED; most = PRINTED;
  show();
  if (list) showTables();
  opened = [...document.querySelectorAll(".f.fail>details:not([open]),.f.unknown>details:not([open])")];
  opened.forEach((it) => { it.open = true; });
}
function fold() {
  if (!opened) return;
  opened.forEach((it) => { it.open = false; });
  opened = null;
  limit = PAGE; most = PAGE;
  show();
  if (list) showTables();
}
addEventListener("beforeprint", unfold);
addEventListener("afterprint", fold);
matchMedia("print").addEventListener("change", (event) => (event.matches ? unfold() : fold()));

ready(document);
apply(true);
})();
