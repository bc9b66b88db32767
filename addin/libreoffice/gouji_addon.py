"""年报校验 in LibreOffice Calc: the menu's commands on the open document.

Runs in LibreOffice's own Python (3.8 or newer, standard library only). The verdict comes from the
Python that ``gouji addin install --libreoffice`` wrote into ``~/.gouji/desk.json``, or from the
server named there; the marks are those of every other road: a conditional format that carries our
marker, a note, the sheet 校验结果.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

import unohelper
from com.sun.star.awt.MessageBoxButtons import BUTTONS_OK, BUTTONS_YES_NO
from com.sun.star.awt.MessageBoxResults import YES
from com.sun.star.awt.MessageBoxType import INFOBOX, QUERYBOX
from com.sun.star.task import XJobExecutor
from gouji_cells import read  # in pythonpath/
from gouji_document import WORDS, clear, listed, offered, select, selected, show, write
from gouji_judge import NotJudgedError, ask

SERVICE = "cn.gouji.addon"


def move(document: Any, step: int) -> None:
    """Selects the next finding's cell (step -1: the one before)."""
    found = listed(document)
    if not found:
        raise NotJudgedError("没有标记。请先按“校验”。")
    here = selected(document)
    at = next((i for i, f in enumerate(found) if f[:2] == here), None)
    select(document, *found[0 if at is None else (at + step) % len(found)][:2])


def repair(document: Any, agreed: Callable[[str], bool]) -> str:
    """Carries out the repair for the selected cell, else the likeliest, if it is agreed to."""
    offer = offered(document, ask(read(document)).get("repairs", []))
    if offer is None:
        raise NotJudgedError("没有可以照着改的建议。请先按“校验”，看“校验结果”。")
    if not agreed(offer["question"]):
        return ""
    _write(document, offer["changes"])
    return validate(document, offer["changes"])


def zeros(document: Any, agreed: Callable[[str], bool]) -> str:
    """Writes 0 into the blank cells of the tables if it is agreed to, and judges again."""
    offer = ask(read(document))["zeros"]
    if not offer["changes"]:
        raise NotJudgedError("没有空着的格。")
    if not agreed(offer["question"]):
        return ""
    _write(document, offer["changes"])
    return validate(document)


def _write(document: Any, changes: list[dict[str, Any]]) -> None:
    refused = write(document, changes)
    if refused:
        raise NotJudgedError(f"{refused}写不进去，可能受保护。请先撤销保护，再按一次。")


def validate(document: Any, changed: Sequence[dict[str, Any]] = ()) -> str:
    """Judges the open document, unsaved edits included, and marks it; the status to tell."""
    plan = ask({**read(document), "changed": [*changed]})
    clear(document, anew=True)
    refused = show(document, plan)
    status: str = plan["status"]
    if refused:
        names = "、".join(refused)
        status += f"；{names}设有保护密码，没有标红（只有批注），请看“{plan['title']}”"
    return status if plan["title"] else "没有发现错误。" + status


class Addon(unohelper.Base, XJobExecutor):
    """What the menu calls: one command on the document in front."""

    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
        manager = ctx.ServiceManager
        self.desktop: Any = manager.createInstanceWithContext("com.sun.star.frame.Desktop", ctx)

    def trigger(self, command: str) -> None:
        """Carries out ``command`` and tells the outcome."""
        document = self.desktop.getCurrentComponent()
        if document is None or not hasattr(document, "Sheets"):
            self._say(WORDS["no_book"])
            return
        document.lockControllers()
        answer = None
        try:
            if command == "validate":
                self._bar(document, validate(document))
            elif command in ("fix", "zeros"):
                act = repair if command == "fix" else zeros
                status = act(document, self._agreed)
                if status:
                    self._bar(document, status)
            elif command == "clear":
                clear(document)
                self._bar(document, "")
            elif command in ("next", "previous"):
                move(document, 1 if command == "next" else -1)
            elif command == "explain":
                here = selected(document)
                texts = [t for s, c, t in listed(document) if (s, c) == here]
                answer = "\n".join(texts) or "这一格没有问题。"
            else:
                answer = WORDS["help"]
        except NotJudgedError as error:
            answer = str(error)
        except Exception as error:  # what nobody foresaw is a sentence here too
            answer = (
                f"没有核对完：遇到没有料到的内容（{type(error).__name__}）。请告诉维护 gouji 的人。"
            )
        finally:
            document.unlockControllers()
        if answer:
            self._say(answer)

    def _bar(self, document: Any, text: str) -> None:
        """The counts on a bar above the sheet (LibreOffice 7.0 and newer)."""
        controller = document.CurrentController
        if controller is None or not hasattr(controller, "appendInfobar"):
            return
        if controller.hasInfobar(SERVICE):
            controller.removeInfobar(SERVICE)
        if text:
            controller.appendInfobar(SERVICE, WORDS["title"], text, 0, (), True)

    def _say(self, text: str) -> None:
        self._box(INFOBOX, BUTTONS_OK, text)

    def _agreed(self, text: str) -> bool:
        return bool(self._box(QUERYBOX, BUTTONS_YES_NO, text) == YES)

    def _box(self, kind: Any, buttons: int, text: str) -> Any:
        frame = self.desktop.getCurrentFrame()
        window = frame.getContainerWindow() if frame else None
        kit = self.ctx.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.Toolkit", self.ctx
        )
        return kit.createMessageBox(window, kind, buttons, WORDS["title"], text).execute()


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  (LibreOffice looks for it)
g_ImplementationHelper.addImplementation(Addon, SERVICE, (SERVICE, "com.sun.star.task.Job"))
