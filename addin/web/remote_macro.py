"""A macro of xlwings' client, run here on the book that it sent: the answer is what to do."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ...templates.errors import InputError, extra
from ..remote import parsed
from .guard import RefusedError


def remote_macro(name: str, data: bytes) -> Response:
    """Runs a macro on the book that xlwings' ``RunRemotePython`` sent; answers with its actions.

    Raises ``RefusedError`` for an unknown macro, a request that is no book, and where xlwings
    or the licence of its remote engine is missing.
    """
    try:
        with extra("excel"):
            import xlwings

            from .. import macros
    except InputError as error:
        raise RefusedError(501, error.zh) from error
    if name not in macros.BUTTONS or name == "roll_up":  # it reads a folder of the desk
        raise RefusedError(404, f"没有“{name}”这个操作。")
    try:
        sent = parsed(data)
        book = xlwings.Book(json=sent)
    except xlwings.LicenseError as error:
        raise RefusedError(
            501,
            "xlwings 远程引擎需要许可证：请管理员设置 XLWINGS_LICENSE_KEY，见 docs/addin.md。",
        ) from error
    except InputError:
        raise
    except Exception as error:  # whatever was sent is not what xlwings' client sends
        raise RefusedError(400, "收到的不是 xlwings 发来的工作簿。") from error
    macros.run(name, book)
    if sent.get("client") == "VBA" and name == "validate":
        # xlwings' VBA client knows no notes and conditional formats: our own VBA puts them
        book.macro("GoujiPaint")()
    return JSONResponse(book.json())
