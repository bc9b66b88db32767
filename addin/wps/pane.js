// The findings at the side of the workbook; a click or Enter goes to the cell.
"use strict";

let shown = null;

function refresh() {
    const held = window.Application.PluginStorage.getItem("gouji_findings");
    if (!held || held === shown) return;
    shown = held;
    const {status, findings} = JSON.parse(held);
    document.getElementById("status").textContent = status;
    document.getElementById("findings").replaceChildren(...findings.map(line));
}

function line(finding) {
    const item = document.createElement("li"), button = document.createElement("button");
    const head = document.createElement("strong");
    head.textContent = GOUJI.severities[finding.severity] + " " + (finding.sheet || "") + " " + (finding.cell || "");
    button.className = finding.severity;
    button.append(head, finding.message);
    button.addEventListener("click", () => {
        if (finding.sheet && finding.cell)
            selectCell(window.Application.ActiveWorkbook, finding.sheet, finding.cell);
    });
    item.append(button);
    return item;
}

// WPS gives the pane no cross of its own on every system.
document.getElementById("close").addEventListener("click", () => {
    const pane = window.Application.GetTaskPane(Number(window.Application.PluginStorage.getItem("gouji_pane")));
    if (pane) pane.Visible = false;
});

refresh();
window.setInterval(refresh, 500);
