"""勾稽: the statutory tables of the 政府信息公开工作年度报告, checked before they are signed.

``gouji.validators`` says what is wrong with a report, ``gouji.templates`` what the form is,
``gouji.addin`` does the same inside the spreadsheet application; ``python -m gouji`` is the command
line.
"""

from pkgutil import extend_path

# The rooms stand beside this folder in a checkout, and below it where they are installed.
__path__ = extend_path(__path__, __name__)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version  # not for every command's start

        return version("gouji")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
