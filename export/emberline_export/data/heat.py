"""Flame intensity of colour frames; the same definition as `runtime/vision/src/heat/`."""

import numpy as np

BRIGHT, WARM = (180.0, 240.0), (25.0, 75.0)  # red; red less blue; 8 bit


def flame_intensity(rgb: np.ndarray) -> np.ndarray:
    """How surely each pixel of 8-bit `[…, 3]` (red first) is flame, float32 in 0..1."""
    red, blue = rgb[..., 0].astype(np.float32), rgb[..., 2].astype(np.float32)

    def ramp(v: np.ndarray, low: float, high: float) -> np.ndarray:
        return np.clip((v - low) / (high - low), 0, 1)

    return ramp(red, *BRIGHT) * ramp(red - blue, *WARM)
