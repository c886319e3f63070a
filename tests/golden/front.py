"""Write `front.npz`: fronts of small made-up fires, worked out by SciPy.

Oracle: scipy 1.17.1 (`distance_transform_edt`, `binary_erosion`, `gaussian_filter`), numpy 2.4.6.
Run from the repository root: `python tests/golden/front.py`.
"""

from pathlib import Path

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


def front(burnt: np.ndarray, burnt_for: np.ndarray) -> dict[str, np.ndarray]:
    """Front of masks `[T, H, W]` of cells burnt for so many frames, as `runtime/vision/src/front/` does."""
    t = len(burnt)
    now = burnt[-1]
    zero = np.zeros(now.shape)
    if not now.any():
        still = zero + np.log(100)
        nothing = {"distance": zero + 1e3, "age": zero, "global": np.array(0.0), "local": zero}
        return {**nothing, "still": still}
    distance, nearest = distance_transform_edt(~now, return_indices=True)
    edge = now & ~binary_erosion(now, CROSS, border_value=1)
    mean = max((now.sum() - burnt[0].sum()) / max(edge.sum(), 1) / max(t - 1, 1), 0.0)
    j = min(5, t - 1)
    if j and burnt[t - 1 - j].any():
        speed = distance_transform_edt(~burnt[t - 1 - j]) / j
    else:
        speed = zero + mean
    blur = {"sigma": 2.0, "mode": "constant", "truncate": 4.0}
    waited = np.log(np.clip(burnt_for, 1, 100))
    if edge.any():
        inner = distance_transform_edt(~edge, return_indices=True)[1]
        at = np.where(now, inner, nearest)
        weight = np.where(edge, gaussian_filter(edge.astype(float), **blur), 1.0)
        local, still = (
            np.where(edge, gaussian_filter(edge * v, **blur) / weight, 0.0)[at[0], at[1]]
            for v in (speed, waited)
        )
    else:
        local, still = zero + mean, zero + np.log(100)
    age = np.where(now, (t - burnt.argmax(0)) / t, 0.0)
    maps = {"distance": distance, "age": age, "global": np.array(mean), "local": local}
    return {**maps, "still": still}


def fire(rng: np.random.Generator, t: int, h: int, w: int, spots: int, late: float) -> np.ndarray:
    """Masks `[T, H, W]` of fires from `spots` that spread unevenly; the first burns at `late`."""
    yy, xx = np.mgrid[:h, :w]
    slow = np.exp(gaussian_filter(rng.normal(size=(h, w)), 4) * 8)
    arrival = np.full((h, w), np.inf)
    for _ in range(spots):
        y, x = rng.uniform(0, h), rng.uniform(0, w)
        wind = rng.uniform(0.5, 2, size=2)
        far = np.hypot((yy - y) * wind[0], (xx - x) * wind[1])
        arrival = np.minimum(arrival, late + far * slow * 0.6)
    return arrival[None] <= np.arange(t)[:, None, None]


def main() -> None:
    """Make the cases and store masks and fronts side by side."""
    rng = np.random.default_rng(20261124)
    noise = rng.random((6, 33, 47))
    cases = {
        "one": fire(rng, 10, 64, 80, 1, 0),
        "three": fire(rng, 10, 80, 64, 3, -2),
        "late": fire(rng, 10, 48, 48, 2, 6),
        "short": fire(rng, 3, 40, 56, 2, -3),
        "still": np.repeat(fire(rng, 1, 40, 40, 2, -5), 10, 0),
        "noise": np.logical_or.accumulate(noise < 0.08, 0),
        "cell": np.arange(40 * 32).reshape(1, 32, 40).repeat(10, 0) == 700,
        "alone": fire(rng, 1, 32, 32, 1, -4),
        "nothing": np.zeros((10, 32, 36), bool),
        "everything": np.arange(10)[:, None, None] >= np.full((1, 32, 34), 4),
    }
    out, waits = {}, np.random.default_rng(6)
    for name, burnt in cases.items():
        out[f"{name}_burnt"] = burnt
        # As long as the masks tell, and of cells burnt from the first on up to 150 frames longer.
        since = np.where(burnt[-1], len(burnt) - burnt.argmax(0), 0).astype(np.float32)
        since += np.where(burnt[0], waits.integers(0, 150, since.shape), 0).astype(np.float32)
        out[f"{name}_burnt_for"] = since
        for key, value in front(burnt, since).items():
            out[f"{name}_{key}"] = value.astype(np.float32)
    path = Path(__file__).with_suffix(".npz")
    np.savez_compressed(path, **out)
    print(path, path.stat().st_size, "bytes", {k: int(v[-1].sum()) for k, v in cases.items()})


if __name__ == "__main__":
    main()
