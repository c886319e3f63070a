"""Image scores by film and lead, in float64 with data range 1, by scikit-image's definitions."""

import numpy as np
from skimage.metrics import structural_similarity

MSE_MIN = 1e-10  # an exact copy scores 100 dB, not infinity


def image_scores(said: np.ndarray, truth: np.ndarray) -> dict[str, list[float]]:
    """MSE, MAE, PSNR (dB) and SSIM (Gaussian window 11, σ 1.5) of each lead of `[L, H, W]`."""
    said, truth = said.astype(np.float64), truth.astype(np.float64)
    if said.shape != truth.shape or not np.isfinite(said).all():
        raise ValueError(f"forecast {list(said.shape)} for {list(truth.shape)}, or not finite")
    mse = ((said - truth) ** 2).mean((1, 2))
    ssim = [
        structural_similarity(
            a, b, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        for a, b in zip(said, truth, strict=True)
    ]
    return {
        "mse": mse.tolist(),
        "mae": np.abs(said - truth).mean((1, 2)).tolist(),
        "psnr": (-10 * np.log10(np.maximum(mse, MSE_MIN))).tolist(),
        "ssim": [float(s) for s in ssim],
    }
