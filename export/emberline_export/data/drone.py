"""Real masks: windows of the drone films, which choose and validate and are never trained on."""

from collections.abc import Iterator

import numpy as np

from .film import Sample
from .front import maps_of
from .root import data_root


def real_windows(steps: tuple[int, ...] = (2, 4), leads: int = 10) -> Iterator[tuple[str, Sample]]:
    """Mask windows of the drone films B and C at 30 s and 60 s (every 2nd and 4th frame).

    What has burnt is remembered from each film's first frame on, as the runtime does.
    """
    for name in "BC":
        z = np.load(data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz")
        mask = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(bool)
        burnt_all, first_all = np.maximum.accumulate(mask, axis=0), np.argmax(mask, axis=0)
        for step in steps:
            for start in range(0, len(mask) - (10 + leads - 1) * step):
                at = [start + step * k for k in range(10 + leads)]
                film, burnt = mask[at], burnt_all[at]
                now, later = burnt[9], burnt[10:]
                if not now.any():
                    continue
                first = np.argmax(later, axis=0) + 1
                by = np.where(now, 0, np.where(later[-1], first, leads + 1)).astype(np.int64)
                film = film.astype(np.float32)
                since = np.where(now, (at[9] - first_all) / step + 1, 0)
                front = maps_of(film[:10], burnt[:10], since)
                sample = Sample(film[:10], front, film[10:], by, True)
                yield f"{name}{step * 15}", sample
