"""Real masks: windows of the drone films, which choose and validate and are never trained on."""

from collections.abc import Iterator

import numpy as np

from .film import Sample
from .front import maps_of
from .root import data_root


def real_windows(steps: tuple[int, ...] = (2, 4), leads: int = 10) -> Iterator[tuple[str, Sample]]:
    """Mask windows of the drone films B and C at 30 s and 60 s (every 2nd and 4th frame)."""
    for name in "BC":
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        mask = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(bool)
        for step in steps:
            for start in range(0, len(mask) - (10 + leads - 1) * step):
                film = mask[start : start + (10 + leads) * step : step][: 10 + leads]
                burnt = np.maximum.accumulate(film, axis=0)
                now, later = burnt[9], burnt[10:]
                if not now.any():
                    continue
                first = np.argmax(later, axis=0) + 1
                by = np.where(now, 0, np.where(later[-1], first, leads + 1)).astype(np.int64)
                film = film.astype(np.float32)
                sample = Sample(film[:10], maps_of(film[:10], burnt[:10]), film[10:], by, True)
                yield f"{name}{step * 15}", sample
