// The buttons. WPS calls OnAddinLoad once and OnAction for every click; images by GetImage.
"use strict";

function OnAddinLoad(ribbon) {
    window.Application.PluginStorage.setItem("gouji_cards", "");
    return Boolean(ribbon) || true;
}

function GetImage(control) {
    return "images/" + control.Id + ".svg";
}

function OnAction(control) {
    const app = window.Application, book = app.ActiveWorkbook;
    const acts = {
        goujiValidate: () => validate(app, book),
        goujiClear: () => clearMarks(app, book),
        goujiPrevious: () => moveTo(app, book, -1) || say("请先按“校验”。"),
        goujiNext: () => moveTo(app, book, 1) || say("请先按“校验”。"),
        goujiExplain: () => explain(app, book),
        goujiFix: () => repair(app, book),
        goujiZeros: () => fillZeros(app, book),
        goujiRollUp: () => say(GOUJI.words.needs_python),
        goujiHelp: () => say(GOUJI.words.help),
    };
    if (!book && control.Id !== "goujiHelp") return say(GOUJI.words.no_book);
    return acts[control.Id]();
}

function say(text) {
    window.alert(text);
}

function validate(app, book, changed) {
    ask(app, book, (plan) => show(app, book, plan), changed);
}

// Judges the book as it is now, asks, and writes what was agreed to; then it is judged again.
function repair(app, book) {
    ask(app, book, (plan) => {
        const offer = offered(app, plan.repairs || []);
        if (!offer) return say("没有可以照着改的建议。请先按“校验”，看“校验结果”。");
        if (!window.confirm(offer.question)) return undefined;
        return written(book, offer.changes) && validate(app, book, offer.changes);
    });
}

// Writes 0 into the blank cells of the tables when it was agreed to; then it is judged again.
function fillZeros(app, book) {
    ask(app, book, (plan) => {
        const {question, changes} = plan.zeros;
        if (!changes.length) return say("没有空着的格。");
        if (!window.confirm(question)) return undefined;
        return written(book, changes) && validate(app, book);
    });
}

function written(book, changes) {
    const refused = writeNumbers(book, changes);
    if (refused) say(refused + "写不进去，可能受保护。请先撤销保护，再按一次。");
    return !refused;
}

// Of the repairs that which changes the selected cell, else one for a finding there, else the first.
function offered(app, repairs) {
    const here = (sheet, cell) => isSelected(app, {sheet, cell});
    return repairs.find((r) => r.changes.some((c) => here(c.sheet, c.cell)))
        || repairs.find((r) => r.about.some(([sheet, cell]) => here(sheet, cell))) || repairs[0];
}

// Sends the open book to the office's server and hands the plan on.
function ask(app, book, then, changed) {
    app.StatusBar = "正在校验……";
    const request = new XMLHttpRequest();
    request.open("POST", GOUJI.server + "/api/book");
    request.setRequestHeader("Content-Type", "application/json");
    request.setRequestHeader("X-File-Name", encodeURIComponent(book.Name));
    if (GOUJI.token) request.setRequestHeader("Authorization", "Bearer " + GOUJI.token);
    request.timeout = 60000;
    request.onload = () => {
        const plan = planFrom(request.responseText);
        app.StatusBar = false;
        if (plan.error) return say(plan.error);
        return then(plan);
    };
    request.onerror = request.ontimeout = () => {
        app.StatusBar = false;
        say("连不上校验服务 " + GOUJI.server + "。请在本机运行 gouji serve，或请管理员检查服务。");
    };
    request.send(JSON.stringify({...readBook(book), changed: changed || []}));
}

function planFrom(text) {
    try {
        return JSON.parse(text);
    } catch (_) {
        return {error: "校验服务 " + GOUJI.server + " 的回答看不懂。请管理员检查服务的版本。"};
    }
}

function show(app, book, plan) {
    clearMarks(app, book, true); // not before the new plan is there
    const refused = applyPlan(app, book, plan);
    app.PluginStorage.setItem("gouji_cards", JSON.stringify({status: plan.status, cards: plan.file.cards}));
    if (refused.length)
        say(refused.join("、") + "受保护，未能标红，请看“" + plan.title + "”。");
    if (!plan.title) return say("没有发现问题。" + plan.status);
    return openPane(app);
}

function explain(app, book) {
    const here = listed(book).filter((finding) => isSelected(app, finding));
    say(here.map((finding) => finding.text).join("\n") || "这一格没有问题。");
}

// The cards at the side; the same pane is used again, and reads the new ones by itself.
function openPane(app) {
    const held = app.PluginStorage.getItem("gouji_pane");
    const pane = (held && app.GetTaskPane(Number(held))) || app.CreateTaskPane(paneAddress(), GOUJI.words.title);
    app.PluginStorage.setItem("gouji_pane", String(pane.ID));
    pane.Visible = true;
}

function paneAddress() {
    const here = window.location.href;
    return here.slice(0, here.lastIndexOf("/")) + "/pane.html";
}
