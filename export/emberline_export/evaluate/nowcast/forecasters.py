"""Nowcasts by pysteps 1.21.5, each as its own documentation sets it up, and persistence.

Motion of every one is pysteps' Lucas and Kanade on dBR of the last three frames. S-PROG (Seed 2003)
and STEPS (Bowler, Pierce and Seed 2006) run in dBR with 0.1 mm/h as the least rain, six cascade
levels, two autoregressive terms and rates matched to the last frame's distribution; STEPS also with
nonparametric noise, motion perturbed as in that paper (its own parameters) and the rain mask that
grows by 1 km a minute. Its one forecast is the ensemble's mean. One thread each.
"""

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from ...data.rain import DRY_DB, FULL
from ...data.rain_forecast import RainForecast
from ...data.rain_starts import LEADS, Start
from ...models.simple.rain import motion

DRY_BELOW_DB = DRY_DB - 5.0  # what a dry cell is in dBR
LEVELS, TERMS = 6, 2
SEED = 1
Forecaster = Callable[[Start], RainForecast]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """pysteps tells its set-up on stdout, and warns of cells without data."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def flow(start: Start) -> np.ndarray:
    """Motion `[2, H, W]`, cells a frame."""
    codes = start.codes[-3:]
    return motion(np.where(codes > FULL, np.nan, codes / np.float32(FULL)))


def decibels(start: Start) -> np.ndarray:
    """Last frames `[3, H, W]` in dBR, as pysteps' `dB_transform` has them."""
    from pysteps.utils.transformation import dB_transform

    rain = start.rain_mm_h[-1 - TERMS :].astype(np.float64)
    return dB_transform(rain, threshold=10 ** (DRY_DB / 10), zerovalue=DRY_BELOW_DB)[0]


def rates(db: np.ndarray) -> np.ndarray:
    """dBR → mm/h; below 0.1 mm/h is dry."""
    with np.errstate(invalid="ignore"):
        return np.where(db < DRY_DB - 1e-6, 0.0, 10 ** (db / 10)).astype(np.float32)


def persistence(start: Start) -> RainForecast:
    """The last frame stays."""
    return RainForecast(np.repeat(start.rain_mm_h[-1:], LEADS, 0))


def extrapolated(start: Start) -> np.ndarray:
    """The last frame carried along its motion `[L, H, W]`; NaN where something else flows in."""
    from pysteps.extrapolation.semilagrangian import extrapolate

    last = start.rain_mm_h[-1]
    with quiet():
        return extrapolate(last, flow(start), LEADS, allow_nonfinite_values=True)


def lucas_kanade(start: Start) -> RainForecast:
    """Plain extrapolation; what flows in is dry."""
    return RainForecast(extrapolated(start))


def s_prog(start: Start) -> RainForecast:
    """What each scale loses of its predictability is smoothed away."""
    from pysteps.nowcasts import sprog

    with quiet():
        db = sprog.forecast(
            decibels(start),
            flow(start),
            LEADS,
            precip_thr=DRY_DB,
            n_cascade_levels=LEVELS,
            ar_order=TERMS,
            probmatching_method="cdf",
            num_workers=1,
        )
    return RainForecast(rates(db))


def steps(members: int) -> Forecaster:
    """What each scale loses is made up by noise, a draw a member."""

    def run(start: Start) -> RainForecast:
        from pysteps.nowcasts import steps

        with quiet():
            db = steps.forecast(
                decibels(start),
                flow(start),
                LEADS,
                n_ens_members=members,
                n_cascade_levels=LEVELS,
                precip_thr=DRY_DB,
                kmperpixel=start.cell_km,
                timestep=start.step_min,
                ar_order=TERMS,
                noise_method="nonparametric",
                vel_pert_method="bps",
                mask_method="incremental",
                probmatching_method="cdf",
                seed=SEED,
                num_workers=1,
            )
        rain = np.nan_to_num(rates(db))
        return RainForecast(rain.mean(0), rain)

    return run


def settings(method: str, members: int) -> dict[str, int]:
    """What a method was set to, of what may be set otherwise."""
    if method not in ("s-prog", "steps"):
        return {}
    ensemble = {"members": members, "seed": SEED} if method == "steps" else {}
    return {"cascade_levels": LEVELS, "ar_order": TERMS} | ensemble


def versions() -> dict[str, str]:
    """What the numbers depend on."""
    import cv2
    import scipy

    with quiet():
        from importlib.metadata import version

        import pysteps.nowcasts.steps  # noqa: F401  imported here, so that no forecast pays for it

    names = {"numpy": np.__version__, "scipy": scipy.__version__, "opencv": cv2.__version__}
    return {"pysteps": version("pysteps"), **names}
