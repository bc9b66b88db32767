"use strict";
// One file at a time: sent, judged, shown; the marked copy is asked for when the button is pressed.
const $ = (id) => document.getElementById(id);
const words = { error: "错误", warning: "警告", note: "提示" };
const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
let current = null;

function headers(file) {
  const sent = { "X-File-Name": encodeURIComponent(file.name), "Content-Type": "application/octet-stream" };
  if (token) sent.Authorization = "Bearer " + token;
  return sent;
}

function say(text, bad) {
  $("status").textContent = text;
  $("status").className = bad ? "bad" : "";
}

async function post(path, file) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: headers(file), body: file });
  } catch {
    throw new Error("连不上校验服务，请稍后再试，或与管理员联系。");
  }
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

async function check(file) {
  $("result").hidden = true;
  say("正在核对 " + file.name + " ……");
  try {
    const answer = await (await post("api/check", file)).json();
    current = file;
    show(answer);
    say("");
    $("title").focus();
  } catch (problem) {
    current = null;
    say(problem.message, true);
  }
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show(answer) {
  const file = answer.file;
  $("title").textContent = file.unit + " " + (file.year || "") + "年度";
  const count = (severity) => file.findings.filter((f) => f.severity === severity).length;
  $("counts").textContent = file.findings.length
    ? `错误${count("error")}，警告${count("warning")}，提示${count("note")}；已核对勾稽关系${file.checked}条，未核对${file.unchecked.length}条`
    : `没有问题；已核对勾稽关系${file.checked}条，未核对${file.unchecked.length}条`;
  $("download").hidden = !file.findings.length || !answer.markable;
  $("findings").replaceChildren(...file.findings.map((finding) => {
    const item = element("li");
    item.append(element("span", words[finding.severity], "tag " + finding.severity), " ");
    const where = [finding.sheet, finding.cell].filter(Boolean).join("!");
    if (finding.field) {
      const link = element("a", where);
      link.href = "#" + finding.field;
      item.append(link, " ");
    } else if (where) {
      item.append(where, " ");
    }
    item.append(finding.message);
    return item;
  }));
  $("open").hidden = !file.unchecked.length;
  $("open").querySelector("summary").textContent = "未核对的" + file.unchecked.length + "条";
  $("open").querySelector("ul").replaceChildren(
    ...file.unchecked.map((u) => element("li", u.rule + "　" + u.reason)));
  $("tables").replaceChildren(...answer.tables.flatMap(table));
  $("result").hidden = false;
}

function table(part) {
  const grid = element("table");
  for (const row of part.rows) {
    const line = element("tr");
    for (const cell of row) {
      const made = element(cell.field ? "td" : "th", cell.text, cell.state);
      if (cell.rows > 1) made.rowSpan = cell.rows;
      if (cell.cols > 1) made.colSpan = cell.cols;
      if (cell.field) made.id = cell.field;
      if (cell.title) made.title = cell.title;
      line.append(made);
    }
    grid.append(line);
  }
  const box = element("div", undefined, "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", part.title);
  box.append(grid);
  return [element("h2", part.title), box];
}

async function download() {
  if (!current) return;
  try {
    const answer = await post("api/flag", current);
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = current.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (problem) {
    say(problem.message, true);
  }
}

$("file").addEventListener("change", () => {
  if ($("file").files[0]) check($("file").files[0]);
  $("file").value = "";
});
$("download").addEventListener("click", download);
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.remove("over"); });
}
document.addEventListener("drop", (event) => {
  if (event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
});
