"""The site: what is searched on it, and a look through it when it is built.

Every link and picture leads somewhere, nothing comes from elsewhere.

python bench/site.py FOLDER
"""

from __future__ import annotations

import html
import json
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

READY = Path(__file__).parents[1] / "templates" / "ready"
_LOADED = {"link": "href", "script": "src", "img": "src"}
SECTIONS: list[dict[str, str]] = []  # of all pages


def on_page_markdown(markdown: str, **_: object) -> str:
    """The folder of ready templates lies in the site."""
    return markdown.replace("](../templates/ready)", f"](ready/{sorted(READY.iterdir())[-1].name})")


def on_page_content(content: str, page: SimpleNamespace, **_: object) -> None:
    """Takes a page's sections for the search: whatever stands below a heading, without marks."""
    whole = _plain(content)
    lang = "zh" if len(re.findall("[一-鿿]", whole)) > len(whole) / 5 else "en"
    for part in re.split(r"(?=<h[1-3] id=)", content):
        found = re.match(r'<h(\d) id="([^"]*)">(.*?)</h\1>', part, re.DOTALL)
        level, name, head = found.groups() if found else ("1", "", page.title)
        text = _plain(part[found.end() if found else 0 :])
        place = {"url": page.url, "id": "" if level == "1" else name, "lang": lang}
        if found or text:
            SECTIONS.append(place | {"page": page.title, "head": _plain(head), "text": text})


def _plain(content: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content)).split())


def search() -> str:
    """The script of the search, with what it looks through."""
    source = Path(__file__).with_name("search.js").read_text("utf-8")
    return f"const SECTIONS = {json.dumps(SECTIONS, ensure_ascii=False)};\n{source}"


def on_post_build(config: dict[str, str], **_: object) -> None:
    """Puts the search and the ready templates there."""
    site = Path(config["site_dir"])
    (site / "search.js").write_text(search(), "utf-8")
    shutil.copytree(READY, site / "ready", dirs_exist_ok=True)


class Page(HTMLParser):
    """What a page refers to: (tag, address)."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element's address."""
        held = dict(attrs)
        self.ids.update(v for k in ("id", "name") if (v := held.get(k)))
        name = _LOADED.get(tag, "href" if tag == "a" else "")
        if held.get("rel") not in ("canonical", "next", "prev") and (where := held.get(name)):
            self.found.append((tag, where))


def faults(folder: Path) -> list[str]:
    """Every reference that leads nowhere, and everything that would be fetched."""
    pages = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        for tag, where in page.found:
            parts = urlsplit(where)
            if parts.scheme or parts.netloc:
                if tag != "a" and parts.scheme != "data":
                    found.append(f"{path.name}: {where} comes from elsewhere")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if path.name == "404.html":
                continue
            if not target.exists():
                found.append(f"{path.name}: {where} leads nowhere")
                continue
            known = pages[target].ids if target in pages else {unquote(parts.fragment)}
            if parts.fragment and unquote(parts.fragment) not in known:
                found.append(f"{path.name}: {where} has no such place")
    return found


def main() -> None:
    """Prints the faults and ends with 1 when there is one."""
    folder = Path(sys.argv[1])
    held = faults(folder)
    count = len(list(folder.rglob("*.html")))
    print("\n".join(held) or f"{count} pages, every link leads somewhere")
    sys.exit(1 if held else 0)


if __name__ == "__main__":
    main()
