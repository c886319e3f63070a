"""A stand-in for `emberline drone`: the same words, the same folder, and no tracker.

    python drone_double.py drone FILM OUT --pose FILE …

It goes by telemetry alone. Its geometry is its own: corners of the picture are followed to the
ground along geodesics of the ellipsoid, laid into UTM, and a homography is drawn through them; on a
height model each cell is looked up in the picture, and left out where ground stands before it.
With `--steady auto` it takes the exact poses, where they lie beside those it was given: what a
tracker without a fault would give. `EMBERLINE_DOUBLE_FAULT` gives it one that tests must find.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import cv2
import numpy as np
from pyproj import Geod, Transformer

WARM = 100
SIDE_M = 300
FAULT = os.environ.get("EMBERLINE_DOUBLE_FAULT")


def matrix(line: dict) -> np.ndarray:
    """Body to north, east, down."""
    if "q" in line:
        w, x, y, z = line["q"]
    else:
        half = np.radians([line["yaw_deg"], line["pitch_deg"], line["roll_deg"]]) / 2
        (cy, cp, cr), (sy, sp, sr) = np.cos(half), np.sin(half)
        w, x = cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy
        y, z = cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def refuse(text: str) -> None:
    """End as the program does."""
    print(f"error: {text}", file=sys.stderr)
    raise SystemExit(2)


def poses(path: Path, times: list[str], hfov_deg: float | None) -> dict[str, dict]:
    """Lines of telemetry by time, or a refusal."""
    if not path.exists():
        refuse(f"{path}: no such file; give another")
    try:
        lines = {line["t"]: line for line in map(json.loads, path.read_text().splitlines())}
    except (ValueError, KeyError):
        refuse(f"{path}: a line is no pose; give another")
    if not lines:
        refuse(f"{path}: it holds no pose; give another")
    if times[0] not in lines:
        refuse(f"{path}: its poses are of {min(lines)}, the film begins at {times[0]}; give others")
    for line in lines.values():
        if hfov_deg:
            line["hfov_deg"] = hfov_deg
        if "hfov_deg" not in line:
            refuse(f"{path}: no pose tells the field of view: say --hfov DEG")
        if line["hfov_deg"] >= 180:
            refuse(f"--hfov {line['hfov_deg']}: give a hfov between 1 and 170")
        if not {"alt_agl_m", "alt_msl_m"} & set(line):
            refuse(f"{path}: no pose tells a height: give alt_agl_m or alt_msl_m")
        if FAULT == "mirror" and "q" in line:
            line["q"][3] *= -1
    return lines


def relief_view(
    line: dict, hot: np.ndarray, dem: Path, crs: str, middles: np.ndarray
) -> np.ndarray:
    """What of cells (places `[2, H, W]` of the map) burns, on a height model, and may be seen."""
    import rasterio

    with rasterio.open(dem) as file:
        band, place = file.read(1), file.transform

    def up(east: np.ndarray, north: np.ndarray) -> np.ndarray:
        x = ((east - place.c) / place.a - 0.5).astype(np.float32)
        y = ((north - place.f) / place.e - 0.5).astype(np.float32)
        return cv2.remap(band, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    h, w = hot.shape
    f = w / 2 / np.tan(np.radians(line["hfov_deg"]) / 2)
    at = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(line["lon"], line["lat"])
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*middles)
    here = np.full(lon.shape, line["lon"]), np.full(lon.shape, line["lat"])
    azimuth, _, away = Geod(ellps="WGS84").inv(*here, lon, lat)
    high = up(*middles)
    azimuth = np.radians(azimuth)
    ned = np.stack([away * np.cos(azimuth), away * np.sin(azimuth), line["alt_msl_m"] - high])
    ahead, right, down = np.einsum("ij,ihw->jhw", matrix(line), ned)
    u, v = w / 2 + f * right / ahead, h / 2 + f * down / ahead
    inside = (ahead > 0) & (u >= 0) & (v >= 0) & (u < w) & (v < h)
    burnt = np.zeros(inside.shape, bool)
    burnt[inside] = hot[v[inside].astype(int), u[inside].astype(int)]
    for share in np.linspace(0.01, 0.99, 150) if FAULT != "no occlusion" else ():
        ground = up(*(np.reshape(at, (2, 1, 1)) * share + middles * (1 - share)))
        burnt &= ground <= high + (line["alt_msl_m"] - high) * share + 0.05
    return burnt


def ground_to_pixel(line: dict, w: int, h: int, utm: Transformer, origin: np.ndarray) -> np.ndarray:
    """Flat ground of a map, less its origin, to pixels."""
    f = w / 2 / np.tan(np.radians(line["hfov_deg"]) / 2)
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
    there = []
    for u, v in corners:
        north, east, down = matrix(line) @ [1, (u - w / 2) / f, (v - h / 2) / f]
        far = line["alt_agl_m"] / down
        azimuth, distance = np.degrees(np.arctan2(east, north)), np.hypot(east, north) * far
        lon, lat, _ = Geod(ellps="WGS84").fwd(line["lon"], line["lat"], azimuth, distance)
        if FAULT == "grid north":
            at = np.array(utm.transform(line["lon"], line["lat"]))
            there.append(at + [east * far, north * far] - origin)
        else:
            there.append(np.subtract(utm.transform(lon, lat), origin))
    return cv2.getPerspectiveTransform(np.float32(there), np.float32(corners)).astype(float)


def main() -> int:
    """Fly."""
    p = argparse.ArgumentParser()
    p.add_argument("verb", choices=["drone"])
    p.add_argument("film", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--pose", required=True)
    p.add_argument("--steady", default="auto")
    p.add_argument("--kind", default="thermal")
    p.add_argument("--cell", type=float, default=1.0)
    p.add_argument("--step", type=float, default=30.0)
    p.add_argument("--no-forecast", action="store_true")
    p.add_argument("--leads", type=int, default=10)
    p.add_argument("--hfov", type=float)
    p.add_argument("--camera", type=Path)
    p.add_argument("--dem", type=Path)
    args = p.parse_args()
    for path in (args.dem, args.camera):
        if path and not path.exists():
            refuse(f"{path}: no such file; give another")
    z = np.load(args.film)
    frames, times = z["frames"], z["time_utc"].tolist()
    n, h, w = frames.shape[:3]
    if args.pose == "none":
        crs, origin, grid = None, [0.0, 0.0], (w, h)
        found, gdal = [np.eye(3)] * n, [0, 1, 0, 0, 0, 1]
    else:
        path = Path(args.pose)
        if args.steady == "auto":
            path = path.with_name("exact.ndjson")
        lines = poses(path, times, args.hfov)
        first = lines[times[0]]
        zone = int((first["lon"] + 180) // 6) + 1
        crs = f"EPSG:{(32600 if first['lat'] >= 0 else 32700) + zone}"
        utm = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        half_m = SIDE_M // 2
        origin = np.round(np.array(utm.transform(first["lon"], first["lat"]))) + [-half_m, half_m]
        grid = 2 * (int(SIDE_M / args.cell),)
        told = [lines[t] | {"alt_agl_m": lines[t].get("alt_agl_m", 100.0)} for t in times]
        found = [ground_to_pixel(line, w, h, utm, origin) for line in told]
        origin = origin.tolist()
        gdal = [origin[0], args.cell, 0, origin[1], 0, -args.cell]
    # Columns and rows of the ground's cells, their middles, as what ground_to_pixel takes.
    across, down = (1, 1) if crs is None else (args.cell, -args.cell)
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    cells = np.array([[across, 0, 0.5 * across], [0, down, 0.5 * down], [0, 0, 1]])
    hot = (frames if frames.ndim == 3 else frames[..., 0]) > (0 if args.kind == "mask" else WARM)
    begin = np.datetime64(times[0].rstrip("Z"))
    at = np.array([(np.datetime64(t.rstrip("Z")) - begin) / np.timedelta64(1, "s") for t in times])
    burnt, seen = np.zeros(grid[::-1], bool), np.full(grid[::-1], np.nan, np.float32)
    steps, ages = [], []
    for k in range(int(at[-1] // args.step)):
        in_step = np.flatnonzero((at > k * args.step) & (at <= (k + 1) * args.step))
        votes, views = np.zeros(grid[::-1]), np.zeros(grid[::-1])
        for i in in_step:
            to = np.linalg.inv(half @ found[i] @ cells)
            votes += cv2.warpPerspective(hot[i].astype(np.float32), to, grid)
            views += cv2.warpPerspective(np.ones((h, w), np.float32), to, grid)
        if args.dem and args.kind == "mask":
            row, col = np.mgrid[: grid[1], : grid[0]] + 0.5
            middles = np.stack([gdal[0] + gdal[1] * col, gdal[3] + gdal[5] * row])
            votes = views * relief_view(lines[times[0]], hot[0], args.dem, crs, middles)
        burnt = burnt | ((views > 0.5) & (votes >= 0.5 * views))
        seen = np.where(views > 0.5, 0, seen + args.step).astype(np.float32)
        steps.append(burnt.copy())
        ages.append(seen)
    args.out.mkdir(parents=True)
    told = {
        "origin": origin if crs else None,
        "cell_m": 1.0,
        "timings_s": {"steady_ms_per_frame": 12.5},
    }
    (args.out / "drone.json").write_text(json.dumps(told | ({"crs": crs} if crs else {})))
    how = "telemetry" if args.steady == "off" else "steadied"
    lines = [
        {
            "frame": i,
            "time_utc": times[i],
            "how": how if i else "first",
            "ground_to_pixel": g.ravel().tolist(),
        }
        for i, g in enumerate(found)
    ]
    (args.out / "frames.ndjson").write_text("\n".join(map(json.dumps, lines)) + "\n")
    ground = {"frames": np.stack(steps).astype(np.uint8), "seen_age_s": np.stack(ages)}
    if crs:
        ground["transform"] = np.array(gdal, float)
    np.savez(args.out / "ground.npz", **ground)
    if not args.no_forecast:
        grown = [
            cv2.dilate(burnt.astype(np.uint8), np.ones((3, 3)), iterations=1 + k)
            for k in range(args.leads)
        ]
        np.savez(args.out / "forecast.npz", burn_probability=np.stack(grown).astype(np.float32))
        product = {"threshold": 0.5, "grid": {"transform": gdal}}
        (args.out / "forecast.json").write_text(json.dumps({"product": product}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
