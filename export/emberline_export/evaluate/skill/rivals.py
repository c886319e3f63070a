"""What pysteps says from a start, kept on disk: it costs ten seconds a start, and never changes.

Motion of every rival is pysteps' own of the last three frames as they come; settings are those of
`evaluate.nowcast.forecasters`. Kept of STEPS: mean, how many of its members reach each rate, and
the CRPS of its members.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...data.rain import DRY_DB, FULL, rain_mm_h
from ...data.rain_films import Start
from ...data.rain_forecast import reaches
from ...data.scores.skill import RATES_MM_H
from ...models.nowcast.velocity import decibels
from ...models.simple.rain import carry, motion, ranked
from ..nowcast.crps import of_ensemble
from ..nowcast.forecasters import LEVELS, SEED, TERMS, quiet, rates

MEMBERS = 16
BLUR_CELLS = 0.8  # of the honest baseline at 5 minutes


@dataclass(frozen=True)
class Rivals:
    """Fields by lead class; `None` where a method wants more frames than there are."""

    fields: dict[str, dict[int, np.ndarray]]  # method → class → mm/h [H, W]
    members: dict[int, np.ndarray]  # class → [K, H, W] members that reach each rate
    crps: dict[int, tuple[float, float]]  # class → sums of CRPS and of the fair one, known cells


def honest(last_share: np.ndarray, carried: np.ndarray, lead_min: float) -> np.ndarray:
    """Blur that grows with lead, and matched rates, of a share carried with filled inflow."""
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(carried, BLUR_CELLS * np.sqrt(lead_min / 5), mode="nearest")
    return ranked(soft, last_share)


def run(start: Start, costly: bool) -> dict[str, np.ndarray]:
    """All rivals at the classes of leads, as arrays to keep."""
    from pysteps.nowcasts import sprog, steps

    leads = start.leads()
    if not costly:
        leads = {c: m for c, m in leads.items() if c <= 60}
    last = start.rain_mm_h[-1]
    codes = start.film.codes[start.seen]
    shares = np.where(codes > FULL, np.nan, codes / np.float32(FULL))
    flow = motion(shares)
    count = round(max(leads.values()) / start.step_min)
    dry = carry(np.nan_to_num(shares[-1]), flow, count, "dry")
    filled = carry(np.nan_to_num(shares[-1]), flow, count, "fill")
    db = decibels(start.rain_mm_h[-1 - TERMS :].astype(np.float64))
    kept: dict[str, np.ndarray] = {}
    slow = len(db) > TERMS
    if slow:
        with quiet():
            common = dict(precip_thr=DRY_DB, n_cascade_levels=LEVELS, ar_order=TERMS)
            common |= dict(probmatching_method="cdf", num_workers=1)
            try:
                prog = rates(sprog.forecast(db, flow, count, **common))
                said = steps.forecast(
                    db,
                    flow,
                    count,
                    n_ens_members=MEMBERS,
                    kmperpixel=start.film.cell_km,
                    timestep=start.step_min,
                    noise_method="nonparametric",
                    vel_pert_method="bps",
                    mask_method="incremental",
                    seed=SEED,
                    **common,
                )
                said = np.nan_to_num(rates(said))
            except (ValueError, RuntimeError, IndexError) as e:
                print(f"{start.name}: {e}", flush=True)
                slow = False
    for c, m in leads.items():
        k = round(m / start.step_min) - 1
        kept[f"persistence_{c}"] = np.nan_to_num(last)
        kept[f"lk_{c}"] = rain_mm_h(dry[k])
        kept[f"honest_{c}"] = rain_mm_h(honest(np.nan_to_num(shares[-1]), filled[k], m))
        if slow:
            truth = start.truth_mm_h(m)
            known = ~np.isnan(truth)
            kept[f"sprog_{c}"] = np.nan_to_num(prog[k])
            kept[f"steps_{c}"] = said[:, k].mean(0)
            kept[f"members_{c}"] = np.stack(
                [reaches(said[:, k], r).sum(0) for r in RATES_MM_H]
            ).astype(np.uint8)
            each = of_ensemble(said[:, k][:, known], truth[known].astype(np.float64))
            kept[f"crps_{c}"] = np.array([e.sum() for e in each])
    return {
        n: v.astype(np.float32) if v.dtype == np.float64 and v.ndim == 2 else v
        for n, v in kept.items()
    }


def cached(start: Start, folder: Path, costly: bool = True) -> Rivals:
    """What rivals say, computed once."""
    path = folder / f"{start.name}.npz"
    if not path.exists():
        kept = run(start, costly)
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **kept)
        part.rename(path)
    with np.load(path) as z:
        fields: dict[str, dict[int, np.ndarray]] = {}
        members, crps = {}, {}
        for key in z.files:
            what, c = key.rsplit("_", 1)
            if what == "members":
                members[int(c)] = z[key]
            elif what == "crps":
                crps[int(c)] = tuple(z[key])
            else:
                fields.setdefault(what, {})[int(c)] = z[key]
    return Rivals(fields, members, crps)
