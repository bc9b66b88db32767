"""The published report as one accessible web page: no script, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .charts import svg
from .report_content import Content, PrintedCell, PrintedTable

_STYLE = """
body{font:17px/1.8 "FangSong","仿宋","Noto Serif CJK SC",serif;color:#111;max-width:56em;
margin:0 auto;padding:1em}
h1{font-size:1.5em;text-align:center;line-height:1.4}
h2,caption,th{font-family:"SimHei","黑体","Noto Sans CJK SC",sans-serif}
h2{font-size:1.1em;margin:1.6em 0 .4em}
p{text-indent:2em;margin:.2em 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.85em;line-height:1.4}
caption{text-align:left;padding:.3em 0;font-size:1.1em}
th,td{border:1px solid #444;padding:.3em .4em;text-align:center;font-weight:normal}
tbody th[scope^=row]{text-align:left}
td{font-variant-numeric:tabular-nums}
.draft{border:3px double #a00000;padding:.5em 1em;color:#8b0000}
.draft p{text-indent:0}
figure{margin:1em 0}
figure svg{max-width:40em;font-family:"Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.end{text-align:right}
@media print{body{max-width:none}.wide{overflow:visible}}
"""


def page(content: Content) -> str:
    """The whole page; the same for the same report."""
    title = "<br>".join(map(escape, content.heads))
    body = [f"<h1>{title}</h1>"]
    if content.faults:
        notice = f"草稿：还有{len(content.faults)}件没有改好，不得发布。"
        body.append(f'<div class="draft" role="note">\n<p><strong>{notice}</strong></p>')
        body += [*(f"<p>{escape(text)}</p>" for text in content.faults), "</div>"]
    for number, part in enumerate(content.parts, 1):
        body.append(f'<section aria-labelledby="s{number}">')
        body.append(f'<h2 id="s{number}">{escape(part.heading)}</h2>')
        body += [f"<p>{escape(text)}</p>" for text in part.paragraphs]
        if part.grid is not None:
            body += _table(part.grid)
        body.append("</section>")
    body += [f'<p class="end">{escape(text)}</p>' for text in (content.unit, content.day)]
    if content.charts:
        body.append('<section aria-labelledby="pictures"><h2 id="pictures">图解</h2>')
        body += [f"<figure>{svg(chart)}</figure>" for chart in content.charts]
        body.append("</section>")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="generator" content="gouji publish">\n'
        f"<title>{escape(content.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
    )


def _table(grid: PrintedTable) -> Iterator[str]:
    title = escape(grid.title)
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{title}"><table>'
    yield f"<caption>{title}</caption>"
    heads = grid.head_rows if grid.label_cols else 0
    if heads:
        yield "<thead>"
    for row in range(grid.rows):
        if row == heads:
            yield ("</thead>" if heads else "") + "<tbody>"
        cells = [c for c in grid.cells if c.row == row]
        yield "<tr>" + "".join(map(_cell, cells)) + "</tr>"
    yield "</tbody></table></div>"


def _cell(cell: PrintedCell) -> str:
    down, across = cell.last_row - cell.row + 1, cell.last_col - cell.col + 1
    spans = f' rowspan="{down}"' if down > 1 else ""
    spans += f' colspan="{across}"' if across > 1 else ""
    if cell.kind in ("number", "corner"):
        return f"<td{spans}>{escape(cell.text)}</td>"
    if cell.kind == "label":
        scope = "rowgroup" if down > 1 else "row"
    else:
        scope = "colgroup" if cell.kind == "caption" or across > 1 else "col"
    return f'<th scope="{scope}"{spans}>{escape(cell.text)}</th>'
