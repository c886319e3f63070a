"""A stand-in for `emberline drone`: the same words, the same folder, and no tracker.

    python drone_double.py drone FILM OUT --pose FILE …

It goes by telemetry alone. Its geometry is its own: corners of the picture are followed to the
ground along geodesics of the ellipsoid, laid into UTM, and a homography is drawn through them.
With `--steady auto` it takes the exact poses, where they lie beside those it was given: what a
tracker without a fault would give.
"""

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from pyproj import Geod, Transformer

WARM = 100


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
    p.add_argument("--camera")
    p.add_argument("--dem")
    args = p.parse_args()
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
        lines = {line["t"]: line for line in map(json.loads, path.read_text().splitlines())}
        if not lines:
            print(f"error: {path}: no poses", file=sys.stderr)
            return 2
        first = lines[times[0]]
        zone = int((first["lon"] + 180) // 6) + 1
        crs = f"EPSG:{(32600 if first['lat'] >= 0 else 32700) + zone}"
        utm = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        origin = np.round(np.array(utm.transform(first["lon"], first["lat"]))) + [-200, 200]
        grid = (400, 400)
        found = [ground_to_pixel(lines[t], w, h, utm, origin) for t in times]
        origin = origin.tolist()
        gdal = [origin[0], 1, 0, origin[1], 0, -1]
    # Columns and rows of the ground's cells, their middles, as what ground_to_pixel takes.
    down = 1 if crs is None else -1
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    cells = np.array([[1, 0, 0.5], [0, down, 0.5 * down], [0, 0, 1]])
    hot = (frames if frames.ndim == 3 else frames[..., 0]) > WARM
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
        burnt = burnt | ((views > 0.5) & (votes >= 0.5 * views))
        seen = np.where(views > 0.5, 0, seen + args.step).astype(np.float32)
        steps.append(burnt.copy())
        ages.append(seen)
    args.out.mkdir(parents=True)
    told = {"origin": origin, "cell_m": 1.0, "timings_s": {"steady_ms_per_frame": 12.5}}
    (args.out / "drone.json").write_text(json.dumps(told | ({"crs": crs} if crs else {})))
    how = "telemetry" if args.steady == "off" else "steadied"
    lines = [
        {"frame": i, "time_utc": times[i], "how": how, "ground_to_pixel": g.ravel().tolist()}
        for i, g in enumerate(found)
    ]
    (args.out / "frames.ndjson").write_text("\n".join(map(json.dumps, lines)) + "\n")
    ground = {"frames": np.stack(steps).astype(np.uint8), "seen_age_s": np.stack(ages)}
    np.savez(args.out / "ground.npz", transform=np.array(gdal, float), **ground)
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
