"""``gouji publish``: a workbook is judged and written as the report that is published."""

from __future__ import annotations

from pathlib import Path

from ...templates.errors import InputError
from ...templates.forms import ANY, Forms
from ..finding import Result
from ..publishing import WRITERS, content_of, unfinished
from ..publishing.charts import MOST_YEARS
from ..report import Prior, Report
from .check import check
from .last_year import Priors
from .outputs import put_document


def publish(
    source: Path,
    out: Path,
    forms: Forms = ANY,
    *,
    prior: Path | None = None,
    with_errors: bool = False,
    force: bool = False,
    password: str | None = None,
) -> Result:
    """Writes the report in the workbook at ``source`` to ``out`` and returns its verdict.

    ``prior`` is last year's report, or a folder with those of several years, for the verdict and
    the pictures. Raises ``InputError`` for a workbook that is not finished unless ``with_errors``,
    for another suffix of ``out``, and, without ``force``, for an ``out`` that is there already.
    """
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        known = "、".join(WRITERS)
        raise InputError(
            f"{out} 的扩展名不是 {known} 之一，不知道写成什么。请换一个文件名。",
            f"{out}: the suffix is not one of {known.replace('、', ', ')}: choose another name.",
        )
    priors = Priors(prior, forms) if prior is not None else None
    edition, rules = forms.edition, forms.rules
    (result,) = check(source, edition=edition, rules=rules, prior=priors, password=password)
    if result.error is not None:
        raise result.error
    assert result.verdict is not None
    assert result.report is not None
    open_ = [] if with_errors else unfinished(result.report, result.verdict)
    if open_:
        first, more = open_[0], f"等{len(open_)}件" if len(open_) > 1 else ""
        raise InputError(
            f"{source} 没有发布：{first.zh}{more}。请先改好（gouji check 逐件列出）；"
            "一定要先出一份草稿，加 --with-errors，首页会写明是草稿。",
            f"{source} was not published: {first.en} ({len(open_)} to do). Correct it first (see "
            "gouji check), or make a draft that says so with --with-errors.",
        )
    put_document(out, write(content_of(result, _earlier(result.report, priors))), force=force)
    return result


def _earlier(report: Report, priors: Priors | None) -> list[Report]:
    """The unit's reports of the years before, as far as ``priors`` has one after the other."""
    found: list[Report] = []
    while priors is not None and report.year and len(found) < MOST_YEARS - 1:
        prior = priors.of(found[-1] if found else report)
        if not isinstance(prior, Prior) or prior.report.year is None:
            break
        found.append(prior.report)
    return found
