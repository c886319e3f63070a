"""Pictures for a watched folder: grey PNG files of a fire that grows."""

import os
import random
import struct
import zlib
from pathlib import Path


def png(values: bytes, width: int) -> bytes:
    """A grey picture of 8 bits a cell, row 0 on top."""
    height = len(values) // width
    rows = b"".join(b"\0" + values[y * width : (y + 1) * width] for y in range(height))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def fire(k: int, width: int = 48, height: int = 40) -> bytes:
    """The `k`-th picture: a hot spot that grows by a cell each ten pictures, in noise."""
    rng = random.Random(k)
    radius = 3 + (k // 10) % 12
    values = bytearray(20 + rng.randrange(4) for _ in range(width * height))
    for y in range(height):
        for x in range(width):
            if (y - height // 2) ** 2 + (x - width // 2) ** 2 <= radius**2:
                values[y * width + x] = 210 + rng.randrange(20)
    return png(bytes(values), width)


def even(level: int, width: int = 48, height: int = 40) -> bytes:
    """A picture without anything in it."""
    return png(bytes([level]) * (width * height), width)


def put(folder: Path, name: str, picture: bytes, taken: float) -> None:
    """Puts a picture there in one step, as careful cameras do, with this time."""
    part = folder / f".{name}.part"
    part.write_bytes(picture)
    os.utime(part, (taken, taken))
    os.replace(part, folder / name)
