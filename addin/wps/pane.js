// The cards at the side of the workbook: what is left to do. A click or Enter goes to the cell.
"use strict";

let shown = null;

function refresh() {
    const held = window.Application.PluginStorage.getItem("gouji_cards");
    if (!held || held === shown) return;
    shown = held;
    const {status, cards} = JSON.parse(held);
    document.getElementById("status").textContent = status;
    document.getElementById("cards").replaceChildren(...cards.map(item));
}

function item(card) {
    const made = document.createElement("li"), [first, ...others] = card.cells;
    const main = button("", () => first && goTo(first)), title = document.createElement("strong");
    title.textContent = card.title;
    main.className = card.severity;
    main.append(GOUJI.stages[card.stage], title, [card.sum, card.how].filter(Boolean).join("；"));
    made.append(main, ...others.slice(0, 8).filter((cell) => cell.cell)
        .map((cell) => button(cell.cell, () => goTo(cell))));
    if (card.acts.includes("change") && card.group !== null)
        made.append(button("按此修改", () => act(first, repair)));
    if (card.acts.includes("zeros")) made.append(button("其余空格填0", () => act(first, fillZeros)));
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

// The ribbon's own button, with the cell selected that the card is about.
function act(cell, work) {
    goTo(cell);
    work(window.Application, window.Application.ActiveWorkbook);
}

// WPS gives the pane no cross of its own on every system.
document.getElementById("close").addEventListener("click", () => {
    const pane = window.Application.GetTaskPane(Number(window.Application.PluginStorage.getItem("gouji_pane")));
    if (pane) pane.Visible = false;
});

refresh();
window.setInterval(refresh, 500);
