"""Make the golden inputs of the source tests: python make.py (from this folder).

Oracles: numpy 2.4.6 writes the .npz files; scipy 1.17.1 closes the holes of burnt_*.npz; ffmpeg 9.0.2
(imageio-ffmpeg 0.8.1) codes the videos with libx264/libx265 and decodes them again for the
reference luma in luma.npz. All content is synthetic.
"""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from scipy.ndimage import binary_fill_holes, gaussian_filter

HERE = Path(__file__).parent
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
T, H, W = 4, 32, 44


def ramp(dtype: type) -> np.ndarray:
    """Frames (t h w) whose value tells frame, row and column: t * 10 + y + x / 4."""
    t, y, x = np.mgrid[0:T, 0:H, 0:W]
    return (t * 10 + y + x // 4).astype(dtype)


def disk(frames: int) -> np.ndarray:
    """Masks (t h w): a disk that grows by a cell a frame."""
    t, y, x = np.mgrid[0:frames, 0:H, 0:W]
    return (y - 16) ** 2 + (x - 20) ** 2 <= (4 + t) ** 2


def arrays() -> dict[str, dict]:
    """What goes into each .npz."""
    utc = np.array(["2026-08-01T12:00:00Z", "2026-08-01T12:00:30Z", "2026-08-01T12:01:01Z", "2026-08-01T12:01:30Z"])
    place = dict(cell_m=np.float32(5), crs="EPSG:32611", transform=np.array([5e5, 5, 0, 4.1e6, 0, -5]))
    return {
        "thermal_u8": dict(frames=ramp(np.uint8), dt_s=np.float32(0.1), kind="thermal", **place),
        "thermal_u16": dict(frames=ramp(">u2"), time_utc=utc, dt_s=30.0, place="somewhere"),
        "thermal_f32": dict(frames=ramp(np.float32), time_utc=1785585600.0 + 30.0 * np.arange(T), dt_min=np.float32(2)),
        "mask_bool": dict(frames=disk(T), dt_s=np.int64(15)),
        "mask_packed": dict(
            heat=ramp(np.uint8), mask=np.packbits(disk(T), axis=-1), dt_s=np.float32(15), segment=np.zeros(T, np.int16)
        ),
        "rgb": dict(frames=np.repeat(ramp(np.uint8)[..., None], 3, -1), kind=np.bytes_(b"rgb"), dt_s=1.0),
        "thermal_f64": dict(frames=ramp(np.float64)),
        "thermal_i32": dict(frames=ramp(np.int32)),
        "thermal_fortran": dict(frames=np.asfortranarray(ramp(np.uint8))),
        "bad_nan": dict(frames=np.where(ramp(np.float32) == 20, np.nan, ramp(np.float32)).astype(np.float32)),
        "bad_zero": dict(frames=np.zeros((0, H, W), np.uint8)),
        "bad_small": dict(frames=np.zeros((T, 31, W), np.uint8)),
        "bad_large": dict(frames=np.zeros((1, 32, 4097), np.uint8)),
        "bad_flat": dict(frames=np.zeros((H, W), np.uint8)),
        "bad_channels": dict(frames=np.zeros((T, H, W, 2), np.uint8)),
        "bad_text": dict(frames=np.full((T, H, W), "x")),
        "bad_dt": dict(frames=ramp(np.uint8), dt_s=-1.0),
        "bad_kind": dict(frames=ramp(np.uint8), kind="infrared"),
        "bad_rain": dict(frames=ramp(np.uint8), kind="rain"),
        "bad_transform": dict(frames=ramp(np.uint8), transform=np.zeros(6)),
        "bad_utc_count": dict(frames=ramp(np.uint8), time_utc=utc[:3]),
        "bad_utc_order": dict(frames=ramp(np.uint8), time_utc=utc[[0, 1, 1, 2]]),
        "bad_utc_text": dict(frames=ramp(np.uint8), time_utc=np.array(["2026-08-01T12:00:00Z", "noon", "x", "y"])),
    }


def heat(seed: int) -> np.ndarray:
    """Intensities (t h w) uint8 of patchy flames that wander over noisy ground."""
    rng = np.random.default_rng(seed)
    patchy = gaussian_filter(rng.normal(size=(10, 40, 50)), (1.5, 2.0, 2.0))
    t, y, x = np.mgrid[0:10, 0:40, 0:50]
    front = np.abs(np.hypot(y - 20, x - 20) - 6 - t) < 2.2
    v = 40 + rng.normal(0, 4, patchy.shape) + np.where(front & (patchy > -0.05), 150, 0)
    return np.clip(v, 0, 255).astype(np.uint8)


def burnt_from_heat(frames: np.ndarray) -> tuple[np.ndarray, float]:
    """Burnt masks (t h w) and threshold: the definition that models are trained with."""
    background = float(np.median(frames))
    peak = float(np.partition(frames.reshape(-1), -17)[-17])
    hot = background + 0.5 * (peak - background)
    burnt, sofar = np.zeros(frames.shape, bool), np.zeros(frames.shape[1:], bool)
    for k, frame in enumerate(frames):
        sofar = binary_fill_holes(sofar | (frame >= hot))
        burnt[k] = sofar
    return burnt, hot


def film(frames: int, h: int, w: int) -> np.ndarray:
    """Colour frames (t h w c) of a bright disk that crosses a dim, textured ground."""
    t, y, x = np.mgrid[0:frames, 0:h, 0:w]
    ground = 70 + 20 * np.sin(x / 5.0) * np.cos(y / 7.0)
    fire = np.clip(10 - np.hypot(y - h / 2, x - 8 - 2.5 * t), 0, 1)
    r, g, b = ground + fire * 170, ground + fire * 80, ground - fire * 30
    return np.clip(np.stack([r, g, b], -1), 0, 255).astype(np.uint8)


def video(name: str, rgb: np.ndarray, rate: str, *args: str) -> Path:
    """Code `rgb` into `name`."""
    _, h, w, _ = rgb.shape
    out = HERE / name
    subprocess.run(
        [FFMPEG, "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{w}x{h}", "-r", rate, "-i", "-",
         *args, "-fflags", "+bitexact", "-flags:v", "+bitexact", str(out)],
        input=rgb.tobytes(), check=True,
    )  # fmt: skip
    return out


def luma(path: Path, h: int, w: int) -> np.ndarray:
    """Luma planes (t h w) as ffmpeg decodes them, uint16 where they have 10 bit."""
    wide = path.stem.endswith("10")
    raw = subprocess.run(
        [FFMPEG, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "yuv420p10le" if wide else "yuv420p",
         "-fps_mode", "passthrough", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.uint16 if wide else np.uint8).reshape(-1, h * 3 // 2, w)[:, :h].copy()


def main() -> None:
    """Write everything."""
    for name, held in arrays().items():
        np.savez_compressed(HERE / f"{name}.npz", **held)
    for seed in (1, 2):
        frames = heat(seed)
        burnt, hot = burnt_from_heat(frames.astype(np.float32) / np.float32(255))
        held = dict(frames=frames, burnt=burnt, hot=np.float64(hot), dt_s=30.0, kind="thermal")
        np.savez_compressed(HERE / f"burnt_{seed}.npz", **held)
    h, w = 48, 70  # no multiple of 16: the coded size is cropped
    rgb = film(14, h, w)
    x264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "20", "-threads", "1"]
    # Groups of pictures that are open, and predicted both ways.
    x265 = ["-c:v", "libx265", "-crf", "20", "-x265-params", "log-level=none:keyint=6:min-keyint=6:bframes=2:open-gop=1"]
    made = {
        "baseline": video("baseline.mp4", rgb, "10", *x264, "-profile:v", "baseline"),
        "main": video("main.mov", rgb, "10", *x264, "-profile:v", "main", "-bf", "2"),
        "high": video("high.mp4", rgb, "30000/1001", *x264, "-profile:v", "high", "-bf", "3", "-refs", "4"),
        "fragmented": video("fragmented.m4v", rgb, "10", *x264, "-bf", "2", "-g", "5", "-f", "mp4",
                            "-movflags", "frag_keyframe+empty_moov+default_base_moof"),
        "grey": video("grey.mp4", rgb, "10", *x264[:2], *x264[4:], "-pix_fmt", "gray"),
        "hevc": video("hevc.mp4", rgb, "10", *x265, "-pix_fmt", "yuv420p"),
        "hevc10": video("hevc10.mp4", rgb, "10", *x265, "-pix_fmt", "yuv420p10le"),
    }  # fmt: skip
    np.savez_compressed(HERE / "luma.npz", **{k: luma(p, h, w) for k, p in made.items()})
    video("high10.mp4", rgb[:2], "10", "-c:v", "libx264", "-pix_fmt", "yuv420p10le")


if __name__ == "__main__":
    main()
