// What goes on in the add-in's own page, which WPS opens when it starts and keeps: the engine starts,
// so that a click waits for nothing; what was clicked in the pane is done; with 随填随查 on, the book is
// judged again a moment after each edit.
"use strict";
const MOMENT = 700, TRIES = 5;

lacks = BUNDLE ? lacking().join("、") : "";
if (BUNDLE && !lacks) {
    engine = startEngine(BUNDLE, () => undefined);
    engine.call("book", "{}").catch(() => undefined); // loads what the first click would wait for
}

const WISHES = {
    validate: (app, book) => validate(app, book),
    fix: (app, book, wish) => repair(app, book, wish.changes),
    zeros: (app, book) => fillZeros(app, book),
};

function carryOut() {
    const app = window.Application, held = app.PluginStorage.getItem("gouji_wish");
    if (!held) return;
    app.PluginStorage.setItem("gouji_wish", "");
    const wish = JSON.parse(held), book = app.ActiveWorkbook;
    if (book) WISHES[wish.act](app, book, wish);
}

let due = 0;

function edited(sheet) {
    const ours = sheet && String(sheet.Name).startsWith(GOUJI.name);
    if (ours || window.Application.PluginStorage.getItem("gouji_live") !== "1") return;
    window.clearTimeout(due);
    due = window.setTimeout(judgeAgain, MOMENT, TRIES);
}

// Where the cursor is it stays. While a cell is being typed in, WPS lets nothing be done: later, then.
function judgeAgain(tries) {
    const app = window.Application, book = app.ActiveWorkbook;
    const attempt = (work) => {
        try {
            work();
        } catch (_) {
            window.clearTimeout(due);
            if (tries) due = window.setTimeout(judgeAgain, MOMENT, tries - 1);
        }
    };
    const tell = (text) => app.PluginStorage.setItem("gouji_cards", JSON.stringify({status: text, cards: []}));
    if (book) attempt(() => ask(app, book, (plan) => attempt(() => {
        const [sheet, cell] = selected(app);
        const kept = sheet && !sheet.startsWith(GOUJI.name) ? [sheet, cell] : null;
        renew(app, book, {...plan, select: kept});
    }), [], tell));
}

window.setInterval(carryOut, 200);
try {
    window.Application.ApiEvent.AddApiEventListener("SheetChange", edited);
    window.Application.PluginStorage.setItem("gouji_events", "1"); // the pane offers 随填随查
} catch (_) { /* a WPS that tells of no edits */ }
