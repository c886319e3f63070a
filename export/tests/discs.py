"""Films of discs that drift: the smallest data a network of frames can learn from."""

import numpy as np

from emberline_export.onnx import ship


def discs(count: int, seed: int) -> np.ndarray:
    """Films of drifting discs, uint8 `[N, 20, 64, 64]`."""
    films = ship.discs(np.random.default_rng(seed), 20)[None]
    for k in range(1, count):
        films = np.concatenate([films, ship.discs(np.random.default_rng(seed + k), 20)[None]])
    return np.rint(films * 255).astype(np.uint8)
