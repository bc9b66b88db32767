"""What the page, and WPS' add-in, ask of gouji: bytes or JSON in, JSON or bytes out.

Runs where there is no numpy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from ...templates.edition import load, newest
from ...templates.errors import InputError
from ...templates.forms import ANY
from ...templates.unforeseen import bounded
from ...validators.finding import Result
from ...validators.office import Beside, check_plainly, fix_plainly, flag_bytes, zeros_bytes
from ...validators.output import explained, page_entry


def _bytes_of(data: Any) -> bytes:
    copied: bytes = data.to_bytes() if hasattr(data, "to_bytes") else bytes(data)
    return copied


@contextmanager
def _in(lang: str) -> Iterator[None]:
    """What goes wrong inside is said in ``lang``: the page shows an error's text as it is."""
    try:
        with bounded("工作簿" if lang == "zh" else "The workbook"):
            yield
    except InputError as error:
        raise InputError(error.text(lang), error.en) from error


def _beside(prior: bytes, prior_name: str) -> Beside | None:
    return Beside(prior, prior_name, ANY) if prior else None


def _judged(data: bytes, name: str, prior: bytes, prior_name: str) -> Result:
    try:
        beside = _beside(prior, prior_name)
    except InputError as error:
        return Result(name, error=error)
    return check_plainly(data, name, prior=beside)


def check(
    data: bytes, name: str, lang: str = "zh", prior: bytes = b"", prior_name: str = ""
) -> str:
    """What the page shows of a file, as JSON: ``page_entry``."""
    data, prior = _bytes_of(data), _bytes_of(prior)
    with _in(lang):
        return json.dumps(page_entry(_judged(data, name, prior, prior_name), data, lang))


def flag(
    data: bytes, name: str, lang: str = "zh", prior: bytes = b"", prior_name: str = ""
) -> bytes:
    """The marked workbook, as ``gouji flag`` writes it. Raises ``InputError``, in ``lang``."""
    data, prior = _bytes_of(data), _bytes_of(prior)
    with _in(lang):
        result = _judged(data, name, prior, prior_name)
        if result.error is not None:
            raise result.error
        return flag_bytes(data, result)


def fix(
    data: bytes, name: str, repairs: str, lang: str = "zh", prior: bytes = b"", prior_name: str = ""
) -> bytes:
    """The workbook after ``repairs``, as ``gouji fix`` writes them, with a note on each cell.

    They are pairs such as ``1.1,2.1`` (group and rank), each of the verdict after those before
    it. Raises ``InputError``, in ``lang``.
    """
    pairs = (pair.split(".") for pair in repairs.split(","))
    chosen = [(int(group), int(rank)) for group, rank in pairs]
    with _in(lang):
        beside = _beside(_bytes_of(prior), prior_name)
        return fix_plainly(_bytes_of(data), name, chosen, prior=beside)


def zeros(data: bytes, name: str, lang: str = "zh") -> bytes:
    """The workbook with 0 in every blank cell. Raises ``InputError``, in ``lang``."""
    with _in(lang):
        return zeros_bytes(_bytes_of(data), name)[0]


def book(sent: str) -> str:
    """The plan for a book that is open in WPS, both as ``gouji.addin.remote`` has them."""
    from ..remote import answered

    return answered(sent.encode("utf-8", "replace"))


def rule(rule_id: str, edition: str, lang: str = "zh") -> str:
    """A rule explained, as pairs of a head and a text."""
    form = load(edition) if edition else newest()
    return json.dumps(explained(form, rule_id, lang))


def blank(edition: str) -> bytes:
    """The blank template of an edition, which was laid beside this module when the page was made.

    Raises ``InputError`` where there is none.
    """
    found = files("gouji.addin") / "page" / f"blank-{edition}.xlsx"
    if not found.is_file():
        raise InputError(f"没有{edition}格式的空白模板。", f"There is no template of {edition}.")
    return found.read_bytes()
