// The open workbook through WPS's own object model: read it, show a plan of marks, clear them.
// Every member used here is documented by WPS; the tests run it against a stand-in that fails on
// any other. The words and numbers that marks are known by come from config.js.
"use strict";

const SINGLE = 2; // xlUnderlineStyleSingle
const EXPRESSION = 2; // xlExpression: a conditional format with a formula
const MOST = 2000; // questions about the formats of one sheet, and about its merged ranges
const LAST_ROW = 20000, LAST_COLUMN = 256; // a sheet formatted to its end is not read to its end
// How an error is told by number: Excel's documented codes, bare and as COM packs them.
const PACKED = -2146828288;
const ERRORS = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!",
    2042: "#N/A", 2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!",
    2048: "#UNKNOWN!", 2049: "#FIELD!", 2050: "#CALC!",
};
const ERROR = /^#(?:[A-Z_]+[!?]|DIV\/0!|N\/A|GETTING_DATA)$/;

function sheetsOf(book) {
    const found = [];
    for (let i = 1; i <= book.Worksheets.Count; i++) found.push(book.Worksheets.Item(i));
    return found;
}

function letters(column) {
    let text = "";
    for (; column > 0; column = Math.floor((column - 1) / 26))
        text = String.fromCharCode(65 + (column - 1) % 26) + text;
    return text;
}

// A range's values or formulas as rows, also where WPS gives one cell's without rows.
function rowsOf(held) {
    return Array.isArray(held) ? held.map((row) => Array.isArray(row) ? row : [row]) : [[held]];
}

function usedArea(sheet) {
    const used = sheet.UsedRange;
    const rows = Math.min(LAST_ROW, used.Row + used.Rows.Count - 1);
    const columns = Math.min(LAST_COLUMN, used.Column + used.Columns.Count - 1);
    return sheet.Range("A1:" + letters(Math.max(1, columns)) + Math.max(1, rows));
}

// What a cell holds, an error as its name. No document says in what shape WPS hands an error to a
// script, so every shape is asked of the cell: COM's number, the bare code, "Error 2042", an object,
// no number at all, or nothing where there is a formula. What was typed stands in `formula` as it is.
function plainValue(value, formula, cell) {
    const computed = formula.startsWith("=");
    if (!computed && ERROR.test(formula)) return formula;
    const empty = value === undefined || value === null;
    const plain = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
    const code = value - PACKED; // 2000 and more: no number that anybody types comes near
    const packed = ERRORS[code] || (code >= 2000 && code < 3000 ? "#ERR!" : undefined);
    if (plain && (!computed || !(packed || value in ERRORS || /^Error 20\d\d$/.test(value)))) return value;
    if (empty && !computed) return null;
    const text = String(cell().Text);
    if (ERROR.test(text)) return text;
    if (packed && !/\d/.test(text)) return packed; // too narrow to show it, or of a new kind
    return plain ? value : empty ? null : "#VALUE!";
}

// Asks about an area, [top, left, bottom, right]; where WPS has no one answer (`unknown`) the area is
// cut, columns first, until each part has one. `tell` gets each part with its answer.
function alike(sheet, area, ask, unknown, tell) {
    const waiting = [area];
    for (let asked = 0; waiting.length && asked < MOST; asked++) {
        const [top, left, bottom, right] = waiting.pop();
        const answer = ask([top, left, bottom, right]);
        if (!unknown(answer, top === bottom && left === right)) {
            tell([top, left, bottom, right], answer);
        } else if (left < right) {
            const middle = (left + right) >> 1;
            waiting.push([top, middle + 1, bottom, right], [top, left, bottom, middle]);
        } else if (top < bottom) {
            const middle = (top + bottom) >> 1;
            waiting.push([middle + 1, left, bottom, right], [top, left, middle, right]);
        }
    }
}

const named = ([top, left, bottom, right]) => letters(left) + top + ":" + letters(right) + bottom;

