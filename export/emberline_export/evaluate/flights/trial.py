"""A trial: one case flown by its methods, and a row of figures for each."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from .camera import carried
from .cases import EXACT, LK, STILL, Case
from .films import WIDE_M
from .program import STEP_S, Flown, Method, Refused, fly, still, write_inputs
from .rivals import frame_to_frame
from .score import Track, f1, overlap, points, sampled, track
from .world import World

AHEAD_S = (150, 300)
PICTURED = "plain: C patrol 1"
Keep = Callable[[Case, World, Method, Flown, Track], None]  # looks at a flight before it is gone


class Trial:
    """One case's world, and the flight with exact poses that all others are held against."""

    def __init__(self, case: Case, program: Path, room: Path) -> None:
        """Renders the film; nothing is flown yet."""
        self.case, self.program, self.room = case, program, room
        self.world = World(case.flight)
        ground = self.world.ground
        self.lattice = points(ground.size_m, WIDE_M)
        self.seen = self.world.pixels_of(self.lattice)
        row, col = np.mgrid[: ground.frames.shape[1], : ground.frames.shape[2]] + 0.5
        middles = np.stack([col.ravel(), row.ravel(), np.ones(row.size)], 1)
        self.cells = (middles @ np.linalg.inv(ground.cells()).T)[:, :2]  # metres, [N, 2]
        self.exact: Flown | None = None
        write_inputs(self.world, room, any(method.masks for method in case.methods))

    def track(self, found: np.ndarray, raw: bool = False) -> Track:
        """Errors of where frames are said to be; raw: by the pixels of a picture as it was taken.

        A method that knows the lens tells where a pinhole shows the ground, others where the
        picture does.
        """
        seen = self.world.pixels_of(self.lattice, bent=True) if raw else self.seen
        return track(self.case.flight.lens, self.lattice, seen, found)

    def flown(self, method: Method) -> Flown:
        """The program's flight; that with exact poses is flown once."""
        if method == EXACT and self.exact is not None:
            return self.exact
        if method == STILL:
            return still(self.program, self.world, self.room)
        made = fly(self.program, self.world, self.room, method, self.case.forecast)
        if method == EXACT:
            self.exact = made
        return made

    def row(self, method: Method, keep: Keep) -> dict:
        """Its figures, or the line with which the program refused."""
        if method == LK or (method == STILL and not self.case.forecast):
            first = self.world.shots[0].homography(self.case.flight.lens)
            found, how = np.repeat(first[None], len(self.world.seconds), 0), []
            if method == LK:
                found, how = frame_to_frame(self.world.film(), first)
            errors = self.track(found)
            return errors.row() | counted(how) | self.over_time(errors)
        try:
            exact = self.flown(EXACT)
            made = exact if method == EXACT else self.flown(method)
        except Refused as why:
            return {"refused": str(why)}
        errors = self.track(made.found, raw=not method.lens_told)
        if not made.is_placed:
            place(made, exact, self.cells, errors.align)
        keep(self.case, self.world, method, made, errors)
        row = (
            errors.row()
            | counted(made.how)
            | self.over_time(errors)
            | {"steady_ms": made.steady_ms}
        )
        row |= self.burnt(exact, made, errors)
        if method.poses == "noisy" and method.steady == "off":
            row["off_told_m"] = self.off_told(made.found)
        if self.case.forecast and made.burn is None:
            row["withheld"] = True
        elif self.case.forecast:
            row |= self.forecast(exact, made, errors)
        return row

    def off_told(self, found: np.ndarray) -> float | None:
        """Largest distance on the ground from where telemetry says that a frame's middle lies.

        It holds the program's geometry against ours; only where the ground is flat.
        """
        flight, world = self.case.flight, self.world
        if flight.relief.slope or flight.relief.ridge_m:
            return None
        told = np.stack([world.told[s].homography(flight.lens) for s in world.seconds])
        size = np.array([flight.lens.width, flight.lens.height])
        with np.errstate(divide="ignore", invalid="ignore"):
            a, b = (np.linalg.inv(h) @ [*(size / 2), 1.0] for h in (told, found))
            apart = np.hypot(*(a[:, :2] / a[:, 2:] - b[:, :2] / b[:, 2:]).T)
        return round(float(np.nanmax(apart)), 3)

    def over_time(self, errors: Track) -> dict:
        """The error between frames of each frame of the flight that is drawn; None for none."""
        if self.case.name != PICTURED:
            return {}
        return {"track": [None if np.isnan(v) else round(float(v), 2) for v in errors.between_m]}

    def burnt(self, exact: Flown, made: Flown, errors: Track) -> dict:
        """Burnt ground: its area, and how it lies on that of exact poses and of the film."""
        there = (np.c_[self.cells, np.ones(len(self.cells))] @ errors.align.T)[:, :2]
        ours = sampled(made.burnt, made.to_cells, there)
        theirs = sampled(exact.burnt, exact.to_cells, self.cells)
        both = sampled(made.seen, made.to_cells, there)
        both &= sampled(exact.seen, exact.to_cells, self.cells)
        film = self.world.burnt(self.case.flight.seconds).ravel() & both
        area = self.world.ground.cell_m**2
        return {
            "burnt_m2": round(float((ours & both).sum() * area), 1),
            "exact_m2": round(float((theirs & both).sum() * area), 1),
            "burnt_iou": overlap(ours & both, theirs & both),
            "film_iou": overlap(sampled(made.burnt, made.to_cells, self.cells) & both, film),
        }

    def forecast(self, exact: Flown, made: Flown, errors: Track) -> dict:
        """New burn: what both forecasts say of the same cells, and what the film shows later."""
        there = (np.c_[self.cells, np.ones(len(self.cells))] @ errors.align.T)[:, :2]
        now_s = self.case.flight.seconds
        now = self.world.burnt(now_s).ravel()
        now |= sampled(exact.burnt, exact.to_cells, self.cells)
        known = sampled(made.seen, made.to_cells, there)
        known &= sampled(exact.seen, exact.to_cells, self.cells) & ~now
        out: dict[str, dict] = {"same": {}, "f1": {}}
        for ahead_s in AHEAD_S:
            lead = ahead_s // STEP_S - 1
            ours = sampled(made.burn[lead], made.burn_to_cells, there) & known
            theirs = sampled(exact.burn[lead], exact.burn_to_cells, self.cells) & known
            later = self.world.burnt(now_s + ahead_s).ravel() & known
            out["same"][str(ahead_s)] = overlap(ours, theirs)
            out["f1"][str(ahead_s)] = f1(ours, later)
        return out


