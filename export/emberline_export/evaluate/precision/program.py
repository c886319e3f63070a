"""Emberline itself: the same films forecast by the built program, on every engine it has here.

Each film is written as a clip, forecast into a folder and read back, so that all is measured that a
user gets: the fronts that the program finds, frames within 0..1, rain with the rates of the last
frame. Differences to PyTorch on golden clips are those of `emberline models verify`.
"""

import json
import math
import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

from ...data.rain import FULL
from ...data.root import REPOSITORY
from ...onnx.card import read_card
from ...onnx.precision.films import Film
from ...onnx.precision.runner import Engine, Opened, Refused
from ...onnx.precision.scores import CODES, Run

PROGRAM = REPOSITORY / "target" / "release" / "emberline"
ENGINES = ("tract", "ort-cpu", "cuda", "tensorrt")
STEP_S = 60.0  # between frames, or the nearest that the model takes


def call(program: Path, *args: str | Path) -> subprocess.CompletedProcess:
    """Run the program; it finds ONNX Runtime where Python has it, unless told otherwise."""
    env = os.environ.copy()
    for library in Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so.*"):
        env.setdefault("ORT_DYLIB_PATH", str(library))
    command = [program.resolve(), *args]
    return subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True)


def reason(done: subprocess.CompletedProcess) -> str:
    """What the program says of its failure."""
    said = done.stderr.strip().splitlines()
    errors = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    return bare((errors or said[-1:] or [f"exit code {done.returncode}"])[0])


def bare(text: str) -> str:
    """Text fit for a table on any machine: files without their folders."""
    return re.sub(r"(?<!\S)/\S*/", "", text).replace("|", "/")


def shown(program: Path) -> str:
    """Where a program is, seen from the repository."""
    path = program.resolve()
    return str(path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path.name)


def engines(program: Path, folder: Path) -> tuple[dict[str, Engine], str]:
    """Engines that are here, by name; and a line that names the program and those that are not."""
    if not program.is_file():
        return {}, f"emberline: not run, no program at {shown(program)}."
    try:
        version = call(program, "--version").stdout.strip()
        done = call(program, "models", "verify", folder.resolve(), "--json")
    except OSError as e:
        return {}, f"emberline: not run, {shown(program)}: {e.strerror}."
    try:
        verified = json.loads(done.stdout)  # also where a check failed, which the rows then show
    except json.JSONDecodeError:
        return {}, f"emberline: not run, models verify: {reason(done)}."
    checks, absent = verified["checks"], {e: bare(why) for e, why in verified["engines"]}
    here = {f"emberline, {e}": opener(program, e, checks) for e in ENGINES if e not in absent}
    grouped = [
        f"{', '.join(e for e in absent if absent[e] == why)}: not here, {why}"
        for why in dict.fromkeys(absent.values())
    ]
    return here, "; ".join([f"Rows of emberline: {version}", *grouped]) + "."


def opener(program: Path, engine: str, checks: list[dict]) -> Engine:
    """One engine of the program; `checks` are what `models verify` told of a folder."""

    def opened(folder: Path, precision: str) -> Opened:
        mine = [c for c in checks if (c["engine"], c["precision"]) == (engine, precision)]
        if faults := [c["fault"] for c in mine if c["fault"]]:
            raise Refused(bare(faults[0]))
        run = forecasts(program, folder, engine, precision)
        if not mine:
            return Opened(run, math.nan, math.nan)
        return Opened(run, max(map(difference, mine)), min(c["codes_agree"] for c in mine))

    return opened


def difference(check: dict) -> float:
    """Largest difference of a check; JSON has null for what is infinite."""
    values = [check["frames_difference"]]
    if check["agree"] is not None:  # it has burn probability
        values.append(check["probability_difference"])
    return max(math.inf if v is None else v for v in values)


def forecasts(program: Path, folder: Path, engine: str, precision: str) -> Run:
    """Forecast one film a call; a refusal of the first film is one of the precision."""
    card, done = read_card(folder), 0

    def run(film: Film) -> dict[str, np.ndarray]:
        nonlocal done
        with tempfile.TemporaryDirectory() as room:
            clip, out = Path(room) / "clip.npz", Path(room) / "out"
            np.savez(clip, **clip_of(film, card))
            asked = ["--model", folder.resolve(), "--engine", engine, "--precision", precision]
            told = call(program, "forecast", clip, out, *asked, "--threads", "1")
            if told.returncode and not done:
                raise Refused(reason(told).partition("; ")[0])  # then comes what to do
            if told.returncode:
                raise ValueError(f"emberline, {engine}, {precision}, film {done}: {reason(told)}")
            done += 1
            return answer(out / "forecast.npz", card)

    return run


def clip_of(film: Film, card: dict) -> dict[str, np.ndarray]:
    """Arrays of an input file: rain as codes, all else as 0..1."""
    kind = "mask" if film.set.endswith(" mask") else card["input"]["kinds"][0]
    frames = film.frames.astype(np.float32)
    if kind == "rain":
        frames = np.rint(frames * FULL).astype(np.uint8)
    step_s = np.clip(STEP_S, *card["input"]["step_s"])
    return {"frames": frames, "dt_s": np.float64(step_s), "kind": np.array(kind)}


def answer(path: Path, card: dict) -> dict[str, np.ndarray]:
    """A forecast as graphs give it, but for `frames` `[L, H, W]`, which are handed on already."""
    with np.load(path) as z:
        out = {k: z[k][None] for k in ("burn_probability", *CODES) if k in z.files}
        return out | {"frames": z["frames"] / np.float32(FULL if card["task"] == "rain" else 1)}
