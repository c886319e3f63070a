"""Where things lie: the repository, and the folder of real data."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def data_root() -> Path:
    """Folder of real data: `EMBERLINE_DATA`, else `../shared/data` beside the repository."""
    return Path(os.environ.get("EMBERLINE_DATA", REPOSITORY.parent / "shared" / "data"))
