"""Rain carried along its motion: pysteps' Lucas–Kanade flow, and the honest baseline on top of it.

Motion is `pysteps.motion.lucaskanade.dense_lucaskanade` on dBR (Pulkkinen et al. 2019). Plain
extrapolation lets dry air flow in at the border. The honest baseline fills inflow with the border's
value, blurs more with every lead, and gives each lead the rates of the last frame by rank: what of
the gain over plain extrapolation needs no network (reference: sketch-lessons, "Rain").
"""

import warnings

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from ...data.rain import DRY_DB, FULL, STEP_DB

BLUR_CELLS = 0.8  # width of the blur at lead 1; grows with the root of the lead


def motion(context: np.ndarray) -> np.ndarray:
    """Motion `[2, H, W]` (x, y), cells a frame, of shares `[T, H, W]`; NaN is no data."""
    from pysteps.motion.lucaskanade import dense_lucaskanade

    v = np.nan_to_num(context[-3:]) * FULL
    db = np.where(v < 0.5, DRY_DB - 5.0, DRY_DB + STEP_DB * (v - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dense_lucaskanade(db, verbose=False).astype(np.float32)


def carry(last: np.ndarray, flow: np.ndarray, leads: int, border: str) -> np.ndarray:
    """`last` `[H, W]` at each lead, by backward paths along `flow`; border `dry` or `fill`."""
    yy, xx = np.mgrid[0 : last.shape[0], 0 : last.shape[1]].astype(np.float32)
    mode = cv2.BORDER_REPLICATE if border == "fill" else cv2.BORDER_CONSTANT
    x, y, out = xx.copy(), yy.copy(), []
    for _ in range(leads):
        step = [cv2.remap(f, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for f in flow]
        x, y = x - step[0], y - step[1]
        out.append(cv2.remap(last, x, y, cv2.INTER_LINEAR, borderMode=mode, borderValue=0))
    return np.stack(out)


def ranked(said: np.ndarray, like: np.ndarray) -> np.ndarray:
    """`said` with the values of `like` in the order of `said`."""
    out = np.empty_like(said).ravel()
    out[np.argsort(said, axis=None, kind="stable")] = np.sort(like, axis=None)
    return out.reshape(said.shape)


def lucas_kanade(context: np.ndarray, leads: int) -> np.ndarray:
    """Plain extrapolation `[L, H, W]`: what flows in is dry."""
    return carry(np.nan_to_num(context[-1]), motion(context), leads, "dry")


def honest(context: np.ndarray, leads: int) -> np.ndarray:
    """Extrapolation with filled inflow, blur that grows with lead, and matched rates."""
    last = np.nan_to_num(context[-1])
    out = carry(last, motion(context), leads, "fill")
    for lead in range(leads):
        soft = gaussian_filter(out[lead], BLUR_CELLS * np.sqrt(lead + 1), mode="nearest")
        out[lead] = ranked(soft, last)
    return out
