"""Check a model folder: hashes, graph rules, and that every form gives the same answer.

    python -m emberline_export onnx check models/fire-v1

ONNX Runtime (CPU) runs the golden clips through the whole-window graph and through the streaming
split (encode, translate, decode). Bars: 1e-4 on values, 99.9 % equal codes. Other precisions of
the card (`onnx quantize`) must keep their graph rules and 99 % of the codes; what they may lose in
scores was measured by `onnx quantize`, on more films than two. A family without graphs (`cascade`)
is held against its reference.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from .card import read_card
from .cascade import golden
from .folder import GRAPHS, file_of, has_stream, sha256
from .graph import check_graph
from .precision.rules import check_rules

VALUE_BAR, CODE_BAR = 1e-4, 0.999
LOW_CODE_BAR = 0.99  # of float16 and int8
FOLDER_BYTES = 4_000_000  # all precisions together
KEYS = ["forecast", "burn_probability", "codes_global", "codes_local"]


def session(path: Path) -> onnxruntime.InferenceSession:
    """CPU session of one graph."""
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def keys_of(front: np.ndarray | None) -> list[str]:
    """Outputs of a graph: a model of frames, without front maps, has no burn probability."""
    return [k for k in KEYS if front is not None or k != "burn_probability"]


def run_window(
    folder: Path, frames: np.ndarray, front: np.ndarray | None, precision: str = "float32"
) -> dict[str, np.ndarray]:
    """Whole window in one graph."""
    feed = {"frames": frames} | ({} if front is None else {"front": front})
    keys = keys_of(front)
    graph = session(folder / file_of(GRAPHS[0], precision))
    return dict(zip(keys, graph.run(keys, feed), strict=True))


def run_stream(
    folder: Path, frames: np.ndarray, front: np.ndarray | None, precision: str = "float32"
) -> dict[str, np.ndarray]:
    """The same by encode, translate, decode."""
    parts = (session(folder / file_of(g, precision)) for g in GRAPHS[1:])
    return streamed(*parts, frames, front)


def streamed(
    encode: onnxruntime.InferenceSession,
    translate: onnxruntime.InferenceSession,
    decode: onnxruntime.InferenceSession,
    frames: np.ndarray,
    front: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Run the three graphs of the stream, frame by frame and lead by lead."""
    parts = [encode.run(None, {"frame": frames[:, k]}) for k in range(frames.shape[1])]
    join = [np.concatenate([p[i] for p in parts], 1) for i in (0, 1)]
    codes = [np.stack([p[i] for p in parts], 1) for i in (2, 3)]
    last = np.ascontiguousarray(frames[:, -1])
    feed = {"latents_global": join[0], "latents_local": join[1]}
    if front is None:
        coarse, fine, start = translate.run(None, feed | {"frames": frames})
        out = leads_of(decode, coarse, fine, start, last)
        return dict(zip(keys_of(front), (out, *codes), strict=True))
    coarse, fine, burn = translate.run(None, feed | {"front": front, "last": last})
    leads, frame, out = burn.shape[1], last, []
    for a, b in zip(np.split(coarse, leads, 1), np.split(fine, leads, 1), strict=True):
        feed = {"future_global": a, "future_local": b, "frame": frame}
        (frame,) = decode.run(None, {k: np.ascontiguousarray(v) for k, v in feed.items()})
        out.append(frame)
    return dict(zip(KEYS, (np.stack(out, 1), burn, *codes), strict=True))


def leads_of(
    decode: onnxruntime.InferenceSession,
    coarse: np.ndarray,
    fine: np.ndarray,
    start: np.ndarray,
    last: np.ndarray,
) -> np.ndarray:
    """Frames `(1, l, 1, h, w)` of a model of frames, lead by lead; `start` holds a detail each."""
    state = np.zeros((1, 2, *last.shape[2:]), np.float32)
    takes = {i.name: i.shape for i in decode.get_inputs()}
    maps = takes["start"][1] - 1  # of every lead: motion, and how far rain fades
    leads, out = start.shape[1] - maps, []
    if takes["state"][1] == 3:  # the last frame, softened lead by lead, is part of the state
        state = np.concatenate([state, last], 1)
    parts = zip(np.split(coarse, leads, 1), np.split(fine, leads, 1), strict=True)
    for k, (a, b) in enumerate(parts):
        here = np.concatenate([start[:, :maps], start[:, maps + k : maps + k + 1]], 1)
        feed = {"future_global": a, "future_local": b, "start": here, "last": last, "state": state}
        feed = {k: np.ascontiguousarray(v) for k, v in feed.items() if k in takes}
        frame, state = decode.run(None, feed)
        out.append(frame)
    return np.stack(out, 1)


