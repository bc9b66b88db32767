"""Looks through a built site: every link and picture leads somewhere, nothing comes from elsewhere.

python bench/site.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

READY = Path(__file__).parents[1] / "templates" / "ready"
_LOADED = {"link": "href", "script": "src", "img": "src"}


def on_page_markdown(markdown: str, **_: object) -> str:
    """The folder of ready templates lies in the site."""
    return markdown.replace("](../templates/ready)", f"](ready/{sorted(READY.iterdir())[-1].name})")


def on_post_build(config: dict[str, str], **_: object) -> None:
    """Puts the ready templates there."""
    shutil.copytree(READY, Path(config["site_dir"]) / "ready", dirs_exist_ok=True)


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
