"""Turn a simulated fire into the film a real camera would have made of it.

A stored fire is physics: an arrival time per cell. A film adds what cameras and labels do: an
uneven clock, canopy that hides pieces of the front, flicker of the mask's edge, patches that blink,
gain drift, smoke, shake, an oblique view, compression. Everything is drawn from one generator, so a
film is the same for the same seed.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from .front import burnt_from_heat, maps_of

NEVER = 99.0  # frames; stands for +inf where arrays must stay finite
LATER = 130.0  # the same, of fires that are known for longer
GROWS = 0.1  # of its area, by which a fire grows within the leads if it grows


@dataclass(frozen=True)
class FilmConfig:
    """How films are cut and how hard they are degraded; shares are probabilities."""

    context: int = 10
    leads: int = 20
    grid: int = 64
    clean: float = 0.35  # share of films without label noise and with an even clock
    mask: float = 0.6  # share of mask films; the rest is thermal
    uneven_clock: float = 0.5
    stall: float = 0.05  # growth slows or stops for the rest of the film
    lumps: float = 0.1  # share of noisy mask films that grow by whole patches
    oblique: float = 0.4
    rough_px: float = 2.0  # how far a label's edge may lie off, at most
    flicker_px: float = 1.6  # how far it may move from frame to frame, at most
    rate: tuple[float, float] = (0.35, 1.35)  # simulated frames per film frame
    history: float = 0.0  # share of films that began long before the first context frame
    clutter: float = 0.0  # share of thermal films with rocks, roads or roofs that are warm, too
    growing: float = 0.0  # share of films of fires that hardly grow any more that is left out


@dataclass(frozen=True)
class Fire:
    """One stored fire; maps `[H, W]`, times in frames."""

    arrival: np.ndarray
    ros: np.ndarray
    intensity: np.ndarray
    residence: float


@dataclass(frozen=True)
class Sample:
    """What the network sees and what it should say."""

    frames: np.ndarray  # [T, H, W] float32 in 0..1
    front: np.ndarray  # [6, H, W], see `front.maps_of`
    future: np.ndarray  # [L, H, W] float32 in 0..1
    burnt_by: np.ndarray  # [H, W] first lead by which a cell burns; 0 burnt now; L+1 no more
    is_mask: bool


def patches(rng: np.random.Generator, shape: tuple[int, int], scale_px: float) -> np.ndarray:
    """Smooth random field `[H, W]` of about unit deviation and `scale_px` correlation length."""
    h, w = shape
    gh, gw = int(np.ceil(h / scale_px)) + 3, int(np.ceil(w / scale_px)) + 3
    coarse = rng.normal(size=(gh, gw)).astype(np.float32)
    size = (int(np.ceil(gw * scale_px)), int(np.ceil(gh * scale_px)))
    return cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)[:h, :w] * 1.3


def film_clock(rng: np.random.Generator, cfg: FilmConfig, span: float, clean: bool) -> np.ndarray:
    """Simulated time `[T + L]` of each film frame within 0..span; even where `clean`."""
    n = cfg.context + cfg.leads
    rate = min(np.exp(rng.uniform(*np.log(cfg.rate))) * span / 40.0, span / n)
    steps = np.full(n, rate)
    if not clean and rng.random() < cfg.uneven_clock:  # fires grow in bursts
        shape = rng.uniform(0.6, 3.0)
        steps = gaussian_filter(
            rng.gamma(shape, rate / shape, n), rng.uniform(0.3, 1.5), mode="wrap"
        )
        steps *= min(1.0, span / max(steps.sum(), 1e-6))
    if not clean and rng.random() < cfg.stall:  # rain, suppression, a lull
        steps[int(rng.integers(cfg.context - 4, n)) :] *= rng.uniform(0.0, 0.7)
    clock = np.cumsum(steps)
    return clock + rng.uniform(0, max(span - clock[-1], 0.0))


def cut(rng: np.random.Generator, fire: Fire, cfg: FilmConfig, clock: np.ndarray) -> Fire:
    """Crop (around the front), flip and turn; now and then an oblique, foreshortened view."""
    maps = [np.minimum(fire.arrival, LATER), fire.ros, fire.intensity]
    maps = [m.astype(np.float32) for m in maps]
    h, w = maps[0].shape
    if rng.random() < cfg.oblique:
        maps = oblique(rng, maps)
    if h > cfg.grid or w > cfg.grid:
        now, end = clock[cfg.context - 1], clock[-1]
        near = np.argwhere((maps[0] > now) & (maps[0] <= end))
        y, x = near[rng.integers(len(near))] if len(near) else (h // 2, w // 2)
        y0 = int(np.clip(y - rng.integers(cfg.grid // 4, 3 * cfg.grid // 4), 0, h - cfg.grid))
        x0 = int(np.clip(x - rng.integers(cfg.grid // 4, 3 * cfg.grid // 4), 0, w - cfg.grid))
        maps = [m[y0 : y0 + cfg.grid, x0 : x0 + cfg.grid] for m in maps]
    turn, flip = int(rng.integers(4)), bool(rng.integers(2))
    maps = [np.rot90(m, turn)[:, :: -1 if flip else 1] for m in maps]
    return Fire(*(np.ascontiguousarray(m) for m in maps), fire.residence)


def oblique(rng: np.random.Generator, maps: list[np.ndarray]) -> list[np.ndarray]:
    """View maps from the side: rows squeezed by up to a half, columns converging to the top."""
    h, w = maps[0].shape
    squeeze, converge = rng.uniform(1.0, 1.8), rng.uniform(0.0, 0.35)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    y = (yy - h / 2) * squeeze + h / 2
    x = (xx - w / 2) * (1 + converge * (1 - yy / h)) + w / 2
    outside = (y < 0) | (y > h - 1)
    seen = [map_coordinates(m, (y, x), order=0, mode="nearest") for m in maps]
    seen[0] = np.where(outside, LATER, seen[0])
    return seen


def lumped(rng: np.random.Generator, arrival: np.ndarray) -> np.ndarray:
    """Let whole patches burn at once, as labellers (and drone segmenters) see a broken front."""
    h, w = arrival.shape
    size, wander = rng.uniform(3, 9), rng.uniform(1, 4)
    yy, xx = np.mgrid[0:h, 0:w]
    row = (yy + wander * patches(rng, (h, w), size)) // size
    col = (xx + wander * patches(rng, (h, w), size)) // size
    _, label = np.unique(row * 1000 + col, return_inverse=True)
    label = label.reshape(-1)
    soon = np.minimum(arrival, LATER).reshape(-1)
    together = np.bincount(label, soon) / np.bincount(label)
    keep = rng.uniform(0.0, 0.5)
    return (keep * soon + (1 - keep) * together[label]).reshape(h, w)


def masks_of(
    rng: np.random.Generator, fire: Fire, cfg: FilmConfig, clock: np.ndarray, clean: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masks as labelled, the burnt truth, both `[T + L, H, W]` bool, and arrival as labelled.

    The truth never shrinks.
    """
    shape, n = fire.arrival.shape, len(clock)
    if clean:
        burnt = fire.arrival[None] <= clock[:, None, None]
        return burnt, burnt, fire.arrival
    speed = np.clip(
        np.median(fire.ros[fire.ros > 0.02]) if (fire.ros > 0.02).any() else 0.5, 0.1, 3
    )
    rough = patches(rng, shape, rng.uniform(3, 14)) * rng.uniform(0, cfg.rough_px) / speed
    arrival = fire.arrival + np.clip(rough, -6, 6)
    if rng.random() < cfg.lumps:
        arrival = lumped(rng, arrival)
    jitter = rng.uniform(0, cfg.flicker_px) / speed  # px of edge flicker, in frames
    scale, keep = rng.uniform(3, 12), rng.uniform(0.0, 0.9)
    wobble = patches(rng, shape, scale)
    hide = rng.uniform(0.0, 0.5) if rng.random() < 0.5 else 0.0
    cover = patches(rng, shape, rng.uniform(6, 20))
    goes_out = rng.uniform(4, 30) if rng.random() < 0.35 else np.inf
    masks = np.empty((n, *shape), bool)
    for k, t in enumerate(clock):
        wobble = keep * wobble + np.sqrt(1 - keep**2) * patches(rng, shape, scale)
        m = (arrival + jitter * wobble <= t) & (t - arrival <= goes_out)
        if hide:
            cover = 0.8 * cover + 0.6 * patches(rng, shape, 10)
            m &= cover > -1.9 + 1.9 * hide * 2
        if rng.random() < 0.04 and k:  # a dropped frame repeats the last one
            m = masks[k - 1]
        masks[k] = m
    return masks, np.maximum.accumulate(masks, axis=0), arrival


