"""A world: a camera that moves over a film of a fire, with known truth."""

import cv2
import numpy as np

from .camera import Pose
from .films import WIDE_M, Ground, ground
from .flight import Flight, poses, told, truth
from .place import Place
from .relief import cast

NOISE = 1.0  # grey levels of the camera
FLICKER = 0.35


class World:
    """One flight, its frames and what they show."""

    def __init__(self, flight: Flight, place: Place | None = None) -> None:
        """The same flight is the same world, whatever is asked of it."""
        self.flight, self.place = flight, place or Place()
        self.ground: Ground = ground(flight.film)
        # A stable seed of the flight's own words; Python's hash is another in each process.
        words = [flight.seed, *flight.film.encode(), *flight.path.encode()]
        way, error, self._light = (np.random.default_rng([part, *words]) for part in range(3))
        true = truth(flight, way, self.ground.size_m[0])
        self.seconds = flight.times_s
        self.true: list[Pose] = poses(true)
        self.told: list[Pose] = poses(told(true, error))
        self.margin = int(WIDE_M / self.ground.cell_m)
        self.frames: np.ndarray | None = None

    @property
    def shots(self) -> list[Pose]:
        """True poses of the frames."""
        return [self.true[s] for s in self.seconds]

    def _at(self, second: float) -> tuple[int, int, float]:
        """The film's frames about a second, and the later one's share."""
        k = self.flight.start + second / self.ground.dt_s
        last = len(self.ground.frames) - 1
        return min(int(k), last), min(int(k) + 1, last), k - int(k)

    def seen_from_above(self, second: float) -> np.ndarray:
        """The ground at a second, mirrored at its borders: the fire flickers."""
        first, then, share = self._at(second)
        frames = self.ground.frames
        heat = (1 - share) * frames[first] + share * frames[then]
        if self.ground.kind == "thermal":
            noise = self._light.normal(size=heat.shape).astype(np.float32)
            flicker = cv2.GaussianBlur(noise, (0, 0), 1.2) * 2.5
            hot = np.clip((heat - 70) / 60, 0, 1)
            heat = heat * (1 + hot * FLICKER * flicker)
            cold = np.median(heat) + (heat - np.median(heat)) * self.flight.contrast
            heat = np.where(hot > 0, heat, cold)
        return cv2.copyMakeBorder(heat.astype(np.float32), *4 * [self.margin], cv2.BORDER_REFLECT)

    def burnt(self, second: float) -> np.ndarray:
        """Cells `[H, W]` of the film that have burnt from the flight's begin to a second."""
        first, then, share = self._at(second)
        upto = first if share < 0.5 else then
        return self.ground.burning[self.flight.start : upto + 1].any(0)

    def looked_at(self, pose: Pose) -> np.ndarray:
        """East and north `[H·W, 2]` of what each pixel shows; NaN where it shows no ground."""
        flight, lens = self.flight, self.flight.lens
        rays = pose.rays(lens, lens.straight(lens.pixels()))
        if flight.relief.slope or flight.relief.ridge_m:
            return cast(pose.at, rays, flight.relief.height)
        down = -rays[:, 2:]
        far = np.where(down > 0.05, pose.at[2] / np.maximum(down, 0.05), np.nan)
        return (pose.at + rays * far)[:, :2]

    def _cells_seen(self, second: int) -> np.ndarray:
        """Column and row of the mirrored ground that each pixel shows, `[2, H, W]`."""
        lens, at = self.flight.lens, self.looked_at(self.true[second])
        cells = np.c_[at, np.ones(len(at))] @ self.ground.cells(self.margin).T
        # OpenCV counts from the middle of the first cell.
        where = np.nan_to_num(cells[:, :2] - 0.5, nan=-1e6).astype(np.float32)
        return where.T.reshape(2, lens.height, lens.width)

    def mask(self, second: int) -> np.ndarray:
        """What has burnt, as a frame that knows it would show it: uint8 `[H, W]`, 0 or 1."""
        burnt = self.burnt(second).astype(np.uint8)
        above = cv2.copyMakeBorder(burnt, *4 * [self.margin], cv2.BORDER_REFLECT)
        x, y = self._cells_seen(second)
        return cv2.remap(above, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)

    def shot(self, second: int) -> np.ndarray:
        """The frame at a second, uint8 `[H, W]` or `[H, W, 3]`."""
        above = self.seen_from_above(second)
        x, y = self._cells_seen(second)
        image = cv2.remap(above, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
        image = image + self._light.normal(0, NOISE, image.shape)
        return np.clip(np.rint(image), 0, 255).astype(np.uint8)

    def film(self) -> np.ndarray:
        """All frames, made once."""
        if self.frames is None:
            self.frames = np.stack([self.shot(s) for s in self.seconds])
        return self.frames

    def pixels_of(self, points: np.ndarray, bent: bool = False) -> np.ndarray:
        """Where a pinhole shows points `[N, 2]` of the ground in each frame, `[T, N, 2]`.

        Bent: where the picture as taken shows them. NaN far outside of the picture, where a lens
        of so few numbers folds back.
        """
        lens = self.flight.lens
        up = self.flight.relief.height(points[:, 0], points[:, 1])
        high = np.c_[points, np.broadcast_to(up, len(points))]
        out = np.stack([pose.project(lens, high) for pose in self.shots])
        if bent:
            middle = np.array([lens.width, lens.height]) / 2
            with np.errstate(invalid="ignore"):
                out[(np.abs(out - middle) > 1.5 * middle).any(-1)] = np.nan
            out = lens.bent(((out - middle) / lens.focal_px).reshape(-1, 2)).reshape(out.shape)
            out = out * lens.focal_px + middle
        return out
