"use strict";
// The numbers of the page, drawn a unit or a year at a time; without it the lists above still stand.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { lines, units, years, places, words } = data;
  const view = document.getElementById("view");
  const pick = { unit: document.getElementById("unit"), year: document.getElementById("year"),
    row: document.getElementById("row"), zeros: document.getElementById("zeros") };

  const make = (name, text, attributes) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  };
  const round = (n) => Math.round(n * 1e6) / 1e6;
  const signed = (n) => (n > 0 ? "+" : "") + round(n);
  const number = (report, line) => {
    const held = report ? report.v[line] : null;
    return typeof held === "number" ? held : null;
  };

  function trend(unit, line) {
    const numbers = years.map((year) => number(unit.y[year], line));
    const known = numbers.filter((n) => n !== null);
    const label = years.map((y, n) => y + "：" + (numbers[n] === null ? "—" : numbers[n])).join("，");
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 90 24");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    const low = Math.min(...known), high = Math.max(...known), wide = Math.max(1, years.length - 1);
    let path = "", on = false;
    numbers.forEach((n, at) => {
      if (n === null) { on = false; return; }
      const x = round(4 + 82 * at / wide), y = round(20 - 16 * (high > low ? (n - low) / (high - low) : 0.5));
      path += (on && years[at] === years[at - 1] + 1 ? "L" : "M") + x + " " + y;
      on = true;
      const dot = document.createElementNS(space, "circle");
      for (const [key, value] of [["cx", x], ["cy", y], ["r", 2]]) dot.setAttribute(key, value);
      svg.append(dot);
    });
    const drawn = document.createElementNS(space, "path");
    drawn.setAttribute("d", path || "M0 0");
    svg.prepend(drawn);
    return svg;
  }

  function cell(unit, year, line) {
    const report = unit.y[year];
    if (!report) {
      const why = unit.t[year] ? words.twice : unit.g.includes(year) ? words.missing : "";
      return make("td", why, { class: "none" });
    }
    const held = report.v[line];
    if (held === null) return make("td", "·", { class: "none", title: words.other });
    const place = places[report.p][line];
    const mark = report.m[line];
    const made = make("td", undefined, { "data-v": held === "" ? "" : held });
    if (mark) {
      made.className = mark[0];
      made.title = mark[2];
      made.append(make("span", mark[1]), " ");
    }
    const href = report.f + (place && report.w ? "#" + encodeURIComponent(place) : "");
    made.append(make("a", held === "" ? "—" : String(held), { href, title: report.s + " " + place }));
    const was = number(unit.y[year - 1], line), now = number(report, line);
    if (was !== null && now !== null && now !== was) {
      const share = was ? "（" + signed(Math.round(1000 * (now - was) / was) / 10) + "%）" : "";
      made.append(make("small", signed(now - was) + share));
    }
    return made;
  }

  function table(caption, heads, rows) {
    const made = make("table"), head = make("tr"), body = make("tbody");
    made.append(make("caption", caption));
    for (const text of heads) {
      const th = make("th", undefined, { scope: "col" });
      th.append(make("button", text));
      head.append(th);
    }
    made.append(make("thead"));
    made.tHead.append(head);
    body.append(...rows);
    made.append(body);
    return made;
  }

  function ofUnit(at) {
    const unit = units[at], rows = [];
    lines.forEach((line, n) => {
      const numbers = years.map((year) => unit.y[year] ? unit.y[year].v[n] : null);
      const shown = numbers.some((v) => v !== null);
      const marked = years.some((year) => unit.y[year] && unit.y[year].m[n]);
      if (!shown || (!pick.zeros.checked && !marked && numbers.every((v) => !v))) return;
      const tr = make("tr");
      tr.append(make("td", line[0]), make("th", line[1], { scope: "row" }), make("th", line[2] + (line[3] ? "（" + line[3] + "）" : "")));
      tr.append(...years.map((year) => cell(unit, year, n)));
      const td = make("td");
      td.append(trend(unit, n));
      tr.append(td);
      rows.push(tr);
    });
    const hidden = lines.length - rows.length;
    const caption = unit.n + (hidden ? words.hidden.replace("{n}", hidden) : "");
    return table(caption, [words.table, words.row, words.column, ...years, words.trend], rows);
  }

  function ofYear(year, group) {
    const chosen = lines.map((line, n) => n).filter((n) => lines[n][0] + " " + lines[n][1] === group);
    const rows = units.filter((unit) => unit.y[year] || unit.t[year] || unit.g.includes(year)).map((unit) => {
      const tr = make("tr");
      tr.append(make("th", unit.n, { scope: "row" }), ...chosen.map((n) => cell(unit, year, n)));
      const td = make("td");
      td.append(trend(unit, chosen[chosen.length - 1]));
      tr.append(td);
      return tr;
    });
    const heads = [words.unit, ...chosen.map((n) => lines[n][2]), words.trend];
    return table(year + " " + group, heads, rows);
  }

  function draw(kind) {
    const made = kind === "unit" ? ofUnit(Number(pick.unit.value)) : ofYear(Number(pick.year.value), pick.row.value);
    view.replaceChildren(made);
    document.getElementById("charts").innerHTML = kind === "unit" ? units[pick.unit.value].c : "";
    view.dataset.kind = kind;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-unit]");
    if (link) {
      pick.unit.value = link.dataset.unit;
      draw("unit");
    }
    const th = event.target.closest("th");
    if (!th || !event.target.closest("button")) return;
    const body = th.closest("table").tBodies[0], at = th.cellIndex;
    const up = th.getAttribute("aria-sort") !== "ascending";
    const value = (tr) => tr.cells[at].dataset.v ?? tr.cells[at].textContent;
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
      const both = !isNaN(x) && !isNaN(y);
      return (both ? x - y : x.localeCompare(y, "zh-CN")) * (up ? 1 : -1);
    };
    body.append(...[...body.rows].sort(compare));
    for (const other of th.parentNode.cells) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
  });

  units.forEach((unit, n) => pick.unit.append(make("option", unit.n, { value: n })));
  years.forEach((year) => pick.year.append(make("option", year)));
  pick.year.value = years[years.length - 1];
  for (const group of new Set(lines.map((line) => line[0] + " " + line[1]))) pick.row.append(make("option", group));
  if (data.first) pick.row.value = data.first;
  pick.unit.addEventListener("change", () => draw("unit"));
  pick.zeros.addEventListener("change", () => draw("unit"));
  for (const name of ["year", "row"]) pick[name].addEventListener("change", () => draw("year"));
  for (const part of document.querySelectorAll("[hidden]")) part.hidden = false;
  if (units.length) draw("unit");
})();
