"""emberline's own drone verb: what it is given, and what its folder says."""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from .camera import Lens, Pose, angles, quaternion
from .relief import BASE_M, write_dem
from .world import World

BEGIN = datetime(2026, 8, 2, 14, 30, tzinfo=UTC)
STEP_S, CELL_M, LEADS = 30, 1, 10
WITHIN_S = 900  # a flight of minutes that takes longer is of no use
NEAR_NADIR_DEG = -80.0  # below it yaw and roll are one thing: the quaternion is told


class Refused(RuntimeError):
    """The program ended with an error: its last line."""


@dataclass(frozen=True)
class Method:
    """A way to fly a film: which poses are told, and whether frames are steadied."""

    name: str
    poses: str  # exact, noisy, none
    steady: str = "auto"
    lens_told: bool = True
    masks: bool = False  # flown over the film's own masks in place of its picture


@dataclass
class Flown:
    """What the program made of a flight; its map may be a UTM grid or the first frame's pixels."""

    found: np.ndarray  # [T, 3, 3] metres of the world to pixels; NaN where lost
    how: list[str]
    burnt: np.ndarray  # bool [H, W], at the last step
    seen: np.ndarray  # bool [H, W], by then
    to_cells: np.ndarray  # metres of the world to cells of `burnt`
    is_placed: bool = True  # else the first cell's place is not told
    steady_ms: float | None = None
    burn: np.ndarray | None = None  # bool [L, H, W], what is forecast to have burnt
    burn_to_cells: np.ndarray | None = None