def counted(how: list[str]) -> dict:
    """Frames, and those that no map of the ground steadied; a map that begins anew is one."""
    unfit = sum(word not in ("first", "steadied") for word in how)
    lost, again = how.count("lost"), max(how.count("first") - 1, 0)
    return {"frames": len(how), "unfit": unfit + again, "lost": lost, "begun_anew": again}


def place(made: Flown, exact: Flown, cells: np.ndarray, align: np.ndarray) -> None:
    """Finds the first cell of a map without a place: where its burnt ground lies best on the exact.

    It is a favour to films in pixels, which are held against others by shape and motion alone.
    """
    there = carried(made.to_cells @ align, cells)
    burnt = sampled(exact.burnt, exact.to_cells, cells)
    if not burnt.any() or not made.burnt.any():
        return
    high, wide = made.burnt.shape
    low = np.floor(there.min(0)).astype(int) - [wide, high]
    size = np.ceil(there.max(0)).astype(int) - low + [2 * wide, 2 * high]
    if max(size) > 8 * max(wide, high):
        return
    # The exact burnt ground in this map's cells: every cell of the canvas looks where it lies.
    col, row = np.meshgrid(*(np.arange(n) + o + 0.5 for n, o in zip(size, low, strict=True)))
    at = carried(np.linalg.inv(made.to_cells @ align), np.stack([col.ravel(), row.ravel()], 1))
    canvas = sampled(exact.burnt, exact.to_cells, np.nan_to_num(at, nan=-1e9)).reshape(col.shape)
    score = cv2.matchTemplate(
        canvas.astype(np.float32), made.burnt.astype(np.float32), cv2.TM_CCORR
    )
    y, x = np.unravel_index(score.argmax(), score.shape)
    shift = np.array([[1, 0, -(low[0] + x)], [0, 1, -(low[1] + y)], [0, 0, 1.0]])
    made.to_cells = shift @ made.to_cells
    if made.burn_to_cells is not None:
        made.burn_to_cells = shift @ made.burn_to_cells


def rows(case: Case, wanted: list[Method], program: Path, keep: Keep) -> Iterator[dict]:
    """A row a method that is wanted."""
    with tempfile.TemporaryDirectory(prefix="emberline-flights-") as tmp:
        trial = Trial(case, program, Path(tmp))
        for method in wanted:
            yield trial.row(method, keep)
