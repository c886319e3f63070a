"""Contact sheet: 24 fires of a shard as isochrones, with the front at frames 0, 9, 19 and 29.

python -m emberline_export data fire-sheet SHARD OUT.png
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .landscape import KINDS, UNBURNABLE

if TYPE_CHECKING:
    from PIL import Image

FIRES, COLUMNS = 24, 6
TILE_PX = 256
CAPTION_PX = 14
FRONTS = (0, 9, 19, 29)
LAST = 30.0  # frames on the colour scale
# Dark red at frame 0 to pale yellow at frame 30; burnt before frame 0 is dark grey.
SCALE = np.array([(110, 0, 20), (200, 30, 15), (245, 120, 20), (255, 200, 70), (255, 250, 200)])
FRONT_COLOURS = {0: (0, 255, 255), 9: (80, 160, 255), 19: (190, 120, 255), 29: (255, 255, 255)}


def paint(arrival: NDArray[np.float32], fuel: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colour image `[n, n, 3]` of one fire's arrival `[n, n]` in frames, row 0 north."""
    image = np.empty((*arrival.shape, 3), np.uint8)
    image[:] = 40 + (fuel.astype(int) * 37 % 50)[..., None] * (0.6, 1.0, 0.5)
    image[np.isin(fuel, UNBURNABLE)] = (90, 110, 160)
    image[arrival <= 0] = (30, 26, 26)
    shown = (arrival > 0) & (arrival <= LAST)
    place = np.floor(arrival[shown] / 3) * 3 / LAST * (len(SCALE) - 1)  # bands of three frames
    knots = np.arange(len(SCALE))
    image[shown] = np.stack([np.interp(place, knots, c) for c in SCALE.T], axis=-1)
    return image


def outline(burnt: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Burnt pixels that touch an unburnt one, `[n, n]`."""
    inner = burnt.copy()
    inner[1:] &= burnt[:-1]
    inner[:-1] &= burnt[1:]
    inner[:, 1:] &= burnt[:, :-1]
    inner[:, :-1] &= burnt[:, 1:]
    return burnt & ~inner


def tile(shard: dict[str, NDArray], index: int) -> NDArray[np.uint8]:
    """One fire `[TILE_PX, TILE_PX, 3]`, fronts drawn one screen pixel wide."""
    arrival = shard["arrival"][index]
    zoom = max(TILE_PX // len(arrival), 1)
    image, big = (
        np.repeat(np.repeat(m, zoom, axis=0), zoom, axis=1)
        for m in (paint(arrival, shard["fuel"][index]), arrival)
    )
    for frame in FRONTS:
        image[outline(big <= frame)] = FRONT_COLOURS[frame]
    return image


def contact_sheet(shard: dict[str, NDArray]) -> Image.Image:
    """Picture of up to 24 fires, spread evenly over the shard."""
    from PIL import Image, ImageDraw

    total = len(shard["seed"])
    picks = np.unique(np.linspace(0, total - 1, min(FIRES, total)).round().astype(int))
    n = shard["arrival"].shape[-1]
    side = max(TILE_PX // n, 1) * n
    rows = -(-len(picks) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (side + 4), rows * (side + CAPTION_PX + 4)))
    draw = ImageDraw.Draw(sheet)
    for at, index in enumerate(picks):
        x, y = (at % COLUMNS) * (side + 4), (at // COLUMNS) * (side + CAPTION_PX + 4)
        sheet.paste(Image.fromarray(tile(shard, index)), (x, y + CAPTION_PX))
        draw.text((x, y), _caption(shard, index), fill=(255, 255, 255))
        # The arrow points where the wind of frame 0 blows to.
        to = np.radians(shard["wind_from_deg"][index][0] + 180)
        length = 4 + 0.5 * float(shard["wind_kmh"][index][0])
        cx, cy = x + 34, y + CAPTION_PX + 34
        end = (cx + length * np.sin(to), cy - length * np.cos(to))
        draw.line([(cx, cy), end], fill=(0, 255, 0), width=2)
        draw.ellipse([cx - 2, cy - 2, cx + 2, cy + 2], fill=(0, 255, 0))
    return sheet


def _caption(shard: dict[str, NDArray], index: int) -> str:
    """Seed, ignition, cell, interval, wind, and marks for spotting (s) and crown fire (c)."""
    marks = "s" if shard["spotting"][index] else ""
    marks += "c" if shard["crown_share"][index] > 0.05 else ""
    return (
        f"{shard['seed'][index]} {KINDS[shard['ignition'][index]]} "
        f"{shard['cell_m'][index]:.0f}m {shard['dt_s'][index]:.0f}s "
        f"{shard['wind_kmh'][index][0]:.0f}km/h {marks}"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `data fire-sheet`."""
    parser.add_argument("shard", type=Path, help="shard_NNNNN.npz of a folder of `data fire`")
    parser.add_argument("out", type=Path, help="picture to write, .png")


def main(args: argparse.Namespace) -> int:
    """Write the sheet of one shard."""
    with np.load(args.shard) as file:
        shard = dict(file)
    contact_sheet(shard).save(args.out)
    return 0
