"""Write `score.npz`: small made-up forecasts and truths, and the scores that others give them.

Oracles: scikit-image 0.26.0 (SSIM, PSNR, MSE, Hausdorff), scikit-learn 1.9.1 (F1, IoU, Brier,
reliability), scipy 1.17.1 (distances, bootstrap), pysteps 1.21.5 (CSI, POD, FAR, bias, FSS, radial
spectrum), properscoring 0.1 and scoringrules 0.10.0 (CRPS), numpy 2.4.6.
Run from the repository root: `python tests/golden/score.py`.
"""

from pathlib import Path

import numpy as np
import properscoring
import scoringrules
from pysteps.utils.spectral import rapsd
from pysteps.verification.detcatscores import det_cat_fct
from pysteps.verification.spatialscores import fss
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter
from scipy.stats import bootstrap
from skimage import metrics as image
from sklearn import metrics as cells
from sklearn.calibration import calibration_curve

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


def pictures(rng: np.random.Generator, out: dict) -> None:
    """Two pictures, their errors and their spectra."""
    truth = gaussian_filter(rng.random((40, 52)), 1.2) * 3 - 1
    predicted = gaussian_filter(truth, 1.0) + rng.normal(0, 0.03, truth.shape)
    a, b = (np.clip(v, 0, 1).astype(np.float32) for v in (predicted, truth))
    out |= {"image_said": a, "image_truth": b}
    a, b = a.astype(np.float64), b.astype(np.float64)
    gauss = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    out["ssim"] = image.structural_similarity(b, a, data_range=1.0, **gauss)
    out["psnr"] = image.peak_signal_noise_ratio(b, a, data_range=1.0)
    out["mse"] = image.mean_squared_error(b, a)
    out["mae"] = np.abs(a - b).mean()
    # pysteps knows square fields only well, and takes means over rings.
    square, other = a[:, :40], b[:, 7:47]
    out["rapsd_ratio"] = rapsd(square, fft_method=np.fft) / rapsd(other, fft_method=np.fft)
    # Parseval: all the power there is.
    out["power"] = (square**2).sum()


def masks(rng: np.random.Generator, out: dict) -> None:
    """Masks and probabilities of one lead."""
    h, w = 45, 60
    yy, xx = np.mgrid[:h, :w]
    rough = gaussian_filter(rng.normal(size=(2, h, w)), (0, 3, 3)) * 40
    far = np.hypot(yy - 12, xx - 30)
    now, truth, predicted = far < 8, far + rough[0] < 17, (far + rough[1] < 19)
    truth, predicted = truth | now, predicted | now
    p = 1 / (1 + np.exp((far + rough[1] - 19) / 2.5))
    p = np.where(now, 1, p).astype(np.float32)
    out |= {"now": now, "truth": truth, "said": predicted, "probability": p}
    t, s, q = truth[~now], predicted[~now], p[~now].astype(np.float64)
    out["f1"], out["iou"] = cells.f1_score(t, s), cells.jaccard_score(t, s)
    out["precision"], out["recall"] = cells.precision_score(t, s), cells.recall_score(t, s)
    out["brier"] = cells.brier_score_loss(t, q)
    seen, mean = calibration_curve(t, q, n_bins=10)
    n = np.histogram(q, np.linspace(0, 1, 11))[0]
    gap = np.abs(seen - mean) * n[n > 0]
    out["calibration"], out["calibration_above"] = gap.sum() / n.sum(), gap[1:].sum() / n[1:].sum()
    es, et = (m & ~binary_erosion(m, CROSS, border_value=1) for m in (predicted, truth))
    a, b = distance_transform_edt(~et)[es], distance_transform_edt(~es)[et]
    out["front_mean"] = 0.5 * (a.mean() + b.mean())
    out["front_hd95"] = max(np.quantile(a, 0.95), np.quantile(b, 0.95))
    out["front_modified"] = max(a.mean(), b.mean())
    assert np.isclose(out["front_modified"], image.hausdorff_distance(es, et, method="modified"))


def rain(rng: np.random.Generator, out: dict) -> None:
    """Rain rates with a hole in the data, and an ensemble."""
    field = gaussian_filter(rng.normal(size=(13, 36, 48)), (0, 2.5, 2.5)) * 9
    rates = np.where(field > 0.2, np.exp(field) - 1, 0).astype(np.float32)
    members, truth = rates[:12], rates[12].copy()
    predicted = (0.5 * truth[:, ::-1] + 0.5 * rates[0]).astype(np.float32)
    out["rain_whole"] = truth.copy()
    for thr in (0.1, 0.5, 1.0, 5.0):
        for n in (1, 2, 5, 9):
            out[f"fss_{thr:g}_{n}"] = fss(predicted, truth, thr, n)
    truth[5:9, 10:20] = np.nan
    out |= {"rain_said": predicted, "rain_truth": truth}
    ok = np.isfinite(truth)  # pysteps itself takes no data for dry
    for thr in (0.1, 0.5, 1.0, 5.0):
        got = det_cat_fct(predicted[ok], truth[ok], thr, ["CSI", "POD", "FAR", "BIAS"])
        out[f"rain_{thr:g}"] = np.array([got[k] for k in ("CSI", "POD", "FAR", "BIAS")])
    out["members"] = members
    whole, last = out["rain_whole"].astype(float), np.moveaxis(members, 0, -1).astype(float)
    out["crps"] = properscoring.crps_ensemble(whole, last).mean()
    out["crps_fair"] = scoringrules.crps_ensemble(whole, last, estimator="fair").mean()


def events(rng: np.random.Generator, out: dict) -> None:
    """Counts of 30 events, and the interval of their pooled F1."""
    counts = rng.integers(0, 200, (30, 3)) * rng.integers(1, 20, (30, 1))
    out["events"] = counts.astype(np.uint64)

    def f1(hit, false, miss):
        return 2 * hit.sum() / (2 * hit.sum() + false.sum() + miss.sum())

    got = bootstrap(
        tuple(counts.T),
        f1,
        paired=True,
        vectorized=False,
        n_resamples=40000,
        method="percentile",
        rng=1,
    ).confidence_interval
    out["interval"] = np.array([f1(*counts.T), got.low, got.high])


def main() -> None:
    """Make all and store it."""
    rng = np.random.default_rng(11)
    out: dict = {}
    for make in (pictures, masks, rain, events):
        make(rng, out)
    out = {k: np.asarray(v, np.float64) if np.ndim(v) == 0 else v for k, v in out.items()}
    path = Path(__file__).with_suffix(".npz")
    np.savez_compressed(path, **out)
    print(path, path.stat().st_size, "bytes")
    print({k: round(float(v), 4) for k, v in out.items() if v.ndim == 0})


if __name__ == "__main__":
    main()
