"""SEVIR storm films (Veillette et al. 2020) from the files as they are published.

A catalogue `CATALOG.csv` names, for each event and kind of image, an HDF5 file and the row in it;
the file holds `id` [N] and one array a kind, `vil` as uint8 [N, 384, 384, 49] at 5 minutes.
Training, validation and test go by date, as in Earthformer: validation from 2019-01-01, test from
2019-06-01, so an event is in one split only. Windows of `context + leads` frames do not overlap
unless asked to. Needs the `sevir` extra (h5py); the data itself is not part of this repository.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

VALIDATION, TEST = datetime(2019, 1, 1), datetime(2019, 6, 1)
FRAMES = 49
COLUMNS = ("id", "file_name", "file_index", "img_type", "time_utc", "pct_missing")


@dataclass(frozen=True)
class Event:
    """One row of the catalogue."""

    name: str
    file: Path
    row: int
    kind: str
    time: datetime

    @property
    def split(self) -> str:
        """`train`, `val` or `test`, by date."""
        return "train" if self.time < VALIDATION else "val" if self.time < TEST else "test"


def catalogue(root: Path, kind: str = "vil") -> list[Event]:
    """Events of one kind that miss nothing, in order of the catalogue."""
    path = root / "CATALOG.csv"
    if not path.exists():
        raise FileNotFoundError(f"{path}: missing; it lies beside `data/` in the SEVIR download")
    found = []
    with path.open(newline="") as f:
        rows = csv.DictReader(f)
        absent = [c for c in COLUMNS if c not in (rows.fieldnames or ())]
        if absent:
            raise ValueError(f"{path}: no column {', '.join(absent)}")
        for row in rows:
            if row["img_type"] == kind and float(row["pct_missing"] or 0) == 0:
                time = datetime.fromisoformat(row["time_utc"])
                file = root / "data" / row["file_name"]
                found.append(Event(row["id"], file, int(row["file_index"]), kind, time))
    if not found:
        raise ValueError(f"{path}: no complete event of kind `{kind}`")
    return found


def film(event: Event) -> np.ndarray:
    """One event `[49, H, W]` uint8; refuses a row that is not the catalogue's."""
    import h5py

    with h5py.File(event.file, "r") as f:
        name = f["id"][event.row]
        name = name.decode() if isinstance(name, bytes) else str(name)
        if name != event.name:
            raise ValueError(f"{event.file}: row {event.row} is {name}, not {event.name}")
        frames = f[event.kind][event.row]
    if frames.ndim != 3 or frames.shape[-1] != FRAMES or frames.dtype != np.uint8:
        raise ValueError(
            f"{event.file}: `{event.kind}` is {frames.dtype} {list(frames.shape)}, "
            f"not uint8 [H, W, {FRAMES}]"
        )
    return np.ascontiguousarray(np.moveaxis(frames, -1, 0))


def windows(
    root: Path,
    split: str,
    context: int = 13,
    leads: int = 12,
    stride: int | None = None,
    kind: str = "vil",
) -> Iterator[tuple[str, np.ndarray]]:
    """Event name and film `[context + leads, H, W]` uint8, event by event."""
    length = context + leads
    for event in catalogue(root, kind):
        if event.split == split:
            frames = film(event)
            for start in range(0, FRAMES - length + 1, stride or length):
                yield event.name, frames[start : start + length]