// The merged ranges, as "A9:C9".
function mergesOf(sheet, whole) {
    const found = [];
    const ask = (part) => found.some((f) => f[0] <= part[0] && f[1] <= part[1] && part[2] <= f[2]
        && part[3] <= f[3]) ? false : sheet.Range(named(part)).MergeCells;
    alike(sheet, whole, ask, (answer, single) => answer !== false && !single, (part, answer) => {
        if (answer !== true) return;
        const area = sheet.Range(named(part)).MergeArea;
        found.push([area.Row, area.Column, area.Row + area.Rows.Count - 1,
            area.Column + area.Columns.Count - 1]);
    });
    return found.map(named);
}

// The number formats that are not General, as ["D9:I9", "0%"].
function formatsOf(sheet, whole) {
    const found = [];
    alike(sheet, whole, (part) => sheet.Range(named(part)).NumberFormat,
        (code) => typeof code !== "string" || !code,
        (part, code) => code === "General" || found.push([named(part), code]));
    return found;
}

// The book as gouji.addin.remote wants it. Values and formulas of a sheet come in one call each.
function readBook(book) {
    const sheets = sheetsOf(book).map((sheet) => {
        const area = usedArea(sheet);
        const typed = rowsOf(area.Formula).map((row) => row.map((text) => String(text ?? "")));
        const values = rowsOf(area.Value2).map((row, i) => row.map(
            (value, j) => plainValue(value, typed[i][j], () => area.Item(i + 1, j + 1))));
        const formulas = typed.map((row) => row.map((text) => text.startsWith("=") ? text : ""));
        const whole = [1, 1, values.length, values[0].length];
        return {name: sheet.Name, values, formulas, merges: mergesOf(sheet, whole),
            formats: formatsOf(sheet, whole)};
    });
    const names = [];
    for (let i = 1; i <= book.Names.Count; i++) {
        const name = book.Names.Item(i);
        if (/^(gj|gouji)_/.test(name.Name)) names.push({name: name.Name, refers_to: name.RefersTo});
    }
    return {name: book.Name, sheets, names, date1904: Boolean(book.Date1904)};
}

function resultsSheets(book) {
    return sheetsOf(book).filter((sheet) => sheet.Name.startsWith(GOUJI.name)
        && String(sheet.Range("A1").Value2 || "").startsWith(GOUJI.start));
}

function isWrittenIn(sheet) {
    return rowsOf(usedArea(sheet).Value2).some(
        (row) => typeof row[0] === "number" && String(row[GOUJI.said] ?? "") !== "");
}

// Takes out what bears our marker and nothing else; a results sheet in which the clerk explained
// something only when it is about to be written anew.
function clearMarks(app, book, anew) {
    for (const sheet of sheetsOf(book)) {
        const formats = sheet.Cells.FormatConditions;
        for (let i = formats.Count; i > 0; i--) {
            let formula = "";
            try { formula = String(formats.Item(i).Formula1); } catch (_) { /* has no formula */ }
            if (formula.includes('"' + GOUJI.marker)) formats.Item(i).Delete();
        }
        for (let i = sheet.Comments.Count; i > 0; i--) {
            const note = sheet.Comments.Item(i);
            if (String(note.Text()).trimStart().startsWith(GOUJI.note_start)) note.Delete();
        }
    }
    const alerts = app.DisplayAlerts;
    app.DisplayAlerts = false;
    try {
        for (const sheet of resultsSheets(book))
            if (anew || !isWrittenIn(sheet)) sheet.Delete();
    } finally {
        app.DisplayAlerts = alerts;
    }
    app.StatusBar = false;
}

function colour(text) { // "#RRGGBB" as WPS wants it: blue, green, red
    const n = parseInt(text.slice(1), 16);
    return (n & 255) << 16 | n & 0xff00 | n >> 16;
}

function plainText(value) {
    return typeof value === "string" && /^[=+\-@]/.test(value) && value !== "-" ? "'" + value : value;
}

