// WPS's object model over a workbook in JSON, for Node and for a browser. A member that WPS does not
// document, and a write to one that is documented as read-only, is an error; so is a mark that is
// put while the screen shows every step.
"use strict";
function standIn(members) {
let app;
function strict(type, held) {
    const known = members[type];
    return new Proxy(held, {
        get(target, key) {
            if (typeof key === "symbol") return target[key];
            if (!(key in known)) throw new Error(`${type}.${key} is not documented`);
            if (!(key in target)) throw new Error(`${type}.${key}: not in the stand-in`);
            return target[key];
        },
        set(target, key, value) {
            if (known[key] !== "property") throw new Error(`${type}.${key} cannot be written`);
            target[key] = value;
            return true;
        },
    });
}

function position(cell) {
    const [, text, row] = /^\$?([A-Z]+)\$?(\d+)$/.exec(cell);
    let column = 0;
    for (const letter of text) column = column * 26 + letter.charCodeAt(0) - 64;
    return [Number(row), column];
}
const letters = (n) => (n > 26 ? letters(Math.floor((n - 1) / 26)) : "")
    + String.fromCharCode(65 + (n - 1) % 26);

function corners(area) {
    const [from, to] = area.split(":");
    return [...position(from), ...position(to || from)];
}

// Shapes in which an error may come: nobody documents which WPS uses.
const SHAPES = {
    packed: (held) => held.code - 2146828288,
    bare: (held) => held.code,
    text: (held) => "Error " + held.code,
    name: (held) => held.error,
    object: (held) => ({scode: held.code, toString() { return "[object]"; }}),
    nan: () => NaN,
    nothing: () => undefined,
};

function makeBook(sent, state) {
    const sheets = sent.sheets.map((s) => ({...newSheet(s.name, s.values, s.formulas, s.password, s.narrow),
        merges: (s.merges || []).map(corners), codes: s.codes || {}}));
    function newSheet(name, values, formulas, password, narrow) {
        return {name, narrow, merges: [], codes: {}, values: values.map((r) => [...r]), formulas: formulas.map((r) => [...r]),
            formats: [], notes: {}, hidden: [], links: [], password: Boolean(password)};
    }
    const cellKey = (r, c) => letters(c) + r;

    function range(sheet, r1, c1, r2, c2) {
        const at = (grid, r, c) => (grid[r - 1] || [])[c - 1];
        const rows = (grid, empty) => {
            const made = [];
            for (let r = r1; r <= r2; r++) {
                made.push([]);
                for (let c = c1; c <= c2; c++) made[r - r1].push(at(grid, r, c) ?? empty);
            }
            return r1 === r2 && c1 === c2 ? made[0][0] : made;
        };
        const whole = r2 > 1000000;
        return strict("Range", {
            get Row() { return r1; },
            get Column() { return c1; },
            get Rows() { return strict("Range", {Count: r2 - r1 + 1}); },
            get Columns() { return strict("Range", {Count: c2 - c1 + 1}); },
            get MergeCells() {
                const meets = sheet.merges.filter(([a, b, c, d]) => a <= r2 && r1 <= c && b <= c2 && c1 <= d);
                const cells = meets.reduce((n, [a, b, c, d]) => n + (Math.min(c, r2) - Math.max(a, r1) + 1)
                    * (Math.min(d, c2) - Math.max(b, c1) + 1), 0);
                return cells === 0 ? false : cells === (r2 - r1 + 1) * (c2 - c1 + 1) ? true : null;
            },
            get MergeArea() {
                const held = sheet.merges.find(([a, b, c, d]) => a <= r1 && r1 <= c && b <= c1 && c1 <= d);
                return range(sheet, ...(held || [r1, c1, r1, c1]));
            },
            get NumberFormat() {
                const inside = Object.keys(sheet.codes).filter((cell) => {
                    const [r, c] = position(cell);
                    return r1 <= r && r <= r2 && c1 <= c && c <= c2;
                });
                const codes = new Set(inside.map((cell) => sheet.codes[cell]));
                if (inside.length < (r2 - r1 + 1) * (c2 - c1 + 1)) codes.add("General");
                return codes.size === 1 ? [...codes][0] : null;
            },
            get Worksheet() { return sheetObject(sheet); },
            get Text() {
                const held = at(sheet.values, r1, c1);
                return (sheet.narrow || []).includes(cellKey(r1, c1)) ? "####" : String(held?.error || held);
            },
            Item: (r, c) => range(sheet, r1 + r - 1, c1 + c - 1, r1 + r - 1, c1 + c - 1),
            get Value2() {
                const shape = (held) => held && held.error ? SHAPES[held.shape](held) : held;
                const held = rows(sheet.values, undefined);
                return Array.isArray(held) ? held.map((row) => row.map(shape)) : shape(held);
            },
            set Value2(given) {
                const grid = Array.isArray(given) ? given : [[given]];
                for (const told of state.listeners)
                    setTimeout(() => told(sheetObject(sheet), range(sheet, r1, c1, r2, c2)), 0);
                grid.forEach((row, i) => row.forEach((value, j) => {
                    while (sheet.values.length < r1 + i) {
                        sheet.values.push([]);
                        sheet.formulas.push([]);
                    }
                    const text = typeof value === "string";
                    sheet.formulas[r1 + i - 1][c1 + j - 1] = text && /^[=+@-]/.test(value)
                        && value !== "-" ? value : "";
                    sheet.values[r1 + i - 1][c1 + j - 1] =
                        text && value.startsWith("'") ? value.slice(1) : value === "" ? null : value;
                }));
            },
            get Formula() {
                const values = rows(sheet.values, ""), formulas = rows(sheet.formulas, "");
                if (!Array.isArray(values)) return formulas || String(values);
                return values.map((row, i) => row.map(
                    (v, j) => formulas[i][j] || String(v?.error ?? v ?? "")));
            },
            get Comment() {
                const key = cellKey(r1, c1);
                return key in sheet.notes ? note(sheet, key) : null;
            },
            AddComment(text) {
                guard(sheet);
                if (cellKey(r1, c1) in sheet.notes) throw new Error("there is a note already");
                sheet.notes[cellKey(r1, c1)] = text;
            },
            get FormatConditions() { return formats(sheet, whole ? null : cellKey(r1, c1)); },
            get EntireColumn() {
                return strict("Range", {
                    set Hidden(value) { sheet.hidden = value ? [c1, c2] : []; },
                    get Hidden() { return sheet.hidden.length > 0; },
                });
            },
            Select() {
                if (state.active !== sheet) throw new Error("the sheet is not in front");
                state.selected = [r1, c1];
            },
        });
    }
    function guard(sheet) {
        if (sheet.password) throw new Error("1004: the sheet is protected");
    }
    function note(sheet, key) {
        return strict("Comment", {
            Text: () => sheet.notes[key],
            Delete: () => { guard(sheet); delete sheet.notes[key]; },
        });
    }
    function formats(sheet, cell) {
        const mine = () => sheet.formats.filter((f) => cell === null || f.cell === cell);
        return strict("FormatConditions", {
            get Count() { return mine().length; },
            Item: (i) => format(sheet, mine()[i - 1]),
            Add(type, operator, formula) {
                guard(sheet);
                if (type !== 2 || operator !== undefined) throw new Error("not a formula");
                if (!/^=AND\(N\("gouji:/.test(formula)) throw new Error("a formula of ours is due");
                if (app.ScreenUpdating) throw new Error("every step would be seen");
                const made = {cell, formula, interior: null, font: null};
                sheet.formats.push(made);
                return format(sheet, made);
            },
        });
    }
    function format(sheet, held) {
        const colour = (type, key) => strict(type, {
            get Color() { return held[key]; }, set Color(value) { held[key] = value; },
        });
        return strict("FormatCondition", {
            get Formula1() {
                if (held.scale) throw new Error("a colour scale has no formula");
                return held.formula;
            },
            Interior: colour("Interior", "interior"),
            Font: strict("Font", {
                get Color() { return held.font; }, set Color(value) { held.font = value; },
                set Bold(value) { held.bold = value; }, set Italic(value) { held.italic = value; },
                set Underline(value) { held.underline = value; },
            }),
            Borders: strict("Borders", {
                set LineStyle(value) { held.style = value; }, set Weight(value) { held.weight = value; },
            }),
            Delete: () => sheet.formats.splice(sheet.formats.indexOf(held), 1),
        });
    }
    function sheetObject(sheet) {
        return strict("Worksheet", {
            get Name() { return sheet.name; },
            set Name(value) {
                if (sheets.some((s) => s.name === value)) throw new Error("the name is taken");
                sheet.name = value;
            },
            get UsedRange() {
                const columns = Math.max(1, ...sheet.values.map((r) => r.length));
                return range(sheet, 1, 1, Math.max(1, sheet.values.length), columns);
            },
            get Cells() { return range(sheet, 1, 1, 1048576, 16384); },
            Range(name) {
                const [from, to] = name.split(":");
                if (/^[A-Z]+$/.test(from))
                    return range(sheet, 1, position(from + "1")[1], 1048576, position(to + "1")[1]);
                return range(sheet, ...position(from), ...position(to || from));
            },
            get Comments() {
                return strict("Comments", {
                    get Count() { return Object.keys(sheet.notes).length; },
                    Item: (i) => note(sheet, Object.keys(sheet.notes)[i - 1]),
                });
            },
            get Hyperlinks() {
                return strict("Hyperlinks", {
                    Add(anchor, address, target, tip, text) {
                        sheet.links.push([letters(anchor.Column) + anchor.Row, target]);
                        sheet.values[anchor.Row - 1][anchor.Column - 1] = text;
                    },
                });
            },
            Activate() { state.active = sheet; },
            Delete() {
                if (app.DisplayAlerts) throw new Error("a person would have been asked");
                sheets.splice(sheets.indexOf(sheet), 1);
            },
        });
    }
    const list = strict("Sheets", {
        get Count() { return sheets.length; },
        Item(which) {
            const found = typeof which === "number" ? sheets[which - 1]
                : sheets.find((s) => s.name === which);
            if (!found) throw new Error("no sheet " + which);
            return sheetObject(found);
        },
        Add(before, after) {
            const made = newSheet("Sheet" + (sheets.length + 1), [], []);
            sheets.splice(sheets.findIndex((s) => s.name === after.Name) + 1, 0, made);
            return sheetObject(made);
        },
    });
    const names = strict("Names", {
        get Count() { return sent.names.length; },
        Item: (i) => strict("Name",
            {Name: sent.names[i - 1].name, RefersTo: "=" + sent.names[i - 1].refers_to}),
    });
    for (const s of sheets) Object.assign(s.notes, (sent.notes || {})[s.name]);
    for (const s of sheets) s.formats.push(...((sent.formats || {})[s.name] || []));
    state.active = sheets[0];
    state.sheets = sheets;
    state.range = range;
    return strict("Workbook", {Name: sent.name, Worksheets: list, Names: names,
        Date1904: Boolean(sent.date1904)});
}


// The application with job.book open in it; what happens is told in `state`.
function application(job, state) {
    const book = makeBook(job.book, state);
    state.listeners = [];
    app = strict("Application", {
        DisplayAlerts: true, StatusBar: "", ScreenUpdating: true, ActiveWorkbook: job.none ? null : book,
        get ActiveCell() {
            return state.range(state.active, ...(state.selected || [1, 1]),
                ...(state.selected || [1, 1]));
        },
        PluginStorage: strict("PluginStorage", {
            getItem: (key) => state.storage[key],
            setItem(key, value) { state.storage[key] = value; },
        }),
        ApiEvent: strict("ApiEvent", {
            AddApiEventListener(name, told) {
                if (name !== "SheetChange") throw new Error("no such event");
                state.listeners.push(told);
            },
        }),
        CreateTaskPane(url, title) {
            state.panes.push([url, title]);
            if (state.opened) state.opened(url);
            return strict("TaskPane", {ID: 7, Visible: false});
        },
        GetTaskPane: (id) => id === 7 && state.panes.length ? strict("TaskPane", {ID: 7, Visible: true}) : null,
    });
    return app;
}
return {application, position, letters};
}
if (typeof module === "object") module.exports = standIn;
