"""How own forms made at random are read, against what a person reads in them.

    python bench/own_forms.py [COUNT] [FIRST]

Prints the numbers read right, refused and wrong, the forms with an error that nothing is said of,
those without one of which an error is said, and the share refused by kind. Exit code 1 for a
number read wrong or an error passed over.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.validators.reading.test_differential import Tally, tried


def main() -> int:
    """Tries COUNT forms, 2,000 by default."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    whole = Tally()
    refused: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(first, first + count):
        one, form = tried(seed)
        whole.add(one)
        for kind in form.kinds:
            kinds[kind] += 1
            refused[kind] += bool(one.refused)
        for what in (*one.wrong, *one.passed, *one.alarmed):
            print(seed, form.kinds, what)
    print(
        f"{count} forms: {whole.right} numbers right, {whole.refused} refused, "
        f"{len(whole.wrong)} wrong; {len(whole.passed)} errors passed over, "
        f"{len(whole.alarmed)} false alarms"
    )
    for kind, number in kinds.most_common():
        print(f"{kind:16}{number:6}  with something refused {refused[kind] / number:.0%}")
    return int(bool(whole.wrong or whole.passed))


if __name__ == "__main__":
    raise SystemExit(main())