def utc(second: float) -> str:
    """A flight's second as text."""
    at = BEGIN + timedelta(seconds=second)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pose_line(world: World, second: float, pose: Pose) -> str:
    """One line of telemetry."""
    flight = world.flight
    lat, lon = world.place.degrees(pose.at[0], pose.at[1])
    line = {"t": utc(second), "lat": round(float(lat), 9), "lon": round(float(lon), 9)}
    if flight.relief.slope or flight.relief.ridge_m:
        line["alt_msl_m"] = round(float(pose.at[2]) + BASE_M, 4)
    else:
        line["alt_agl_m"] = round(float(pose.at[2]), 4)
    yaw, pitch, roll = angles(pose.rotation)
    if pitch < NEAR_NADIR_DEG:
        line["q"] = [round(v, 9) for v in quaternion(pose.rotation)]
    else:
        line |= {"yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll}
    return json.dumps(line | {"hfov_deg": flight.lens.hfov_deg})


def camera_file(lens: Lens) -> str:
    """The user's words about a lens that bends."""
    bend = "\n".join(f"{k} = {v}" for k, v in zip(("k1", "k2", "p1", "p2"), lens.bend, strict=True))
    return f"hfov_deg = {lens.hfov_deg}\n\n[lens]\n{bend}\n"


def write_inputs(world: World, room: Path, masks: bool = False) -> None:
    """Film, its masks where they are flown, telemetry; camera file and height model if any."""
    flight, times = world.flight, [utc(s) for s in world.seconds]
    np.savez(room / "film.npz", frames=world.film(), kind=world.ground.kind, time_utc=times)
    if masks:
        frames = np.stack([world.mask(s) for s in world.seconds])
        np.savez(room / "masks.npz", frames=frames, kind="mask", time_utc=times)
    for name, poses in (("exact", world.true), ("noisy", world.told)):
        lines = [pose_line(world, s, pose) for s, pose in enumerate(poses)]
        (room / f"{name}.ndjson").write_text("\n".join(lines) + "\n")
    if any(flight.lens.bend):
        (room / "cam.toml").write_text(camera_file(flight.lens))
    if flight.relief.slope or flight.relief.ridge_m:
        write_dem(room / "dem.tif", world.place, flight.relief.height)


def fly(program: Path, world: World, room: Path, method: Method, forecast: bool) -> Flown:
    """Runs the verb on what `write_inputs` wrote.

    Raises `Refused` where the program ends with an error, or not at all.
    """
    out = room / f"out {method.name} {method.poses} {method.lens_told}"
    given = "none" if method.poses == "none" else room / f"{method.poses}.ndjson"
    film, kind = ("masks.npz", "mask") if method.masks else ("film.npz", world.ground.kind)
    command = [program, "drone", room / film, out, "--pose", given, "--step", STEP_S]
    command += ["--steady", method.steady, "--kind", kind]
    command += ["--cell", CELL_M] if method.poses != "none" else []
    if method.lens_told and (room / "cam.toml").exists():
        command += ["--camera", room / "cam.toml"]
    if method.poses != "none" and (room / "dem.tif").exists():
        command += ["--dem", room / "dem.tif"]
    command += ["--leads", LEADS] if forecast else ["--no-forecast"]
    words = [str(c) for c in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        raise Refused(f"not done within {WITHIN_S} s") from None
    # 1: a forecast was asked for and withheld; all else is there.
    withheld = done.returncode == 1 and (out / "drone.json").exists()
    if done.returncode and not withheld:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Refused(said[-1].replace(f"{room}/", ""))
    return read(world, out, forecast and not withheld)


def still(program: Path, world: World, room: Path) -> Flown:
    """The film as a forecast takes it: its camera taken as still, its first view as the map.

    Raises `Refused` where the program ends with an error.
    """
    out = room / "still"
    words = [program, "forecast", room / "film.npz", out, "--kind", world.ground.kind]
    words += ["--step", STEP_S, "--leads", LEADS]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Refused(said[-1].replace(f"{room}/", ""))
    first = world.shots[0].homography(world.flight.lens)
    product = json.loads((out / "forecast.json").read_text())["product"]
    with np.load(out / "forecast.npz") as z:
        burnt, burn = z["arrival_s"] == 0, z["burn_probability"] >= product["threshold"]
    times = len(world.seconds)
    seen = np.ones(burnt.shape, bool)
    flown = Flown(np.repeat(first[None], times, 0), times * ["still"], burnt, seen, first)
    flown.burn, flown.burn_to_cells = burn, first
    return flown


def affine(gdal: list[float]) -> np.ndarray:
    """Column and row to place, `[3, 3]`, of six numbers in GDAL's order."""
    x0, dx, rx, y0, ry, dy = (float(v) for v in gdal)
    return np.array([[dx, rx, x0], [ry, dy, y0], [0, 0, 1]])


def read(world: World, out: Path, forecast: bool) -> Flown:
    """What lies in the verb's folder."""
    told = json.loads((out / "drone.json").read_text())
    origin = told.get("origin") or [0.0, 0.0]
    crs = told.get("crs")
    shift = np.array([[1, 0, -origin[0]], [0, 1, -origin[1]], [0, 0, 1.0]])
    if crs:
        to_map = world.place.to_map(crs, tuple(origin))
    else:  # The first frame's pixels; where they lie the program cannot know, and we do.
        to_map = shift @ world.shots[0].homography(world.flight.lens)
    lines = [json.loads(line) for line in (out / "frames.ndjson").read_text().splitlines()]
    if [line["frame"] for line in lines] != list(range(len(world.seconds))):
        raise ValueError(f"{out}: frames.ndjson has not one line a frame, in order")
    lost = np.full((3, 3), np.nan)
    found = [
        lost
        if line["how"] in ("lost", "no-pose") or line.get("ground_to_pixel") is None
        else np.array(line["ground_to_pixel"], float).reshape(3, 3) @ to_map
        for line in lines
    ]

    def to_cells(gdal: list[float]) -> np.ndarray:
        # From the origin on: a map's own coordinates are millions, and lose digits.
        return np.linalg.inv(shift @ affine(gdal)) @ to_map

    with np.load(out / "ground.npz") as z:
        burnt, age = z["frames"][-1] > 0, z["seen_age_s"][-1]
        is_placed = "transform" in z.files
        cell = told["cell_m"]
        gdal = z["transform"].tolist() if is_placed else [0, cell, 0, 0, 0, cell]
    how = [line["how"] for line in lines]
    steady_ms = told.get("timings_s", {}).get("steady_ms_per_frame")
    seen = np.isfinite(age)
    flown = Flown(np.stack(found), how, burnt, seen, to_cells(gdal), is_placed, steady_ms)
    if forecast:
        product = json.loads((out / "forecast.json").read_text())["product"]
        with np.load(out / "forecast.npz") as z:
            flown.burn = z["burn_probability"] >= product["threshold"]
        own = product["grid"].get("transform") or gdal
        flown.burn_to_cells = to_cells(own)
    return flown


def digest(program: Path) -> str:
    """Which program it was."""
    return hashlib.sha256(program.read_bytes()).hexdigest()[:16]