// Shows the plan; returns the sheets whose protection did not let us.
function applyPlan(app, book, plan) {
    const refused = new Set();
    if (plan.title) {
        const after = book.Worksheets.Item(book.Worksheets.Count);
        const sheet = book.Worksheets.Add(undefined, after);
        sheet.Name = plan.title;
        const width = plan.rows[0].length;
        sheet.Range("A1:" + letters(width) + plan.rows.length).Value2 =
            plan.rows.map((row) => row.map(plainText));
        for (const [row, column, name, cell] of plan.links) {
            const target = "'" + name.replace(/'/g, "''") + "'!" + cell;
            const shown = String(plan.rows[row - 1][column - 1]);
            sheet.Hyperlinks.Add(sheet.Range(letters(column) + row), "", target, "", shown);
        }
        sheet.Range(letters(GOUJI.marked + 1) + ":" + letters(width)).EntireColumn.Hidden = true;
        for (const fill of plan.fills)
            if (!paint(book, fill)) refused.add(fill.sheet);
    }
    if (plan.select) selectCell(book, ...plan.select);
    app.StatusBar = plan.status;
    return [...refused];
}

// What shows without colours beside bold and italic; a WPS that knows no border here draws none.
function draw(rule, fill) {
    try {
        if (fill.letters.includes("u")) rule.Font.Underline = SINGLE;
        [rule.Borders.LineStyle, rule.Borders.Weight] = fill.line;
    } catch (_) { /* the note and the results sheet still tell it */ }
}

function paint(book, fill) {
    const cell = book.Worksheets.Item(fill.sheet).Range(fill.cell);
    try {
        const rule = cell.FormatConditions.Add(EXPRESSION, undefined, fill.formula);
        rule.Interior.Color = colour(fill.background);
        rule.Font.Color = colour(fill.font);
        rule.Font.Bold = fill.letters.includes("b");
        rule.Font.Italic = fill.letters.includes("i");
        draw(rule, fill);
        if (!cell.Comment) cell.AddComment(fill.note);
    } catch (error) {
        if (error instanceof TypeError || error instanceof ReferenceError) throw error; // ours
        return false; // the sheet is protected with a password
    }
    return true;
}

// Writes what a repair changes; the sheet that did not let us, "" when all is written.
function writeNumbers(book, changes) {
    for (const change of changes) {
        try {
            book.Worksheets.Item(change.sheet).Range(change.cell).Value2 = change.to;
        } catch (error) {
            if (error instanceof TypeError || error instanceof ReferenceError) throw error; // ours
            return change.sheet;
        }
    }
    return "";
}

function selectCell(book, name, cell) {
    const sheet = book.Worksheets.Item(name);
    sheet.Activate();
    sheet.Range(cell).Select();
}

// The findings on the results sheet that have a cell: {sheet, cell, text, list, row}, in their order.
function listed(book) {
    const found = [];
    for (const sheet of resultsSheets(book))
        rowsOf(usedArea(sheet).Value2).forEach((row, i) => {
            const place = String(row[GOUJI.place] || ""), mark = place.lastIndexOf("!");
            if (typeof row[0] === "number" && mark > 0)
                found.push({sheet: place.slice(0, mark), cell: place.slice(mark + 1),
                    text: String(row[GOUJI.problem]), list: sheet.Name, row: i + 1});
        });
    return found;
}

// Selects where the clerk says why a cell stays as it is: its line's column 说明 of 校验结果.
function toExplanation(book, cell) {
    const found = listed(book).find((f) => f.sheet === cell.sheet && f.cell === cell.cell);
    if (found) selectCell(book, found.list, letters(GOUJI.said + 1) + found.row);
    return Boolean(found);
}

// Selects the next finding's cell (step -1: the one before); false when there is none.
function moveTo(app, book, step) {
    const found = listed(book);
    if (!found.length) return false;
    const here = found.findIndex((f) => isSelected(app, f));
    const next = here < 0 ? 0 : (here + step + found.length) % found.length;
    selectCell(book, found[next].sheet, found[next].cell);
    return true;
}

function isSelected(app, finding) {
    const [sheet, cell] = selected(app);
    return sheet === finding.sheet && cell === finding.cell;
}

// [sheet, cell] of the cell that the cursor is on.
function selected(app) {
    const cell = app.ActiveCell;
    return cell ? [cell.Worksheet.Name, letters(cell.Column) + cell.Row] : [];
}
