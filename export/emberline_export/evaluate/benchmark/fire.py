"""Fire scores: new burn and arrival time of any method, from frames or from burn probability.

A method that forecasts thermal frames says how hot a cell has been by each lead, as a share of the
way from the background to the fire of the context; a fire model says how likely it has burnt. Both
are maps that never fall with lead, and both are read at a decision threshold that is chosen on the
validation films of the same grid, so that no method is held to another's scale.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...data.clips import Clips
from ...data.fire_starts import Start, starts
from ...data.front import front_from
from ...data.root import REPOSITORY
from ...data.scores.fire import NEVER_HORIZONS, arrival_frames
from ...models.simple.fire import arrival_of, flow_masks

LEADS = (1, 5, 10, 20)  # whose counts are kept
CHOSEN_BY = (1, 2, 3)  # of these: the threshold maximises the mean F1 at leads 5, 10, 20
THRESHOLDS = np.round(np.arange(0.05, 0.96, 0.05), 2)
FOLDER = REPOSITORY / "models" / "fire-v1"
FRONTS = ("mean-speed", "local-speed", "speed-blend")


# frames [L, H, W] or None, and burn probability [L, H, W] or None
Burner = Callable[[Start], tuple[np.ndarray | None, np.ndarray | None]]


def heat_share(frames: np.ndarray, start: Start) -> np.ndarray:
    """How hot each cell has been by each lead `[L, H, W]`, 0 background, 1 the context's fire."""
    background = float(np.median(start.context))
    peak = float(np.partition(start.context.reshape(-1), -17)[-17])
    share = (frames - background) / max(peak - background, 1e-3)
    return np.maximum.accumulate(np.where(start.now, 1.0, np.clip(share, 0, 1)), axis=0)


def front_burner(name: str, leads: int) -> Burner:
    """Wrap a forecaster of fronts: none, mean, local or blended speed, or the mask's flow."""
    lead = np.arange(1, leads + 1)[:, None, None]

    def run(s: Start) -> tuple[None, np.ndarray]:
        if name == "optical-flow":
            return None, flow_masks(s.context, s.now, leads).astype(np.float32)
        return None, (arrival_of(name, front_from(s.front))[None] <= lead).astype(np.float32)

    return run


def shipped(leads: int, folder: Path = FOLDER) -> Burner:
    """Wrap `models/fire-v1` as it is shipped, run by ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    names = [o.name for o in session.get_outputs()]
    maps = next(i.shape[1] for i in session.get_inputs() if i.name == "front")

    def run(s: Start) -> tuple[np.ndarray, np.ndarray]:
        feed = {"frames": s.context[None, :, None], "front": s.front[None, :maps]}
        feed = {k: v.astype(np.float32) for k, v in feed.items()}
        out = dict(zip(names, session.run(None, feed), strict=True))
        return out["forecast"][0, :leads, 0], out["burn_probability"][0, :leads]

    return run


def confusion(p: np.ndarray, s: Start, thresholds: np.ndarray = THRESHOLDS) -> np.ndarray:
    """Hits, misses, false alarms `[thresholds, leads kept, 3]` outside what has burnt."""
    out = np.zeros((len(thresholds), len(LEADS), 3), np.int64)
    free = s.burnt_by > 0
    for j, lead in enumerate(LEADS):
        truth, chance = s.burnt_by[free] <= lead, p[lead - 1][free]
        # how many thresholds each cell passes: one pass counts them all
        passed = np.searchsorted(thresholds, chance + 1e-6, side="right")
        bins = len(thresholds) + 1
        hit = np.bincount(passed[truth], minlength=bins)[::-1].cumsum()[::-1][1:]
        false = np.bincount(passed[~truth], minlength=bins)[::-1].cumsum()[::-1][1:]
        out[:, j] = np.stack([hit, truth.sum() - hit, false], 1)
    return out


def lateness(
    p: np.ndarray, said_by_chance: bool, s: Start, thresholds: np.ndarray = THRESHOLDS
) -> np.ndarray:
    """Sum of |arrival error| with never = 3 horizons, with never = horizon, and cells `[n, 3]`.

    Over cells that burn within the horizon. A burn probability gives its median time (NaN below
    10 % chance); other maps the first lead at each threshold, `n` = number of thresholds.
    """
    leads = len(p)
    reached = (s.burnt_by > 0) & (s.burnt_by <= leads)
    truth, rows = s.burnt_by[reached] - 0.5, []
    said = (
        [arrival_frames(p)[reached]] * len(thresholds)
        if said_by_chance
        else [
            np.where(yes.any(0), yes.argmax(0) + 0.5, np.nan)
            for yes in (p[:, reached] >= t - 1e-6 for t in thresholds)
        ]
    )
    for a in said:
        off = [np.abs(np.nan_to_num(a, nan=n * leads) - truth).sum() for n in (NEVER_HORIZONS, 1.0)]
        rows.append([*off, len(truth)])
    return np.array(rows)


def measure(
    run: Burner,
    clips: Clips,
    context: int,
    leads: int,
    limit: int | None,
    thresholds: np.ndarray = THRESHOLDS,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Events, counts `[films, thresholds, leads, 3]`, lateness `[films, thresholds, 3]`."""
    events, counts, late = [], [], []
    for event, s in starts(clips, context, leads, limit):
        frames, p = run(s)
        by_chance = p is not None and not set(np.unique(p[-1])) <= {0.0, 1.0}
        p = heat_share(frames, s) if p is None else p
        events.append(event)
        counts.append(confusion(p, s, thresholds))
        late.append(lateness(p, by_chance, s, thresholds))
    if not events:
        raise ValueError("no film of this split shows fire in its context")
    return events, np.array(counts), np.array(late)


def f1(counts: np.ndarray) -> np.ndarray:
    """F1 of counts `[…, 3]` (hits, misses, false alarms); 0 where nothing was said or burnt."""
    hit, miss, false = (counts[..., i] for i in range(3))
    return 2 * hit / np.maximum(2 * hit + miss + false, 1)


def score(
    run: Burner,
    test: Clips,
    val: Clips | float,
    context: int,
    leads: int,
    limit: int | None,
) -> dict:
    """Counts and lateness of each film at the threshold that is best on `val`, or is `val`."""
    if isinstance(val, Clips):
        _, counts, _ = measure(run, val, context, leads, limit)
        at = THRESHOLDS[int(np.argmax(f1(counts.sum(0))[:, CHOSEN_BY].mean(1)))]
    else:
        at = val
    events, counts, late = measure(run, test, context, leads, limit, np.array([at]))
    return {
        "leads": list(LEADS),
        "threshold": float(at),
        "event": events,
        "counts": counts[:, 0].tolist(),
        "late": np.round(late[:, 0], 1).tolist(),
    }
