"""What each scale of rain keeps for how long: a cascade of Gaussian differences of dBR.

Low-pass fields of 1, 2, 4 … 32 km (a deviation narrower than half a cell is left out) are Gaussian
means of the cells that are seen; bands are their differences, the last one is the rest about the
mean. Of each band the correlation along the motion is measured at the ages of the older frames, and
falls as exp(−(t / τ)^β): β is fixed by scale, because errors of motion make the correlation of
large scales fall ever faster; τ is the event's own, drawn to what is common where little is known.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

SCALES_KM = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
# By band, finest first (finer than 1 km … coarser than 32 km): power of time, and usual life.
BETA = (0.8, 0.95, 1.0, 1.15, 1.35, 1.5, 1.4)
LIFE_MIN = (3.0, 10.5, 19.0, 36.0, 65.0, 125.0, 280.0)
USUAL = 0.5  # weight of the usual life beside one measured lag
LEAST_CELLS = 0.5
BLOCKS_WITHIN = 3.0  # blocks within the deviation of a Gaussian that is computed on them


def coarser(sigma_cells: float) -> int:
    """Side of the blocks that a wide Gaussian is computed on: a power of two, a third of it."""
    f = 1
    while sigma_cells / (2 * f) >= BLOCKS_WITHIN:
        f *= 2
    return f


def blocks(x: np.ndarray, f: int) -> np.ndarray:
    """Means over squares of `f` cells from the first row and column on, zero beyond the border."""
    h, w = x.shape
    x = np.pad(x, ((0, -h % f), (0, -w % f)))
    return x.reshape(x.shape[0] // f, f, -1, f).mean((1, 3), dtype=np.float32)


def middles(cells: int, count: int, f: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each cell the two blocks between whose middles it lies, and its share of the way."""
    at = np.clip((np.arange(cells) + 0.5) / f - 0.5, 0, count - 1)
    low = at.astype(int)
    return low, np.minimum(low + 1, count - 1), (at - low).astype(np.float32)


def from_blocks(x: np.ndarray, f: int, shape: tuple[int, int]) -> np.ndarray:
    """Bilinear between the middles of blocks, the outermost repeated."""
    (j, j1, down), (i, i1, right) = (
        middles(cells, n, f) for cells, n in zip(shape, x.shape, strict=True)
    )
    line = x[:, i] * (1 - right) + x[:, i1] * right
    return line[j] * (1 - down[:, None]) + line[j1] * down[:, None]


def smoothed(x: np.ndarray, seen: np.ndarray, sigma_cells: float) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian mean of the seen cells around each, and how much of the Gaussian is seen.

    Zero outside the view. A wide Gaussian is computed on blocks of `f` cells, whose own width and
    that of the straight lines between them, `(f² − 1)/12 + f²/6`, are taken off its variance.
    """
    f = coarser(sigma_cells)
    sigma = np.sqrt(sigma_cells**2 - (f * f - 1) / 12 - f * f / 6) / f if f > 1 else sigma_cells
    radius = int(3 * sigma + 0.5)

    def soft(of: np.ndarray) -> np.ndarray:
        of = blocks(of, f) if f > 1 else of
        return gaussian_filter(of, sigma, mode="constant", radius=radius)

    weight = soft(seen.astype(np.float32))
    mean = soft(np.where(seen, x, 0).astype(np.float32)) / np.maximum(weight, 1e-6)
    if f == 1:
        return mean, weight
    return from_blocks(mean, f, x.shape), from_blocks(weight, f, x.shape)


def smooth(x: np.ndarray, seen: np.ndarray, sigma_cells: float) -> np.ndarray:
    """Gaussian mean of the seen cells around each; 0 where there are none, by a floor."""
    return smoothed(x, seen, sigma_cells)[0]


def filled(db: np.ndarray, cell_km: float, dry_db: float) -> np.ndarray:
    """dBR with no-data replaced by the mean of what is seen within some 16 km, or dry."""
    seen = ~np.isnan(db)
    if seen.all():
        return db.astype(np.float32)
    near, weight = smoothed(db, seen, 8 / cell_km)
    return np.where(seen, db, np.where(weight > 0.01, near, dry_db)).astype(np.float32)


@dataclass(frozen=True)
class Cascade:
    """Bands of the last frame, coarsest last, and how they fade."""

    mean_db: float
    bands: np.ndarray  # [B, H, W]
    power: np.ndarray  # [B, H, W]: mean square around each cell
    life_min: np.ndarray  # [B]
    beta: np.ndarray  # [B]

    def kept(self, minutes: float) -> np.ndarray:
        """Correlation `[B]` so many minutes ahead."""
        return np.exp(-((minutes / self.life_min) ** self.beta))

    def mean(self, minutes: float) -> np.ndarray:
        """Expected dBR, not yet carried."""
        return self.mean_db + np.tensordot(self.kept(minutes), self.bands, 1)

    def sigma(self, minutes: float) -> float:
        """Deviation of the whole view from it, dB."""
        lost = 1 - self.kept(minutes) ** 2
        return float(np.sqrt((lost * (self.bands**2).mean((1, 2))).sum()))

    def sigma_near(self, minutes: float) -> np.ndarray:
        """Deviation around each cell, dB, not yet carried."""
        return np.sqrt(np.tensordot(1 - self.kept(minutes) ** 2, self.power, 1))


def lows(db: np.ndarray, seen: np.ndarray, cell_km: float) -> tuple[list[np.ndarray], list[int]]:
    """The field and its low-pass fields, and the band each difference is."""
    use = [k for k, s in enumerate(SCALES_KM) if s / cell_km >= LEAST_CELLS]
    return [db] + [smooth(db, seen, SCALES_KM[k] / cell_km) for k in use], [*use, len(SCALES_KM)]


def split(db: np.ndarray, seen: np.ndarray, cell_km: float) -> tuple[float, np.ndarray, list[int]]:
    """Mean, bands `[B, H, W]`, and which they are."""
    fields, which = lows(db, seen, cell_km)
    mean = float(db[seen].mean()) if seen.any() else float(db.mean())
    fields.append(np.full_like(db, mean))
    return mean, np.stack([a - b for a, b in zip(fields, fields[1:], strict=False)]), which


def cascade(
    db: np.ndarray,
    seen: np.ndarray,
    older: list[tuple[float, np.ndarray, np.ndarray]],
    cell_km: float,
) -> Cascade:
    """Of the last frame, filled, and older ones carried to it: (age in minutes, dBR, seen)."""
    mean, bands, which = split(db, seen, cell_km)
    beta, usual = (np.array(a)[which] for a in (BETA, LIFE_MIN))
    log_life, weight = USUAL * np.log(usual), np.full(len(which), USUAL)
    for age, past, known in older:
        both = seen & known
        if both.sum() < 100:
            continue
        other = split(past, known, cell_km)[1]
        for k in range(len(which)):
            a, b = bands[k][both], other[k][both]
            power = np.sqrt(float((a * a).mean()) * float((b * b).mean()))
            rho = np.clip(float((a * b).mean()) / max(power, 1e-9), 0.02, 0.9995)
            log_life[k] += np.log(age) - np.log(-np.log(rho)) / beta[k]
            weight[k] += 1
    reach = [*(2 * SCALES_KM[k] for k in which[:-1]), 64.0]
    power = np.stack([smooth(b * b, seen, r / cell_km) for b, r in zip(bands, reach, strict=True)])
    return Cascade(mean, bands, power, np.exp(log_life / weight), beta)
