"""The error a user can cause: one sentence that names the file and the remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from .words import NOTHING, Words, printable


class InputError(Exception):
    """An input that cannot be used, in words for the person who gave it.

    ``zh`` and ``en`` each say what happened, to which file or cell, and what to do now.
    ``str(error)`` is the Chinese sentence. Both are one line; characters of an input that would
    act on a terminal are replaced. The command line prints it and exits with 2.

    >>> InputError("找不到文件 a.xlsx，请检查路径。", "a.xlsx was not found: check the path.").en
    'a.xlsx was not found: check the path.'
    """

    zh: str
    en: str

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = printable(zh), printable(en)
        super().__init__(self.zh)

    def text(self, lang: str = "zh") -> str:
        """The sentence in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.en if lang == "en" else self.zh

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, str]]:
        return type(self), (self.zh, self.en)


def lacking(part: str, extra: str, before: Words = NOTHING, after: Words = NOTHING) -> InputError:
    """The sentence that ``part``, which the extra brings, is missing, with what to run.

    It is installed from the project's own folder: a name on an index may be anybody's.
    """
    run = f'pip install ".[{extra}]"'
    return InputError(
        f"{before.zh}缺少 {part}，请在 gouji 的文件夹里运行：{run}。{after.zh}",
        f"{before.en}{part} is missing: run {run} in the folder of gouji. {after.en}".rstrip(),
    )


class UnreadError(InputError):
    """A file that the system did not let be read; another time it may."""


@contextmanager
def extra(name: str) -> Iterator[None]:
    """What the extra ``name`` of the project brings is imported within: ``InputError`` without it.

    >>> with extra("server"):
    ...     import no_such_library
    Traceback (most recent call last):
    gouji.templates.errors.InputError: 缺少 no_such_library，请在 gouji 的文件夹里运行：pip install ".[server]"。
    """  # noqa: E501
    try:
        yield
    except ImportError as error:
        raise lacking(str(error.name), name) from error