def compare(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> tuple[float, float]:
    """Largest difference of values, smallest share of equal codes."""
    values = max(float(np.abs(a[k] - b[k]).max()) for k in KEYS[:2] if k in a)
    return values, min(float((a[k] == b[k]).mean()) for k in KEYS[2:])


def check(folder: Path) -> list[str]:
    """Print a line per check; return what failed."""
    failed = []

    def say(ok: bool, text: str) -> None:
        print(("ok    " if ok else "FAILED ") + text)
        if not ok:
            failed.append(text)

    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        say((folder / name).exists() and sha256(folder / name) == digest, f"hash of {name}")
    card = read_card(folder)
    if "opset" not in card:
        check_curves(folder, card, say)
        return failed
    for g in GRAPHS:
        counts = check_graph(folder / g)
        say(True, f"{g}: opset {card['opset']}, {sum(counts.values())} nodes, bilinear, no loop")
    for entry in card["precision"]:
        name, path = entry["name"], folder / entry["file"]
        say(sha256(path) == entry["sha256"], f"card's hash of {entry['file']}")
        graphs = [file_of(g, name) for g in GRAPHS] if name != "float32" else []
        for g in (g for g in graphs if (folder / g).exists()):
            counts = check_graph(folder / g)
            check_rules(name, onnx.load(str(folder / g)))
            say(True, f"{g}: {sum(counts.values())} nodes, by the rules of {name}")
    z = np.load(folder / "golden.npz")
    for case in sorted({k.split(".")[0] for k in z.files}):
        want = {k: z[f"{case}.{k}"] for k in KEYS if f"{case}.{k}" in z.files}
        frames = z[f"{case}.frames"]
        front = z[f"{case}.front"] if f"{case}.front" in z.files else None
        for form, run in (("window", run_window), ("stream", run_stream)):
            values, codes = compare(run(folder, frames, front), want)
            ok = values <= VALUE_BAR and codes >= CODE_BAR
            say(
                ok, f"{case}: {form} against PyTorch: max abs {values:.1e}, equal codes {codes:.4%}"
            )
        for precision in (p["name"] for p in card["precision"] if p["name"] != "float32"):
            for form, run in (("window", run_window), ("stream", run_stream)):
                if form == "stream" and not has_stream(folder, precision):
                    continue
                values, codes = compare(run(folder, frames, front, precision), want)
                text = f"max abs {values:.1e}, equal codes {codes:.4%}"
                say(codes >= LOW_CODE_BAR, f"{case}: {precision} {form} against PyTorch: {text}")
        if front is None:
            continue
        monotone = bool((np.diff(want["burn_probability"], axis=1) >= -1e-6).all())
        say(monotone, f"{case}: burn probability never falls with lead")
    size = sum(p.stat().st_size for p in folder.iterdir())
    say(size <= FOLDER_BYTES, f"folder size {size / 1e6:.2f} MB of {FOLDER_BYTES / 1e6:.0f}")
    return failed


def check_curves(folder: Path, card: dict, say: Callable[[bool, str], None]) -> None:
    """Of a family without graphs: curves as the card has them, and golden films said again."""
    (entry,) = card["precision"]
    path = folder / entry["file"]
    say(sha256(path) == entry["sha256"], f"card's hash of {entry['file']}")
    own = card[card["family"]]
    with np.load(path) as z:
        b = z["fit"]
    want = (len(own["rates_mm_h"]), 2, 1 + len(own["features"]))
    ok = b.shape == want and bool(np.isfinite(b).all())
    say(ok, f"{entry['file']}: {b.shape[0]} curves of {b[0].size} numbers")
    for case, wrong in golden.apart(folder / "golden.npz", b.reshape(len(b), -1)).items():
        text = f"max abs {wrong[0]:.1e} of the chances, {wrong[1]:.1e} mm/h of likely rain"
        say(max(wrong) <= VALUE_BAR, f"{case}: said again: {text}")


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx check`."""
    p.add_argument("folder", type=Path)


def main(args: argparse.Namespace) -> int:
    """Exit 1 when a check failed."""
    return 1 if check(args.folder) else 0
