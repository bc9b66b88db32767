"""Random reports of both editions published and read back: Word, web page, the PDF of the Word.

    python bench/round_trip.py [COUNT]

Prints for each kind of file how many reports came back with every field; needs LibreOffice for PDF.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from gouji.validators.reading import read_published

from tests.validators.publishing.test_round_trip import published, same


def main() -> None:
    """Prints a line a kind; ends with 1 when a field was lost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    lost = 0
    with tempfile.TemporaryDirectory(prefix="gouji-round-") as name:
        folder = Path(name)
        documents = {}
        for suffix in (".docx", ".html"):
            whole = 0
            for seed in range(count):
                values, out = published(folder, seed, suffix)
                whole += same(values, read_published(out)) == []
                if suffix == ".docx":
                    documents[out] = values
            print(f"{suffix}: {whole} of {count} with every field", flush=True)
            lost += count - whole
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'p').as_uri()}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(folder / "pdf"),
                *map(str, documents),
            ],
            check=True,
            capture_output=True,
        )
        whole = sum(
            same(values, read_published(folder / "pdf" / f"{out.stem}.pdf")) == []
            for out, values in documents.items()
        )
        print(f".pdf of the .docx: {whole} of {count} with every field")
        lost += count - whole
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
