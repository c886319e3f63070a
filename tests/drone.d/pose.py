"""A camera's pose, and the line that tells it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

BEGIN = datetime(2026, 8, 2, 14, 30, tzinfo=UTC)


def utc(second: float) -> str:
    """A second of the film as text."""
    at = BEGIN + timedelta(seconds=second)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Pose:
    """Where it is and how it looks; its height is above the level that height models count from."""

    lat_deg: float
    lon_deg: float
    up_m: float
    yaw_deg: float
    pitch_deg: float = -90.0
    roll_deg: float = 0.0

    def quaternion(self) -> list[float]:
        """(w, x, y, z) of the body, ahead along the line of sight, to north, east, down."""
        half = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg]) / 2
        (cy, cp, cr), (sy, sp, sr) = np.cos(half), np.sin(half)
        w, x = cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy
        y, z = cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy
        return [float(v) for v in (w, x, y, z)]

    def matrix(self) -> np.ndarray:
        """Camera axes (x right, y down, z ahead) to north, east, down."""
        w, x, y, z = self.quaternion()
        body = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )
        return body[:, [1, 2, 0]]

    def line(self, second: float, height: str, hfov_deg: float | None, angles: bool) -> str:
        """A line of telemetry; by angles, or by the quaternion."""
        told = {"t": utc(second), "lat": self.lat_deg, "lon": self.lon_deg, height: self.up_m}
        if angles:
            told |= {"yaw_deg": self.yaw_deg, "pitch_deg": self.pitch_deg}
            told |= {"roll_deg": self.roll_deg}
        else:
            told["q"] = self.quaternion()
        if hfov_deg is not None:
            told["hfov_deg"] = hfov_deg
        return json.dumps(told)
