"""Radar films: real events, one split each, and simulated rain to train on first.

A grey v in 1..254 is R = 0.1 · 10^(0.015 (v − 1)) mm/h, 0 is dry (below 0.1 mm/h), 255 no data.
The four events of `radar_dev/` (FMI, KNMI, NOAA/NSSL MRMS, MeteoNet) are splits of their own: a
model is trained on three and scored on the fourth. All MRMS windows are the same hour, so they are
one event; its 2-minute scans are thinned to every third (6 minutes), at each of three phases.

Films of `maker-*` are drawn: octaves of Gaussian noise that live for a time that grows with their
size (as in STEPS, Bowler et al. 2006), ride on a smooth divergence-free wind along exact
trajectories, and grow or decay by whole regions.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import fft
from scipy.ndimage import map_coordinates

from .clips import Clips

FULL, NO_DATA = 254, 255
DRY_DB, STEP_DB = -10.0, 0.15  # 0.1 mm/h; one grey
EVENTS = {
    "fmi-20160928": ("fmi_20160928_s.npz", 1),
    "knmi-20100826": ("knmi_20100826.npz", 1),
    "mrms-20190610": ("mrms_20190610_w*.npz", 3),
    "meteonet-20160828": ("meteonet_se_20160828.npz", 1),
}


def rain_mm_h(share: np.ndarray) -> np.ndarray:
    """0..1 (grey / 254) → mm/h; below the first grey is dry."""
    v = share * FULL
    return np.where(v < 0.5, 0.0, 10 ** ((DRY_DB + STEP_DB * (v - 1)) / 10))


def share_of(mm_h: float) -> float:
    """mm/h → 0..1; inverse of `rain_mm_h` for rates from 0.1 mm/h."""
    return ((10 * np.log10(mm_h) - DRY_DB) / STEP_DB + 1) / FULL


def events(root: Path) -> dict[str, Clips]:
    """Every event whole: films as long as the radar ran, `minutes` and `cell_km` as facts."""
    found = {}
    for name, (pattern, every) in EVENTS.items():
        files = sorted((root / "radar_dev").glob(pattern))
        if not files:
            raise FileNotFoundError(f"{root}/radar_dev/{pattern}: missing; set EMBERLINE_DATA")
        films, minutes, cells = [], [], []
        for f in files:
            with np.load(f) as z:
                for phase in range(every):
                    films.append(z["frames"][phase::every])
                    minutes.append(float(z["dt_min"]) * every)
                    cells.append(float(z["pixel_km"]))
        short = min(len(f) for f in films)
        facts = {"minutes": np.array(minutes), "cell_km": np.array(cells)}
        films = np.stack([f[:short] for f in films])
        found[name] = Clips(films, np.full(len(films), name), facts, FULL)
    return found


@dataclass(frozen=True)
class Storm:
    """What one simulated film is drawn from; lengths in cells, times in frames."""

    speed: float
    heading: float
    turning: float  # share of the speed that varies over the view
    slope: float  # of the power spectrum
    life: float  # frames a 64-cell pattern lives
    wet: float  # share of the view above 0.1 mm/h at the first frame
    contrast_db: float
    growth_db: float  # by which regions grow or decay in 10 frames

    @staticmethod
    def draw(rng: np.random.Generator) -> "Storm":
        """Draw from the spread seen in real radar at 5 minutes and 1 to 2 km."""
        return Storm(
            speed=float(np.clip(rng.lognormal(0.9, 0.5), 0.3, 8)),
            heading=float(rng.uniform(0, 2 * np.pi)),
            turning=float(rng.uniform(0.1, 0.5)),
            slope=float(rng.uniform(2.2, 3.2)),
            life=float(rng.lognormal(3.2, 0.4)),
            wet=float(rng.uniform(0.08, 0.7)),
            contrast_db=float(rng.uniform(4, 10)),
            growth_db=float(rng.exponential(1.5)),
        )


def octave(rng: np.random.Generator, n: int, wavelength: float) -> np.ndarray:
    """Periodic noise `[n, n]` of unit deviation around one wavelength."""
    k = np.hypot(*np.meshgrid(fft.fftfreq(n), fft.fftfreq(n), indexing="ij"))
    band = np.exp(-((np.log2(np.maximum(k, 1e-9) * wavelength) / 0.6) ** 2))
    field = fft.ifft2(fft.fft2(rng.standard_normal((n, n))) * band).real
    return field / field.std()


def wind(rng: np.random.Generator, storm: Storm, n: int) -> np.ndarray:
    """Velocity `[2, n, n]` (y, x), cells a frame; no divergence, so it makes no rain by itself."""
    stream = octave(rng, n, n / 2)
    wy, wx = np.gradient(np.pad(stream, 1, mode="wrap"))
    eddies = np.stack([wx, -wy])[:, 1:-1, 1:-1]
    eddies *= storm.speed * storm.turning / (np.abs(eddies).max() + 1e-9)
    mean = storm.speed * np.array([np.sin(storm.heading), np.cos(storm.heading)])
    return eddies + mean[:, None, None]


def film(rng: np.random.Generator, frames: int, n: int) -> np.ndarray:
    """One film `[frames, n, n]` of greys."""
    storm, domain = Storm.draw(rng), 2 * n
    wavelengths = [domain / 2**i for i in range(1, 7) if domain / 2**i >= 3]
    weights = np.array([w ** ((storm.slope - 1) / 2) for w in wavelengths])
    weights /= np.hypot.reduce(weights)
    octaves = [octave(rng, domain, w) for w in wavelengths]
    v, region = wind(rng, storm, domain), octave(rng, domain, n)
    grid = np.stack(np.meshgrid(np.arange(domain), np.arange(domain), indexing="ij")).astype(float)
    back, cut = np.zeros_like(v), (slice(n // 2, n // 2 + n),) * 2
    out = np.empty((frames, n, n))
    for t in range(frames):
        if t:
            back = v + np.stack([at(b, grid - v) for b in back])
            for i, w in enumerate(wavelengths):
                keep = np.exp(-1 / (storm.life * (w / 64) ** 0.9))
                fresh = octave(rng, domain, w)
                octaves[i] = keep * octaves[i] + np.sqrt(1 - keep**2) * fresh
        total = sum(c * o for c, o in zip(weights, octaves, strict=True))
        total = total + region * storm.growth_db / storm.contrast_db * t / 10
        out[t] = at(total, grid - back)[cut]
    db = (out - np.quantile(out[0], 1 - storm.wet)) * storm.contrast_db
    return np.where(db < 0, 0, np.clip(np.round(db / STEP_DB) + 1, 1, FULL)).astype(np.uint8)


def at(field: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Field at positions `[2, n, n]`, periodic, bilinear."""
    return map_coordinates(field, where, order=1, mode="grid-wrap")


def draw(split: str, count: int, frames: int, n: int, seed: int) -> Clips:
    """`count` simulated films; film `i` is the same whatever `count` is."""
    films = [film(np.random.default_rng([seed, i]), frames, n) for i in range(count)]
    event = np.array([f"{split}-{seed}-{i}" for i in range(count)])
    return Clips(np.stack(films), event, {}, FULL)


def make(scale: float, root: Path) -> tuple[dict[str, Clips], dict]:
    """All splits."""
    count = lambda full: max(round(full * scale), 4)  # noqa: E731
    splits = {
        **events(root),
        "maker-train": draw("maker-train", count(1500), 20, 96, 1),
        "maker-val": draw("maker-val", count(60), 20, 96, 2),
    }
    return splits, {"set": "rain", "unit": "grey 1..254: 0.1 * 10^(0.015 (v - 1)) mm/h"}
