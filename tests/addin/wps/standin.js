// The add-in's script in Node, on the stand-in for WPS's object model of model.js.
// Protocol, one JSON line each: {config, book, main, members}; then {book, clicks, select}, which
// asks for verdicts with "ASK …" lines and ends with "DONE …" and the workbook as it then is.
"use strict";
const fs = require("fs");
const vm = require("vm");

let pending = "";
function readLine() {
    const piece = Buffer.alloc(1 << 16);
    let end;
    while ((end = pending.indexOf("\n")) < 0) {
        const got = fs.readSync(0, piece, 0, piece.length, null);
        if (!got) return null;
        pending += piece.toString("latin1", 0, got);
    }
    const line = Buffer.from(pending.slice(0, end), "latin1").toString("utf8");
    pending = pending.slice(end + 1);
    return JSON.parse(line);
}
const say = (kind, what) => fs.writeSync(1, kind + " " + JSON.stringify(what) + "\n");

const start = readLine();
const {application, position, letters} = require("./model.js")(start.members);
function run(job) {
    const state = {alerts: [], confirms: [], asked: 0, storage: {}, panes: []};
    const app = application(job, state);
    class XMLHttpRequest {
        open(method, url) { Object.assign(this, {method, url, headers: {}}); }
        setRequestHeader(key, value) { this.headers[key] = value; }
        send(body) {
            state.asked++;
            say("ASK", {url: this.url, headers: this.headers, body: JSON.parse(body)});
            const answer = readLine();
            if (answer === null || answer.offline) return this.onerror();
            this.responseText = answer.text;
            return this.onload();
        }
    }
    const agreed = (text) => { state.confirms.push(text); return job.agree !== false; };
    const window = {Application: app, alert: (text) => state.alerts.push(text), confirm: agreed,
        location: {href: "file:///addons/gouji/index.html"}};
    const context = vm.createContext({window, XMLHttpRequest, console});
    vm.runInContext(start.config + start.book + start.main
        + ";globalThis.calls = {OnAction, OnAddinLoad, GetImage, readBook};", context);
    context.calls.OnAddinLoad({});
    for (const click of job.clicks) {
        if (typeof click === "string") context.calls.OnAction({Id: click});
        else { // the clerk types a number
            const sheet = state.sheets.find((s) => s.name === click.sheet);
            const [row, column] = position(click.cell);
            sheet.values[row - 1][column - 1] = click.value;
        }
    }
    state.active = [state.active.name, state.selected ? letters(state.selected[1]) + state.selected[0] : ""];
    state.status = app.StatusBar;
    for (const key of ["range", "listeners"]) delete state[key];
    say("DONE", state);
}
for (let job = readLine(); job; job = readLine()) run(job);
