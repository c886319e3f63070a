"""Two pictures: errors over a flight by method, and the ground as one flight has seen it."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .films import WIDE_M
from .program import Flown
from .rows import Row
from .score import Track
from .tables import methods_of
from .world import World

WHITE, ORANGE = (255, 255, 255), (255, 150, 0)
PX_M = 2.0  # pixels a metre
NAMES = {
    ("poses + map", "noisy"): "telemetry + map",
    ("poses", "noisy"): "telemetry alone",
}


def errors(path: Path, rows: list[Row]) -> None:
    """Error between frames over time of the flight whose rows tell it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    told = [row for row in rows if row.get("track") and row["poses"] != "exact"]
    if not told:
        return
    fig, ax = plt.subplots(figsize=(7, 3.6))
    for method, poses in methods_of(told):
        (row,) = (r for r in told if (r["method"], r["poses"]) == (method, poses))
        values = np.array([np.nan if v is None else v for v in row["track"]])
        ax.plot(values, lw=1.3, label=NAMES.get((method, poses), method))
    ax.set(xlabel="second of the flight", ylabel="metres between frames", yscale="log")
    ax.set_title(f"Film {told[0]['film']}, {told[0]['path']}")
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7)
    fig.tight_layout()
    fig.savefig(path, dpi=100)
    plt.close(fig)


def mosaic(path: Path, world: World, made: Flown, track: Track) -> None:
    """The ground as frames lie by the method, what it calls burnt, and what has burnt in truth."""
    ground, frames = world.ground, world.film()
    wide, high = (side + WIDE_M for side in ground.size_m)
    size = int(wide * PX_M), int(high * PX_M)
    to_canvas = np.array([[PX_M, 0, wide / 2 * PX_M], [0, -PX_M, high / 2 * PX_M], [0, 0, 1]])
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    back = np.linalg.inv(to_canvas) @ np.linalg.inv(half)  # middles of pixels to metres
    total, views = np.zeros((*size[::-1], 3), np.float32), np.zeros(size[::-1], np.float32)
    for frame, found in zip(frames, made.found, strict=True):
        if np.isfinite(found).all():
            to = half @ found @ back
            colour = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, -1)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            total += cv2.warpPerspective(colour.astype(np.float32), to, size, flags=flags)
            ones = np.ones(frame.shape[:2], np.float32)
            views += cv2.warpPerspective(ones, to, size, flags=flags)
    picture = (total / np.maximum(views, 1)[..., None]).astype(np.uint8)
    truth = world.burnt(world.flight.seconds).astype(np.uint8)
    # A whole cell of what burns, where the canvas shows it: layer ‹cells› by ‹metres to cells›.
    for layer, cells, colour in (
        (made.burnt.astype(np.uint8), made.to_cells @ track.align, ORANGE),
        (truth, ground.cells(), WHITE),
    ):
        to = half @ cells @ back
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        there = cv2.warpPerspective(layer, to, size, flags=flags)
        there[views == 0] = 0
        edges, _ = cv2.findContours(there, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        edges = [e for e in edges if cv2.contourArea(e) > 20 * PX_M**2]
        cv2.drawContours(picture, edges, -1, colour, 1)
    Image.fromarray(picture).quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
