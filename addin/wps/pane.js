// The cards at the side of the workbook: how much is left to do, and what. What judges and writes is
// the add-in's own page (start.js): the pane leaves its wish in the storage that both have.
"use strict";

const storage = window.Application.PluginStorage;
const $ = (id) => document.getElementById(id);
let shown = null;

function refresh() {
    $("follow").hidden = storage.getItem("gouji_events") !== "1";
    const held = storage.getItem("gouji_cards");
    if (!held || held === shown) return;
    shown = held;
    const {status, left, road, cards, repairs} = JSON.parse(held);
    const count = left === undefined ? "" : left ? "还差" + left + "件" : "√ 可以上报";
    if ($("left").textContent !== count) $("left").textContent = count;
    $("status").textContent = status;
    $("road").textContent = road || "";
    $("cards").replaceChildren(...cards.map((card) => item(card, repairs || [])));
}

function item(card, repairs) {
    const made = document.createElement("li"), [first, ...others] = card.cells;
    const main = button("", () => first && goTo(first)), title = document.createElement("strong");
    title.textContent = card.title;
    main.className = card.severity;
    main.append(GOUJI.stages[card.stage], title, [card.sum, card.how].filter(Boolean).join("；"));
    made.append(main, ...others.slice(0, 8).filter((cell) => cell.cell)
        .map((cell) => button(cell.cell, () => goTo(cell))), ...acts(card, repairs));
    return made;
}

// 改, or a button for each number that the records may bear out; 填0; 说明.
function acts(card, repairs) {
    const named = new Set(card.cells.filter((c) => c.role !== "victim").map((c) => c.sheet + "!" + c.cell));
    const mine = repairs.filter((r) => r.group === card.group
        && r.changes.every((c) => named.has(c.sheet + "!" + c.cell)));
    const certain = card.acts.includes("change");
    const made = (certain ? mine.slice(0, 1) : mine).map((r) => button(
        certain ? "改" : r.changes.map((c) => c.cell + "改成" + c.to).join("，"),
        () => act(r.changes[0], {act: "fix", changes: r.changes})));
    if (card.acts.includes("zeros")) made.push(button("填0", () => act(card.cells[0], {act: "zeros"})));
    if (card.acts.includes("explain")) made.push(button("说明", () => explain(card.cells)));
    return made;
}

function button(text, click) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", click);
    return made;
}

function goTo(cell) {
    if (cell.sheet) selectCell(window.Application.ActiveWorkbook, cell.sheet, cell.cell || "A1");
}

function act(cell, wish) {
    if (cell) goTo(cell);
    storage.setItem("gouji_wish", JSON.stringify(wish));
}

function explain(cells) {
    if (!cells.some((cell) => toExplanation(window.Application.ActiveWorkbook, cell)))
        window.alert("请先按“校验”。");
}

function move(step) {
    const app = window.Application;
    if (!app.ActiveWorkbook || !moveTo(app, app.ActiveWorkbook, step)) window.alert("请先按“校验”。");
}

$("check").addEventListener("click", () => act(null, {act: "validate"}));
$("previous").addEventListener("click", () => move(-1));
$("next").addEventListener("click", () => move(1));
$("live").addEventListener("change", () => {
    storage.setItem("gouji_live", $("live").checked ? "1" : "");
    if ($("live").checked) act(null, {act: "validate"});
});
$("live").checked = storage.getItem("gouji_live") === "1";

// WPS gives the pane no cross of its own on every system.
$("close").addEventListener("click", () => {
    const pane = window.Application.GetTaskPane(Number(storage.getItem("gouji_pane")));
    if (pane) pane.Visible = false;
});

refresh();
window.setInterval(refresh, 500);
