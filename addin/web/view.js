"use strict";
// What a desk sees: files dropped, a line for each, cards, tables, what to download. Who judges
// is the `backend` of the script that follows: the office's service, or Python in the page itself.
const $ = (id) => document.getElementById(id);
// One entry a file: what was dropped, the file after the repairs that were chosen, the answer.
let entries = [];
let shown = null;
let queue = Promise.resolve();

function say(text, bad) {
  $("status").textContent = text;
  $("status").className = bad ? "bad" : "";
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function speak() {
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  document.title = t().page;
  for (const held of document.querySelectorAll("[data-words]")) held.textContent = t()[held.dataset.words];
  $("language").textContent = t().other;
  $("language").lang = lang === "en" ? "zh-CN" : "en";
}

function priorFile() {
  return $("prior").files[0] || null;
}

// Files one after the other: a page judges in its own thread, a service lets two in at a time.
function take(files, left = 0) {
  entries = files.map((file) => ({ dropped: file, current: file, chosen: [], before: [], state: "waiting" }));
  shown = null;
  $("result").hidden = true;
  $("files").hidden = entries.length < 2;
  const mine = entries;
  list();
  queue = queue.then(async () => {
    for (const entry of mine) {
      if (mine !== entries) return; // others were dropped meanwhile
      await judge(entry);
      if (mine.length > 1) list();
    }
    if (mine !== entries) return;
    if (mine.length === 1) {
      if (mine[0].state === "done") open(mine[0]);
    } else {
      const unfinished = mine.filter((e) => e.state === "failed" || e.answer.left).length;
      say(t().done(mine.length, unfinished) + (left ? " " + t().left(left) : ""));
    }
  });
  return queue;
}

async function judge(entry) {
  say(t().checking(entry.current.name));
  try {
    entry.answer = await backend.check(entry.current, priorFile(), lang);
    entry.state = "done";
    say("");
  } catch (problem) {
    entry.state = "failed";
    entry.error = problem.message;
    say(problem.message, true);
  }
}

function list() {
  $("list").replaceChildren(...entries.map((entry) => {
    const line = element("tr");
    const name = element("th");
    name.scope = "row";
    if (entry.state === "done") {
      name.append(button(entry.dropped.name, "link", () => open(entry)));
    } else {
      name.textContent = entry.dropped.name;
    }
    line.append(name, element("td", entry.state === "done" ? entry.answer.file.unit : ""));
    const state = element("td");
    if (entry.state === "waiting") state.textContent = t().waiting;
    else if (entry.state === "failed") state.append(tag("error", t().unreadable), " " + entry.error);
    else state.append(summary(entry.answer));
    line.append(state);
    return line;
  }));
  $("all").disabled = !entries.some(wrong);
}

const wrong = (entry) => entry.state === "done" && entry.answer.markable && entry.answer.file.findings.length;

function summary(answer) {
  if (!answer.left) return "√ " + t().fine;
  const grave = answer.file.cards.some((card) => card.severity === "error") ? "error" : "warning";
  return tag(grave, t().todo(answer.left));
}

const tag = (kind, text) => element("span", signs[kind] + " " + text, "tag " + kind);

function open(entry) {
  shown = entry;
  show(entry);
  $("title").focus();
}

function show(entry) {
  const answer = entry.answer;
  const file = answer.file;
  $("title").textContent = t().title(file.unit, file.year || "");
  $("counts").replaceChildren(
    element("strong", answer.left ? t().todo(answer.left) : "√ " + t().fine),
    t().counts(file.checked, file.unchecked.length));
  $("download").hidden = !file.findings.length || !answer.markable;
  const told = changed(entry);
  $("save").hidden = $("undo").hidden = $("changed").hidden = !told.length;
  $("changed").textContent = t().changed(told);
  $("cards").replaceChildren(...file.cards.map((card) => cardOf(entry, card)));
  $("open").hidden = !file.unchecked.length;
  $("open").querySelector("summary").textContent = t().unchecked(file.unchecked.length);
  $("open").querySelector("ul").replaceChildren(
    ...file.unchecked.map((u) => element("li", u.rule + "　" + u.reason)));
  $("legend").replaceChildren(t().legend, ...Object.entries(t().kindsOf).flatMap(([k, w]) => [tag(k, w), " "]));
  $("tables").replaceChildren(...answer.tables.flatMap(table));
  $("result").hidden = false;
}

// One thing to do: what is the matter and where, the arithmetic, what to do, the rules behind it.
function cardOf(entry, card) {
  const file = entry.answer.file;
  const item = element("li");
  item.append(tag(card.severity, t().stages[card.stage]), " ", element("strong", card.title), " ", ...places(card.cells));
  const below = [card.sum, card.how, card.explained].filter(Boolean);
  if (below.length) item.append(element("p", below.join(lang === "en" ? "; " : "；")));
  item.append(...acts(entry, card));
  const rules = [...new Set(card.findings.map((n) => file.findings[n].rule))];
  if (rules.length) item.append(explanation(file, rules));
  return item;
}

function places(cells) {
  const links = cells.slice(0, 8).flatMap((cell) => {
    const where = [cell.sheet, cell.cell].filter(Boolean).join("!");
    if (!cell.field) return [where, " "];
    const link = element("a", where);
    link.href = "#" + cell.field;
    return [link, " "];
  });
  return cells.length > 8 ? [...links, "… " + cells.length] : links;
}

// A button for the repair, or for each rival that the records may bear out; one for all blank cells.
function acts(entry, card) {
  const { file, markable } = entry.answer;
  if (!markable) return [];
  if (card === file.cards.find((c) => c.acts.includes("zeros"))) {
    const blanks = file.cards.filter((c) => c.acts.includes("zeros")).flatMap((c) => c.cells).length;
    return [button(t().zeros(blanks), "zeros", () => zeros(entry, blanks))];
  }
  const named = new Set(card.cells.filter((c) => c.role !== "victim").map((c) => c.field));
  const events = file.repairs.filter((event) => event.group === card.group
    && event.changes.every((change) => change.cell && named.has(change.field)));
  const certain = card.acts.includes("change");
  return (certain ? events.slice(0, 1) : events).map((event) => {
    const told = t().answer(event.changes);
    const one = { pair: event.group + "." + event.rank, told };
    return button(certain ? t().apply : told, "apply", () => {
      if (window.confirm(t().sure(card.title, told))) repair(entry, [...entry.chosen, one]);
    });
  });
}

function button(text, className, act) {
  const made = element("button", text, className);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function explanation(file, rules) {
  const box = element("details", undefined, "why");
  box.append(element("summary", t().why));
  box.addEventListener("toggle", async () => {
    if (!box.open || box.querySelector("dl")) return;
    const told = element("dl");
    box.append(told);
    try {
      for (const rule of rules) {
        for (const [head, text] of await backend.rule(rule, file.edition, lang)) {
          told.append(element("dt", head), element("dd", text));
        }
      }
    } catch (problem) {
      told.append(element("dt", problem.message));
    }
  });
  return box;
}

async function repair(entry, next) {
  say(t().change);
  try {
    const pairs = next.map((one) => one.pair);
    const blob = next.length ? await backend.fix(entry.dropped, pairs, priorFile()) : entry.dropped;
    entry.chosen = next;
    entry.current = next.length ? new File([blob], entry.dropped.name) : entry.dropped;
    await judge(entry);
    if (entry.state === "done") open(entry);
  } catch (problem) {
    say(problem.message, true);
  }
}

// The blanks become 0 in the copy that is shown; what was before can be had back.
async function zeros(entry, blanks) {
  if (!window.confirm(t().surely(blanks))) return;
  say(t().change);
  try {
    const made = new File([await backend.zeros(entry.current)], entry.dropped.name);
    const { dropped, chosen, current } = entry;
    entry.before.push({ dropped, chosen, current, told: [...chosen.map((one) => one.told), t().zeros(blanks)] });
    Object.assign(entry, { dropped: made, chosen: [], current: made });
    await judge(entry);
    if (entry.state === "done") open(entry);
  } catch (problem) {
    say(problem.message, true);
  }
}

// What was changed in the copy that is shown, the first first.
const changed = (entry) => [...entry.before.flatMap((one) => one.told), ...entry.chosen.map((one) => one.told)];

async function undo(entry) {
  if (entry.chosen.length) return repair(entry, entry.chosen.slice(0, -1));
  Object.assign(entry, entry.before.pop());
  await judge(entry);
  if (entry.state === "done") open(entry);
}

function table(part) {
  const grid = element("table");
  grid.append(element("caption", part.title));
  if (part.columns.length) {
    const heads = element("tr");
    heads.append(element("td", undefined, "at"));
    for (const letter of part.columns) heads.append(head(letter, "col", "at"));
    grid.append(heads);
  }
  part.rows.forEach((row, number) => {
    const made = element("tr");
    if (part.numbers.length) made.append(head(String(part.numbers[number]), "row", "at"));
    made.append(...row.map(cellOf));
    grid.append(made);
  });
  const box = element("div", undefined, "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", part.title);
  box.append(grid);
  return [box];
}

function head(text, scope, className) {
  const made = element("th", text, className);
  made.scope = scope;
  return made;
}

function cellOf(cell) {
  const made = cell.field ? element("td", undefined, cell.state) : head(cell.text, cell.scope);
  if (cell.field) {
    if (cell.sign) made.append(element("span", cell.sign), " ");
    made.append(cell.text);
    made.id = cell.field;
  }
  if (cell.rows > 1) made.rowSpan = cell.rows;
  if (cell.cols > 1) made.colSpan = cell.cols;
  if (cell.title) made.title = cell.title;
  return made;
}

async function attempt(work) {
  try {
    say(t().marking);
    await work();
    say("");
  } catch (problem) {
    say(problem.message, true);
  }
}

// 年报.xlsx becomes 年报-已改.xlsx: a download says what it is.
const named = (entry, what) => entry.dropped.name.replace(/(\.[^.]*)?$/, (suffix) => "-" + what + suffix);

const download = () => attempt(async () => {
  save(await backend.flag(shown.current, priorFile()), named(shown, t().marked));
});

const downloadAll = () => attempt(async () => {
  const made = [];
  for (const entry of entries.filter(wrong)) {
    const blob = await backend.flag(entry.current, priorFile());
    made.push([named(entry, t().marked), new Uint8Array(await blob.arrayBuffer())]);
  }
  save(zip(made), lang === "en" ? "marked.zip" : "已标注.zip");
});

$("file").addEventListener("change", () => {
  if ($("file").files.length) chosenOf([...$("file").files]);
  $("file").value = "";
});
$("folder").addEventListener("change", () => {
  if ($("folder").files.length) chosenOf([...$("folder").files], true);
});
$("prior").addEventListener("change", () => {
  if (entries.length) take(entries.map((entry) => entry.dropped));
});
for (const edition of ["2021", "2019"]) {
  $("blank-" + edition).addEventListener("click", (event) => {
    event.preventDefault();
    attempt(async () => save(await backend.blank(edition), `年报模板-${edition}格式.xlsx`));
  });
}
$("download").addEventListener("click", download);
$("all").addEventListener("click", downloadAll);
$("save").addEventListener("click", () => save(shown.current, named(shown, t().mended)));
$("undo").addEventListener("click", () => undo(shown));
$("language").addEventListener("click", () => {
  lang = lang === "en" ? "zh" : "en";
  speak();
  if (entries.length) take(entries.map((entry) => entry.dropped));
});
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.remove("over"); });
}
document.addEventListener("drop", (event) => {
  if (event.dataTransfer) dropped(event.dataTransfer);
});
speak();
