"""A wall clock that steps under a station, by libfaketime; the clock that never steps goes on."""

import os
import time
from pathlib import Path

from packages import faketime

HOUR_S = 3600
DAY_S = 86_400


class Wall:
    """The wall clock of programs that run with `env`."""

    def __init__(self, room: Path, spec: str = "+0") -> None:
        """`spec` is an offset in seconds with its sign, as libfaketime reads it."""
        self.file = room / "wall-clock"
        self.set(spec)
        self.env = {
            **faketime(),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
            # Times of files are as they stand on the disk.
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def now(self) -> float:
        """What it shows now, where it was set to an offset."""
        return time.time() + float(self.spec)

    def set(self, spec: str) -> None:
        """Steps it, in one moment."""
        self.spec = spec
        new = self.file.with_suffix(".new")
        new.write_text(f"{spec}\n")
        os.replace(new, self.file)
