"""A camera: how it is turned, what it sees of the ground, how its lens bends.

World: metres east, north and up. Pixels: x right and y down, (0, 0) the upper left corner of the
first pixel, whose middle is (.5, .5).
"""

from dataclasses import dataclass

import numpy as np

# Camera axes (x right, y down, z ahead) of a body (x ahead, y right, z down), column by column.
AHEAD = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])


def turn(axis: int, deg: float) -> np.ndarray:
    """Rotation `[3, 3]` about an axis of the body, right-handed."""
    c, s = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    j, k = (axis + 1) % 3, (axis + 2) % 3
    out = np.eye(3)
    out[j, j], out[j, k], out[k, j], out[k, k] = c, -s, s, c
    return out


def body(yaw_deg: float, side_deg: float, pitch_deg: float) -> np.ndarray:
    """Body to north, east, down: a drone that heads and leans, and a gimbal that looks down."""
    return turn(2, yaw_deg) @ turn(0, side_deg) @ turn(1, pitch_deg)


def quaternion(rotation: np.ndarray) -> list[float]:
    """(w, x, y, z) of a rotation: the eigenvector that belongs to it, w not negative."""
    m = rotation
    k = np.array(
        [
            [m.trace(), m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
            [0, m[0, 0] - m[1, 1] - m[2, 2], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
            [0, 0, m[1, 1] - m[0, 0] - m[2, 2], m[1, 2] + m[2, 1]],
            [0, 0, 0, m[2, 2] - m[0, 0] - m[1, 1]],
        ]
    )
    q = np.linalg.eigh(k, UPLO="U")[1][:, -1]
    return (q if q[0] >= 0 else -q).tolist()


def angles(rotation: np.ndarray) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, of Rz(yaw) Ry(pitch) Rx(roll)."""
    m = rotation
    yaw, pitch = np.arctan2(m[1, 0], m[0, 0]), np.arcsin(np.clip(-m[2, 0], -1, 1))
    return tuple(np.degrees([yaw, pitch, np.arctan2(m[2, 1], m[2, 2])]).tolist())


@dataclass(frozen=True)
class Lens:
    """A picture's size, its field of view, and how the lens bends it (OpenCV's k1, k2, p1, p2)."""

    width: int = 256
    height: int = 192
    hfov_deg: float = 65.0
    bend: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    @property
    def focal_px(self) -> float:
        """Pixels by which a ray of 45° leaves the middle."""
        return self.width / 2 / np.tan(np.radians(self.hfov_deg) / 2)

    @property
    def matrix(self) -> np.ndarray:
        """Camera axes to pixels, without the bend."""
        f = self.focal_px
        return np.array([[f, 0, self.width / 2], [0, f, self.height / 2], [0, 0, 1.0]])

    def bent(self, xy: np.ndarray) -> np.ndarray:
        """Where the lens puts what a pinhole puts at `xy` `[N, 2]`, in focal lengths."""
        k1, k2, p1, p2 = self.bend
        x, y = xy.T
        r2 = x * x + y * y
        radial = 1 + k1 * r2 + k2 * r2 * r2
        return np.stack(
            [
                x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
                y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
            ],
            1,
        )

    def pixels(self) -> np.ndarray:
        """Middles of all pixels `[H·W, 2]`, row by row."""
        x, y = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        return np.stack([x.ravel(), y.ravel()], 1)

    def straight(self, pixels: np.ndarray) -> np.ndarray:
        """Where a pinhole would show what is seen at `pixels`: the bend undone by iteration."""
        middle = np.array([self.width, self.height]) / 2
        seen = (pixels - middle) / self.focal_px
        xy = seen.copy()
        if any(self.bend):
            for _ in range(30):
                xy = xy - (self.bent(xy) - seen)
        return xy * self.focal_px + middle


@dataclass(frozen=True)
class Pose:
    """Where a camera is (metres east, north, up) and how it is turned (body to NED)."""

    at: np.ndarray
    rotation: np.ndarray

    @property
    def to_camera(self) -> np.ndarray:
        """East, north, up to camera axes, `[3, 3]`."""
        enu_to_ned = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, -1]])
        return (self.rotation @ AHEAD).T @ enu_to_ned

    def homography(self, lens: Lens) -> np.ndarray:
        """Flat ground at height 0, (east, north, 1), to pixels."""
        m = self.to_camera
        return lens.matrix @ np.column_stack([m[:, 0], m[:, 1], -m @ self.at])

    def project(self, lens: Lens, points: np.ndarray) -> np.ndarray:
        """Points `[N, 3]` to pixels of a pinhole; NaN behind the camera."""
        rays = (points - self.at) @ (lens.matrix @ self.to_camera).T
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(rays[:, 2:] > 0, rays[:, :2] / rays[:, 2:], np.nan)

    def rays(self, lens: Lens, pixels: np.ndarray) -> np.ndarray:
        """Unit directions (east, north, up) in which a pinhole's `pixels` look."""
        rays = np.c_[pixels, np.ones(len(pixels))] @ np.linalg.inv(lens.matrix).T @ self.to_camera
        return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def carried(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points `[N, 2]` by a homography; NaN where it leads to infinity or beyond."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.c_[points, np.ones(len(points))] @ homography.T
        return np.where(out[:, 2:] == 0, np.nan, out[:, :2] / out[:, 2:])
