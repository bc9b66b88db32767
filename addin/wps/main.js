// The buttons. WPS calls OnAddinLoad once and OnAction for every click; images by GetImage.
"use strict";

// Python in a worker of this page, once start.js has started it; what this WPS lacks for it.
let engine = null, lacks = "";

function OnAddinLoad(ribbon) {
    for (const held of ["gouji_cards", "gouji_wish"]) window.Application.PluginStorage.setItem(held, "");
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
// `wanted` are the changes of the repair that is meant, else it is that of the selected cell.
function repair(app, book, wanted) {
    ask(app, book, (plan) => {
        const offer = wanted ? plan.repairs.find((r) => JSON.stringify(r.changes) === JSON.stringify(wanted))
            : offered(app, plan.repairs);
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

// Hands the plan for the open book on: this page's engine makes it, else the office's server.
// `tell` is given the sentence about what went wrong.
function ask(app, book, then, changed, tell = say) {
    app.StatusBar = "正在校验……";
    const sent = JSON.stringify({...readBook(book), changed: changed || []});
    const answered = (text, road) => {
        const plan = planFrom(text);
        app.StatusBar = false;
        if (plan.error) return tell(plan.error);
        return then({...plan, road});
    };
    const failed = (text) => {
        app.StatusBar = false;
        tell(text);
    };
    if (!engine) return askServer(book.Name, sent, answered, failed);
    return engine.call("book", sent).then((text) => answered(text, "由加载项自己校验，不用服务器，不用网络"),
        (problem) => {
            [engine, lacks] = [null, problem.message]; // it ended, of want of memory say
            askServer(book.Name, sent, answered, failed);
        });
}

function askServer(name, sent, answered, failed) {
    const request = new XMLHttpRequest();
    request.open("POST", GOUJI.server + "/api/book");
    request.setRequestHeader("Content-Type", "application/json");
    request.setRequestHeader("X-File-Name", encodeURIComponent(name));
    if (GOUJI.token) request.setRequestHeader("Authorization", "Bearer " + GOUJI.token);
    request.timeout = 60000;
    request.onload = () => answered(request.responseText, "由服务器 " + GOUJI.server + " 校验");
    request.onerror = request.ontimeout = () => failed((lacks && "这个 WPS 不能自己校验（" + lacks + "）。")
        + "连不上校验服务 " + GOUJI.server + "。请在本机运行 gouji serve，或请管理员检查服务。");
    request.send(sent);
}

function planFrom(text) {
    try {
        return JSON.parse(text);
    } catch (_) {
        return {error: "校验服务 " + GOUJI.server + " 的回答看不懂。请管理员检查服务的版本。"};
    }
}

function show(app, book, plan) {
    const refused = renew(app, book, plan);
    if (refused.length)
        say(refused.join("、") + "受保护，未能标红，请看“" + plan.title + "”。");
    if (!plan.title) return say("没有发现错误。" + plan.status);
    return openPane(app);
}

// The marks of before go, those of the plan come, in one step that is seen; the pane gets the cards.
function renew(app, book, plan) {
    app.ScreenUpdating = false;
    try {
        clearMarks(app, book, true); // not before the new plan is there
        return applyPlan(app, book, plan);
    } finally {
        app.ScreenUpdating = true;
        const {status, left, road, repairs, file} = plan;
        app.PluginStorage.setItem("gouji_cards", JSON.stringify({status, left, road, repairs, cards: file.cards}));
    }
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
