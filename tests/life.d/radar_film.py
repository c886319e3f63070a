"""A film of a radar: frames of showers that go east, as FMI gives them out."""

import math
import os
import random
import time
from pathlib import Path

# How far the grid reaches, in metres along its projection.
WIDE_M, HIGH_M = 18993.8 * 40, 19149.1 * 64
# Bytes of 8 dBZ and of the most, and what a byte is beyond: (dBZ + 32) × 2.
FAINT, MOST, ZERO_DBZ = 80, 254, 64


def pgm(taken: float, columns: int, rows: int, values: bytes) -> bytes:
    """A frame of these bytes, row 0 in the north, on the grid of `columns` by `rows` cells."""
    facts = [
        time.strftime("obstime %Y%m%d%H%M", time.gmtime(taken)),
        "param CorrectedReflectivity",
        f"metersperpixel_x {WIDE_M / columns}",
        f"metersperpixel_y {HIGH_M / rows}",
        "type stereographic",
        "centrallongitude 25",
        "centrallatitude 90",
        "truelatitude 60",
        "bottomleft 18.6 57.93",
        "topright 34.903 69.005",
    ]
    told = "".join(f"# {fact}\n" for fact in facts)
    return f"P5\n{told}{columns} {rows}\n255\n".encode() + values


class Showers:
    """Rain on a strip of land that is wider than the radar sees: it goes east by a cell a frame."""

    def __init__(self, columns: int, rows: int, frames: int, rng: random.Random) -> None:
        """Enough of it for `frames`, which `rng` draws."""
        self.columns, self.rows, self.frames = columns, rows, frames
        self.wide = columns + frames
        self.strip = [bytearray(self.wide) for _ in range(rows)]
        for _ in range(self.wide * rows // 4_000):
            self._shower(rng)

    def _shower(self, rng: random.Random) -> None:
        """One more, from drizzle to hail."""
        x, y, dbz = rng.uniform(0, self.wide), rng.uniform(0, self.rows), rng.uniform(15, 52)
        across, along = rng.uniform(4, 22), rng.uniform(4, 22)
        for row in range(max(0, int(y - 2 * along)), min(self.rows, int(y + 2 * along))):
            line, off = self.strip[row], ((row - y) / along) ** 2
            for column in range(max(0, int(x - 2 * across)), min(self.wide, int(x + 2 * across))):
                value = dbz * math.exp(-off - ((column - x) / across) ** 2)
                byte = min(MOST, int(2 * (value + rng.random()) + ZERO_DBZ))
                line[column] = max(line[column], byte if byte >= FAINT else 0)

    def frame(self, k: int, taken: float) -> bytes:
        """The `k`-th, from 0, of this time."""
        first = self.frames - k
        seen = b"".join(bytes(line[first : first + self.columns]) for line in self.strip)
        return pgm(taken, self.columns, self.rows, seen)


def put(folder: Path, taken: float, frame: bytes) -> None:
    """Puts a frame there in one step, by the name of its time."""
    name = time.strftime("%Y%m%d%H%M.pgm", time.gmtime(taken))
    part = folder / f".{name}.part"
    part.write_bytes(frame)
    os.replace(part, folder / name)
