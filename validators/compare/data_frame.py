"""Reports as a pandas data frame: ``gouji.validators.frame``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ...templates.edition import Edition, find
from ...templates.errors import InputError
from ..office.check import check
from ..office.paths import gather
from .tidy import COLUMNS, ORIGIN, tidy_rows, wide_rows

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {"year": "Int64"}  # whole also where a report does not say its year


def frame(
    paths: Iterable[str | Path], wide: bool = False, *, edition: str | Edition = ""
) -> pd.DataFrame:
    """The numbers of the reports at ``paths`` (files and folders) as a data frame.

    Tidy: one row a number, the columns ``COLUMNS``. With ``wide`` one row a report: the index says
    where it comes from (``ORIGIN``), the columns are the fields of one edition, NaN for what is no
    number; of several editions ``edition`` says which, and reports of others are left out.
    Raises ``InputError`` where nothing is to be read.
    """
    import pandas as pd

    results = list(check(gather(map(str, paths), True).files))
    if not wide:
        return pd.DataFrame(tidy_rows(results), columns=list(COLUMNS)).astype(_TYPES)
    ids = dict.fromkeys(r.report.edition.id for r in results if r.report is not None)
    form = find(edition) if isinstance(edition, str) and edition else edition
    if not isinstance(form, Edition):
        if len(ids) > 1:
            raise InputError(
                f"这些年报用了几种格式（{'、'.join(ids)}），请写明 edition。",
                f"These reports are of several editions ({', '.join(ids)}): say which.",
            )
        editions = (r.report.edition for r in results if r.report is not None)
        form = next(editions, None) or find("2021")
    own = (r for r in results if r.report is not None and r.report.edition.id == form.id)
    rows = wide_rows(own)
    wide_frame = pd.DataFrame(rows, columns=[*ORIGIN, *form.fields]).astype(_TYPES)
    return wide_frame.set_index(list(ORIGIN)).astype(float)