def warm_ground(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Rocks, roads and roofs `[H, W]`: how warm they are, as a share of a fire's heat."""
    rocks = patches(rng, shape, rng.uniform(5, 25))
    over = np.clip((rocks - np.quantile(rocks, rng.uniform(0.7, 0.97))) * rng.uniform(1, 6), 0, 1)
    road = np.abs(patches(rng, shape, rng.uniform(20, 60))) < rng.uniform(0.02, 0.06)
    warm = over * rng.uniform(0.2, 0.85)
    if rng.random() < 0.4:
        warm = np.maximum(warm, road * rng.uniform(0.15, 0.5))
    return warm * (1 + 0.1 * patches(rng, shape, 3))


def without_clutter(film: np.ndarray, burnt: np.ndarray) -> np.ndarray:
    """Frames `[T, H, W]` in which only what has burnt is warm, as the runtime shows them."""
    return np.where(burnt, film, np.median(film, axis=(1, 2), keepdims=True)).astype(np.float32)


def heat_of(
    rng: np.random.Generator,
    fire: Fire,
    clock: np.ndarray,
    clean: bool,
    warm: np.ndarray | None = None,
) -> np.ndarray:
    """Thermal film `[T + L, H, W]` float32 in 0..1, as a camera with automatic gain shows it.

    `warm` is how warm the ground is besides, see `warm_ground`.
    """
    shape, n = fire.arrival.shape, len(clock)
    rate = max(float(np.mean(np.diff(clock))), 1e-3)
    cross = 1.0 / np.maximum(fire.ros, 0.05)  # frames for the front to cross a cell
    residence = max(fire.residence, rng.uniform(0.2, 2.0) * rate)
    cooling = np.exp(rng.uniform(np.log(1.5), np.log(30))) * rate
    peak = np.clip(0.62 + 0.09 * fire.intensity, 0.55, 1.0)
    ground = rng.uniform(0.03, 0.3)
    texture = patches(rng, shape, rng.uniform(2, 24)) * rng.uniform(0.004, 0.05)
    glint = (rng.random(shape) < 0.002) * rng.uniform(0, 0.5) * (rng.random() < 0.3)
    if warm is not None:
        texture = texture + warm * (0.7 - ground)
    canopy = patches(rng, shape, rng.uniform(2, 8))
    closed = rng.uniform(-3, 0.3) if not clean else -9.0
    blur = rng.uniform(0.4, 1.1)
    smoke = patches(rng, shape, 20) if (not clean and rng.random() < 0.3) else None
    gain, offset, shake = 1.0, 0.0, np.zeros(2)
    film = np.empty((n, *shape), np.float32)
    for k, t in enumerate(clock):
        age = t - fire.arrival
        lit = age >= 0
        flaming = lit & (age <= cross + residence)
        glow = np.where(lit, 0.55 * np.exp(-np.maximum(age - cross, 0) / cooling) + 0.05, 0.0)
        q = ground + texture + glint + np.where(flaming, peak - ground, glow * (peak - ground))
        if closed > -9:
            hidden = canopy + 0.25 * patches(rng, shape, 4) < closed
            q = np.where(hidden, ground + texture + 0.3 * (q - ground), q)
        if smoke is not None:
            smoke = 0.9 * smoke + 0.4 * patches(rng, shape, 16)
            q = q - np.clip(smoke, 0, 2) * 0.15 * (q - ground)
        q = gaussian_filter(q, blur)
        if not clean:
            gain = float(np.clip(gain + rng.normal(0, 0.02), 0.75, 1.25))
            offset = float(np.clip(offset + rng.normal(0, 0.01), -0.08, 0.08))
            shake = 0.7 * shake + rng.normal(0, 0.15, 2)
            q = np.roll(q * gain + offset, tuple(np.rint(shake).astype(int)), (0, 1))
        film[k] = q + rng.normal(0, rng.uniform(0.002, 0.015), shape)
    return np.rint(np.clip(film, 0, 1) * 255).astype(np.float32) / 255


def sample_of(
    rng: np.random.Generator, fire: Fire, cfg: FilmConfig, span: float = 40.0
) -> Sample | None:
    """Render one training sample, or `None` where nothing burns or nothing is left to burn.

    `span` is for how many simulated frames the fire is known.
    """
    t = cfg.context
    clean = bool(rng.random() < cfg.clean)
    clock = film_clock(rng, cfg, span=span, clean=clean)
    fire = cut(rng, fire, cfg, clock)
    known = [int((fire.arrival <= clock[k]).sum()) for k in (t - 1, -1)]
    grows = known[1] > (1 + GROWS) * known[0]
    if not grows and rng.random() < cfg.growing:
        return None
    remembers = bool(rng.random() < cfg.history)
    is_mask = bool(rng.random() < cfg.mask)
    arrival = fire.arrival
    if is_mask:
        masks, burnt, arrival = masks_of(rng, fire, cfg, clock, clean)
        if remembers:
            burnt = burnt | (arrival <= clock[0])
        film = masks.astype(np.float32)
        if rng.random() < 0.5:
            film = burnt.astype(np.float32)  # some labellers never un-burn
        context_burnt, later = burnt[:t], burnt[t:]
    else:
        warm = warm_ground(rng, arrival.shape) if rng.random() < cfg.clutter else None
        film = heat_of(rng, fire, clock, clean, warm)
        if warm is None:
            context_burnt, _ = burnt_from_heat(film[:t])
            if remembers:
                context_burnt = context_burnt | (arrival <= clock[0])
        else:  # as a tracker sees it
            _, burnt, arrival = masks_of(rng, fire, cfg, clock, clean=False)
            burnt = burnt | (arrival <= clock[0])
            context_burnt, film = burnt[:t], without_clutter(film, burnt)
        later = (fire.arrival[None] <= clock[t:, None, None]) | context_burnt[-1]
    now = context_burnt[-1]
    # Ground that burnt before and has cooled looks unburnt, but does not burn again.
    cold = np.zeros_like(now) if is_mask else (fire.arrival <= clock[t - 1]) & ~now
    if not 4 <= int(now.sum()) <= 0.8 * now.size:
        return None
    first = np.argmax(later, axis=0) + 1
    burnt_by = np.where(later[-1], first, cfg.leads + 1).astype(np.int64)
    burnt_by[cold] = cfg.leads + 1
    burnt_by[now] = 0
    since = None
    if remembers:
        rate = max(float(np.mean(np.diff(clock))), 1e-3)
        began = t + rng.integers(0, 90)
        since = np.clip((clock[t - 1] - arrival) / rate + 1, 1, began)
        seen = np.argmax(context_burnt, axis=0)
        since = np.where(context_burnt[0] & now, np.maximum(since, t), t - seen)
    front = maps_of(film[:t], context_burnt, since)
    return Sample(film[:t], front, film[t:], burnt_by, is_mask)
