"""A forecast of rain by any method: one field a lead, and an ensemble or chances if it has them."""

from dataclasses import dataclass

import numpy as np

NEAR = 1e-5  # share by which a rate may fall short of a threshold by rounding and still reach it


def reaches(rain_mm_h: np.ndarray, rate_mm_h: float) -> np.ndarray:
    """Where it rains at a rate or more; the lowest code is 0.1 mm/h, give or take a rounding."""
    return rain_mm_h >= np.float32(rate_mm_h * (1 - NEAR))


@dataclass(frozen=True)
class RainForecast:
    """A forecast of `L` leads; where it says nothing (NaN), it says dry."""

    rain_mm_h: np.ndarray  # [L, H, W]: the one forecast
    members_mm_h: np.ndarray | None = None  # [M, L, H, W]
    chance: np.ndarray | None = None  # [K, L, H, W], of `chance_mm_h` or more
    chance_mm_h: np.ndarray | None = None  # [K], rising

    def __post_init__(self) -> None:
        """Silence is dry."""
        for name in ("rain_mm_h", "members_mm_h", "chance"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, np.nan_to_num(value).astype(np.float32, copy=False))

    @property
    def probabilistic(self) -> bool:
        """Whether there is more than one forecast."""
        return self.members_mm_h is not None or self.chance is not None

    def cut(self, leads: int) -> "RainForecast":
        """The first leads."""
        members, chance = self.members_mm_h, self.chance
        return RainForecast(
            self.rain_mm_h[:leads],
            None if members is None else members[:, :leads],
            None if chance is None else chance[:, :leads],
            self.chance_mm_h,
        )

    def probability(self, rate_mm_h: float) -> np.ndarray:
        """Chance `[L, H, W]` of a rate or more: share of members; 0 or 1 of a single forecast."""
        if self.members_mm_h is not None:
            return reaches(self.members_mm_h, rate_mm_h).mean(0)
        if self.chance is None:
            return reaches(self.rain_mm_h, rate_mm_h).astype(float)
        k = int(np.abs(self.chance_mm_h - rate_mm_h).argmin())
        if not np.isclose(self.chance_mm_h[k], rate_mm_h):
            raise ValueError(f"no chance of {rate_mm_h} mm/h among {self.chance_mm_h.tolist()}")
        return self.chance[k].astype(float)
