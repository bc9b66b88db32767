// The stand-in in a browser: the add-in's own page holds it, the pane in a frame uses the same one.
window.alert = (text) => top.state.alerts.push(text);
window.confirm = (text) => top.state.confirms.push(text) > 0;
if (window === top) {
    const wps = standIn(members);
    window.openBook = (book) => {
        const {storage, listeners} = window.state || {storage: {}, listeners: []};
        window.state = {alerts: [], confirms: [], storage, panes: []};
        window.Application = wps.application({book}, state);
        state.listeners.push(...listeners);
        state.opened = (url) => {
            const frame = document.createElement("iframe");
            frame.src = url;
            document.body.append(frame);
        };
    };
    openBook({name: "", sheets: [], names: []});
    // Opens a book and clicks: what the pane gets, what was said, the marks, the seconds until they were there.
    window.clicked = async (book) => {
        openBook(book);
        state.storage.gouji_cards = "";
        const start = performance.now();
        OnAction({Id: "goujiValidate"});
        while (!state.storage.gouji_cards && !state.alerts.length)
            await new Promise((done) => setTimeout(done, 2));
        const marks = state.sheets.flatMap((s) => s.formats.map((f) => s.name + "!" + f.cell));
        return [JSON.parse(state.storage.gouji_cards || "null"), state.alerts, marks,
            (performance.now() - start) / 1000];
    };
} else {
    window.Application = new Proxy({}, {
        get: (_, key) => top.Application[key],
        set: (_, key, value) => { top.Application[key] = value; return true; },
    });
}
