"""Run two builds of emberline over the same inputs, and fail where a user would see a difference.

    python tests/same_answers.py BEFORE AFTER           two programs
    python tests/same_answers.py BEFORE --record DIR    write down what BEFORE answers
    python tests/same_answers.py DIR AFTER              that, instead of a program

Compared are exit codes, stdout, stderr and every file that a run leaves, byte for byte; pages of
HTML as a browser reads them: elements, attributes, texts, in their order. Left out are measured
times, memory that is left, and the folder a run happened in: the table MASKS. What may differ on
purpose is named, with a reason, in the table ALLOWED. Exit code 0: all the same, or as allowed; 1:
anything else, with the first difference; 2: it could not be run.

Each run gets a fresh folder of the same path for both programs, a HOME and a TMPDIR of its own.
Inputs are made here or come from the shared data (`--data`, else $EMBERLINE_DATA, else
../shared/data) and the field cases beside it (`--cases`). With ORT_DYLIB_PATH the runs of ONNX
Runtime are made, too. `--models-before` and `--models-after` are for a change of the model folders'
form: each is a folder of model folders, with the models of `tests/data` in its `../tests/data`.

A record holds for the processor it was made on: an engine may take other instructions elsewhere.
Needs numpy and pillow.
"""

import argparse
import fnmatch
import functools
import gzip
import hashlib
import io
import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image


class Allowed(NamedTuple):
    """A difference that is meant, and why.

    `run` and `file` are patterns of names as in the report. `json` is a pattern of a path in a file
    of JSON (`model.sha256`; numbers for places in a list, of an .ndjson file first the line), or
    `text` a regular expression whose matches are passed over. With neither, the file may differ as
    a whole, or be on one side only.
    """

    run: str
    file: str
    why: str
    json: str = ""
    text: str = ""


CARD = "cards have schema 2: a family, and a table of its own"
HASH = "so cards have another hash; notes beside them name verbs as they are now"
CARD_PATHS = ("schema", "family", "input.front_channels", "codebook*", "drift*", "physicnet*")
ALLOWED = [
    # Against the program before its parts became crates (baf41d2); empty it for another BEFORE.
    *(Allowed("models/*", "*.stdout", CARD, json=f"card.{path}") for path in CARD_PATHS),
    Allowed("models/*", "*.stdout", HASH, json="files.card.toml"),
    Allowed("models/*", "*.stdout", HASH, json="files.README.md"),
    Allowed("models/*", "*.stdout", HASH, json="files.quantization.txt"),
    Allowed("refused/models", "5.stderr", CARD, text="this version reads [12]"),
    Allowed("refused/models", "6.stderr", CARD, text="line [67]: unknown field .*"),
    Allowed(
        "refused/unfit",
        "*.stderr",
        CARD,
        text=r"physicnet[.:] ?|(?<=card.toml: )(input[.]|line 32: )",
    ),
    Allowed("refused/films", "21.*", "sim:rain, which was refused, is there"),
    Allowed("refused/films", "room/out/*", "sim:rain, which was refused, is there"),
]


class Mask(NamedTuple):
    """What is measured anew at each run: it is replaced on both sides before they are compared."""

    run: str
    file: str
    what: str
    pattern: bytes
    by: bytes


NUMBER = rb"[0-9][0-9.e+-]*"
NO_COUNT = rb": (null|[0-9]*[.e][0-9.e+-]+)(?=[,\n])"  # counts have no point
MASKS = [
    Mask("*", "*", "seconds of stages", rb'("timings_s": \{[^}]*\})', b""),  # its numbers only
    Mask("*", "*.stdout", "seconds of a check", rb'"seconds": ' + NUMBER, b'"seconds": <s>'),
    Mask("models/*", "*.stdout", "ms of a check", rb"(?m) +[0-9]+(  (?:ok|FAILED))", rb" <ms>\1"),
    Mask("models/*", "*.stdout", "ms of a check", rb"(?m) +ms(  result)$", rb" <ms>\1"),
    Mask("doctor/*", "*", "ms of a check", rb", [0-9]+ ms", b", <ms>"),
    Mask("doctor/*", "*", "memory left", rb"[0-9]+ MiB left", b"<MiB> left"),
    Mask("refused/memory", "*.stderr", "memory left", rb"[0-9]+ MiB are", b"<MiB> are"),
    Mask("bench/*", "*.stdout", "times, memory", NO_COUNT, b": <x>"),
]

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
RUN_LIMIT_S = 300
NO_LIBRARY = "./no-such-library.so"
# ONNX Runtime 1.31 writes these into HOME and TMPDIR by itself.
LIBRARY_LEAVES = (".cache/Microsoft/", ".ses")
SMALL = "'sim:fire?height=40&width=48&frames=24&seed=3'"


class Wrong(Exception):
    """A run that cannot be made or compared, and why."""


# What a run finds in its folder: name → bytes, or a file or folder to copy.
Files = dict[str, "bytes | Path"]


@dataclass(frozen=True)
class Places:
    """Where inputs come from."""

    data: Path
    cases: Path


@dataclass(frozen=True)
class Side:
    """One of the two: a program with the models that fit it, or a folder of recorded answers."""

    name: str
    program: Path | None
    models: Path
    record: Path | None = None

    @property
    def small_models(self) -> Path:
        """Models of a kilobyte, as the tests of the command line use them."""
        beside = self.models.parent / "tests" / "data"
        return beside if beside.is_dir() else ROOT / "tests" / "data"


@dataclass
class Run:
    """Commands that are run one after the other in one folder.

    `ends` is the exit code that every command of BEFORE must have, so that no run compares two
    refusals by mistake; `None` where the inputs are what they are.
    """

    name: str
    steps: list[list[str]]
    inputs: Callable[[], Files] = dict
    models: Callable[[Side], Files] = lambda side: {}
    ends: int | None = 0
    env: dict[str, str] = field(default_factory=dict)
    needs_ort: bool = False
    dated: bool = False  # inputs depend on the day
    shell: str = ""  # bash that ends in running "$@", for limits and locks


def steps(text: str) -> list[list[str]]:
    """Command lines, one a line."""
    return [shlex.split(line) for line in text.strip().splitlines()]


# --- Inputs -------------------------------------------------------------------------------------


def npz(**arrays: np.ndarray) -> bytes:
    """An .npz file, the same bytes each time."""
    with io.BytesIO() as file:
        np.savez(file, **arrays)
        return file.getvalue()


@functools.cache
def stored(path: Path) -> dict[str, np.ndarray]:
    """Arrays of a shared .npz."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def picture(array: np.ndarray, kind: str, **options: object) -> bytes:
    """One image file."""
    with io.BytesIO() as file:
        Image.fromarray(np.ascontiguousarray(array)).save(file, kind, **options)
        return file.getvalue()


def pictures(folder: str, frames: np.ndarray, kind: str, end: str, **options: object) -> Files:
    """A folder of images, one a frame."""
    names = (f"{folder}/frame_{k:03}.{end}" for k in range(len(frames)))
    return {n: picture(f, kind, **options) for n, f in zip(names, frames, strict=True)}


def fire(frames: int = 12, height: int = 64, width: int = 64, begin: float = 4.0) -> np.ndarray:
    """Heat `[T,H,W]` in 0..1: a front that grows and drifts over mottled ground, cooler behind."""
    t, y, x = np.ogrid[:frames, :height, :width]
    mottle = ((7 * y + 13 * x + x * y % 11) % 17) / 17
    r = np.hypot(y - height * 0.5, x - width * 0.4 - 0.5 * t) / (begin + 0.8 * t)
    ground, behind, front = 0.08 + 0.08 * mottle, 0.35 + 0.1 * mottle, 0.8 + 0.15 * mottle
    return np.where(r < 1, np.where(r > 0.6, front, behind), ground)


def fire_u8(*sides: int) -> np.ndarray:
    """The same as 8-bit heat."""
    return np.rint(255 * fire(*sides)).astype(np.uint8)


def shower(frames: int = 5, height: int = 40, width: int = 60) -> np.ndarray:
    """Codes `[T,H,W]` of a square shower that moves right; no data on the left."""
    t, y, x = np.ogrid[:frames, :height, :width]
    wet = (abs(y - height // 2) < 8) & (abs(x - 14 - 2 * t) < 8)
    return np.where(x < 3, 255, np.where(wet, 120 + (y + x) % 16, 0)).astype(np.uint8)


def rates(codes: np.ndarray) -> np.ndarray:
    """Codes → mm/h."""
    rate = np.where(codes == 0, 0.0, 0.1 * 10 ** (0.015 * (codes.astype(np.float64) - 1)))
    return np.where(codes == 255, np.nan, rate).astype(np.float32)


def squares(frames: int = 10) -> np.ndarray:
    """Two bright strokes `[T,64,64]` that cross each other, in the manner of moving digits."""
    out = np.zeros((frames, 64, 64), np.uint8)
    for t in range(frames):
        out[t, 6 + 2 * t : 30 + 2 * t, 20:25] = 255
        out[t, 40:45, max(34 - 2 * t, 0) : max(54 - 2 * t, 6)] = 230
    return out


def digits(at: Places, frames: int = 10) -> np.ndarray:
    """Two handwritten digits `[T,64,64]` that bounce off the walls."""
    with gzip.open(at.data / "mnist" / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)
    out = np.zeros((frames, 64, 64), np.uint8)
    bounce = 2 * (64 - 28)
    for image, y, x, dy, dx in ((images[3], 5, 30, 3, -2), (images[8], 28, 4, -2, 3)):
        for t in range(frames):
            top, left = ((p + d * t) % bounce for p, d in ((y, dy), (x, dx)))
            top, left = min(top, bounce - top), min(left, bounce - left)
            place = out[t, top : top + 28, left : left + 28]
            np.maximum(place, image, out=place)
    return out


def spiral(frames: int = 10) -> np.ndarray:
    """A spiral wave `[T,64,64]` in 0..1 that turns, as in a reaction-diffusion system."""
    t, y, x = np.ogrid[:frames, -32:32, -32:32]
    r = np.hypot(y, x)
    wave = np.cos(np.arctan2(y, x) + r / 4 - 0.4 * t) * np.tanh(r / 4)
    return (0.5 + 0.5 * wave).astype(np.float32)


UTM = {
    "crs": np.array("EPSG:32611"),
    "transform": np.array([500000.0, 5.0, 0.0, 4100000.0, 0.0, -5.0]),
}
DEGREES = {
    "crs": np.array("EPSG:4326"),
    "transform": np.array([4.0, 0.01, 0.0, 52.0, 0.0, -0.01]),
}


def times_utc(frames: int, step_s: int, start: str = "2026-08-01T12:00:00") -> np.ndarray:
    """Times of frames as text."""
    begin = datetime.fromisoformat(start)
    each = (begin + timedelta(seconds=step_s * k) for k in range(frames))
    return np.array([f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in each])


def heat_film(frames: int = 14, step_s: float = 2.0, **more: np.ndarray) -> bytes:
    """A small thermal film of 16-bit counts."""
    counts = np.rint(7000 + 23000 * fire(frames, 40, 48)).astype(np.uint16)
    return npz(frames=counts, dt_s=np.array(step_s), **more)


def rain_film(frames: np.ndarray, **more: np.ndarray) -> bytes:
    """A film of rain, five minutes a frame."""
    return npz(frames=frames, dt_s=np.array(300.0), kind=np.array("rain"), **more)


def knmi(at: Places, frames: int = 6, side: int = 96) -> np.ndarray:
    """Codes of real rain, the middle of a radar's map."""
    all_frames = stored(at.data / "radar_dev" / "knmi_20100826.npz")["frames"]
    return all_frames[60 : 60 + frames, 64 : 64 + side, 64 : 64 + side]


def radar_pgm(folder: str, frames: int = 26) -> Files:
    """Radar frames in FMI's layout, 64 × 40 cells: a shower that goes from west to east."""
    y, x = np.ogrid[:64, :40]
    files: Files = {}
    for t in range(frames):
        minutes = 17 * 60 + 5 * t
        head = (
            f"P5\n# obstime 20160928{minutes // 60:02}{minutes % 60:02}\n"
            "# param CorrectedReflectivity\n# metersperpixel_x 18993.8\n"
            "# metersperpixel_y 19149.1\n# type stereographic\n# centrallongitude 25\n"
            "# centrallatitude 90\n# truelatitude 60\n# bottomleft 18.6 57.93\n"
            "# topright 34.903 69.005\n40 64\n255\n"
        )
        dbz = 44 * np.exp(-((y - 32.0) ** 2 / 60 + (x + 12.0 - 2 * t) ** 2 / 30))
        cells = np.where(dbz < 8, 0, 2 * dbz + 64).astype(np.uint8)
        files[f"{folder}/f{t:02}.pgm"] = head.encode() + cells.tobytes()
    return files


def month(days: int, hours: range | None = None, without: range = range(0)) -> bytes:
    """A table of made-up hours from 1 July 2026 in UTC."""
    rows = ["time,temp_c,rh_percent,wind_m_s,wind_from_deg,rain_mm"]
    for k in hours or range(days * 24):
        if k in without:
            continue
        warm = math.cos(math.tau * (k % 24 - 14) / 24)
        rows.append(
            f"2026-07-{1 + k // 24:02}T{k % 24:02}:00:00Z,{25 + 8 * warm:.1f},{45 - 20 * warm:.1f},"
            f"{4 + warm + 0.1 * (k % 7):.1f},{k * 13 % 360},{2.2 if k % 131 < 3 else 0}"
        )
    return ("\n".join(rows) + "\n").encode()


def alarms() -> bytes:
    """A table of minutes in which the wind turns, a gust comes, and the air becomes dry."""
    rows = ["time,temp_c,rh_percent,wind_m_s,wind_from_deg,gust_m_s,pressure_hpa,rain_mm"]
    for k in range(240):
        later = k >= 150
        rows.append(
            f"2026-08-03T{10 + k // 60:02}:{k % 60:02}:00Z,{28 + k / 60:.1f},{60 - k / 6:.0f},"
            f"{8 if later else 4},{310 if later else 190},{18 if later else 6},"
            f"{1012 - k / 100:.1f},0"
        )
    return ("\n".join(rows) + "\n").encode()


def node_store(root: str, newest: datetime | None = None) -> Files:
    """A store of two sensor nodes.

    Readings are dated from 1 August 2026 on, or backwards from `newest`, where the age of the last
    one is told.
    """
    first = newest - timedelta(minutes=59) if newest else datetime(2026, 8, 1, 23, 30, tzinfo=UTC)

    def stamp(time: datetime) -> str:
        return f"{time:%Y-%m-%dT%H:%M:%S}.120Z"

    days: dict[str, list[str]] = {}

    def put(node: str, day: datetime, **line: object) -> None:
        text = json.dumps({"kind": line.pop("kind"), "node": node, "log": "00c0ffee", **line})
        days.setdefault(f"{root}/node-{node}/{day:%Y-%m-%d}.ndjson", []).append(text)

    for node in ("00000051", "00000052"):
        put(
            node, first, kind="start", boot=3, reset_cause="power came on", firmware="0.1.0",
            sensors=["temp", "humidity", "rain"], received=stamp(first),
        )  # fmt: skip
        put(node, first, kind="clock", boot=3, started=stamp(first), round_trip_ms=48)
        for seq in range(1, 61):
            time = first + timedelta(minutes=seq - 1)
            if node == "00000052" and 20 <= seq < 30:
                continue
            undated = seq in (5, 6)
            put(
                node, time, kind="reading", seq=seq, boot=3, uptime_ms=60000 * (seq - 1),
                time=None if undated else stamp(time),
                time_from="none" if undated else ("node" if seq % 7 == 0 else "gateway"),
                received=stamp(time + timedelta(seconds=1)),
                temp_c=None if seq == 9 else 20 + seq / 100, rh_percent=40.5,
                pressure_pa=101325 + seq, wind_m_s=4.55, wind_vector_m_s=4.12,
                wind_from_deg=None if seq == 11 else 350 + seq % 10, gust_m_s=11.8,
                rain_tips=seq // 10, battery_v=3.701,
            )  # fmt: skip
    gap = first + timedelta(minutes=30)
    put(
        "00000052", gap, kind="gap", first_seq=20, last_seq=29, why="lost_by_node",
        received=stamp(gap),
    )  # fmt: skip
    put(
        "00000052", gap, kind="fault", chip="BME280 at 0x76", received=stamp(gap),
        what="BME280 at 0x76 does not answer: check its plug, supply and address",
    )  # fmt: skip
    put("00000051", gap, kind="weather_balloon", of="a later version")
    files: Files = {name: ("\n".join(rows) + "\n").encode() for name, rows in days.items()}
    last = max(name for name in days if "00000051" in name)
    files[last] += b'spoiled\n{"kind":"reading","node":"0000005'
    files[f"{root}/node-00000051/{first:%Y-%m-%d}.thermal.ndjson"] = b'{"node":"00000051"}\n'
    files[f"{root}/emberline-store"] = b""
    files[f"{root}/nodes.toml"] = b'[51]\nname = "ridge"\nrain_mm_per_tip = 0.2\n'
    heard = "good_frames too_long too_short bytes_missing wrong_checksum unknown other_protocol"
    heard += " stored again too_early not_yet images"
    counted = {name: 3 * k for k, name in enumerate(heard.split())}
    fares = {
        "uptime_s": 3600, "waiting": 2, "overwritten": 0, "bad_frames": 1, "sensor_errors": 4,
        "memory_errors": 2, "failed": ["temp", "wind"],
    }  # fmt: skip
    port = {
        "port": "./ttyA", "state": {"is": "open"}, "opened": 2, "node": "00000051",
        "last_good": stamp(first + timedelta(minutes=59)), "heard": counted, "fares": fares,
    }  # fmt: skip
    waiting = {
        "port": "./ttyB", "state": {"is": "waiting", "why": "./ttyB: not there: plug it in"},
        "opened": 0, "node": None, "last_good": None, "heard": dict.fromkeys(counted, 0),
        "fares": None,
    }  # fmt: skip
    live = {"written": stamp(first + timedelta(minutes=59)), "ports": [port, waiting]}
    files[f"{root}/live.json"] = json.dumps(live, indent=2).encode() + b"\n"
    return files


# --- Model folders --------------------------------------------------------------------------------


def model_files(folder: Path) -> dict[str, bytes]:
    """A model folder's files."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def sealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Writes `SHA256SUMS` anew, as someone would who changed a file on purpose."""
    rest = {name: data for name, data in files.items() if name != "SHA256SUMS"}
    rows = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in rest.items())
    return rest | {"SHA256SUMS": "".join(rows).encode()}


def put_model(to: str, files: dict[str, bytes]) -> Files:
    """A model folder for a run."""
    return {f"{to}/{name}": data for name, data in files.items()}


def changed(folder: Path, to: str, *swaps: tuple[str, str]) -> Files:
    """A copy of a model whose card is changed, by regular expressions, and sealed again."""
    files = model_files(folder)
    text = files["card.toml"].decode()
    for old, new in swaps:
        text, count = re.subn(old, new, text, count=1)
        if not count:
            raise Wrong(f"{folder}: its card has no {old}")
    return put_model(to, sealed(files | {"card.toml": text.encode()}))


def spoiled_models(side: Side) -> Files:
    """The fire model, spoiled in every way that a folder can be."""
    whole = model_files(side.models / "fire-v1")
    graph = bytearray(whole["model.onnx"])
    graph[len(graph) // 2] ^= 0x10
    files = put_model("zero", whole | {"model.onnx": b""})
    files |= put_model("tampered", whole | {"model.onnx": bytes(graph)})
    files |= put_model("no-sums", {n: d for n, d in whole.items() if n != "SHA256SUMS"})
    for to, old, new in (
        ("leads", "leads = 20", "leads = 12"),
        ("schema", r"schema = \d+", "schema = 9"),
        ("field", "licence", "license"),
    ):
        files |= changed(side.models / "fire-v1", to, (old, new))
    return files


DECIDES = (r"\[output\]", '[decision]\nthreshold = 0.5\nchosen_on = "c"\n[output]')


def unfit_models(side: Side) -> Files:
    """Small models whose cards contradict themselves or their graphs."""
    still, rain = side.small_models / "still-v1", side.small_models / "rain-v9"
    files: Files = {}
    for to, *swaps in (
        ("task", ('task = "frames"', 'task = "rain"')),
        ("front", ("front_channels = 0", "front_channels = 5")),
        ("rates", ("leads = 2", 'leads = 2\nrates = "matched"')),
        ("use", ("stride = 4", "stride = 4\nuse = [0.9, 0.1]")),
        ("level", ("all_bits = 2.0", "all_bits = 0.0")),
        ("codes", ("codes = 2", "codes = 3")),
        ("decision", DECIDES),
    ):
        files |= changed(still, to, *swaps)
    as_fire = ('task = "rain"', 'task = "fire-front"'), ('"rain"\\]', '"thermal"]')
    files |= changed(rain, "fire", *as_fire, ("front_channels = 0", "front_channels = 5"), DECIDES)
    whole = model_files(still)
    without = {name: data for name, data in whole.items() if name != "drift.npz"}
    return files | put_model("lost", without) | put_model("unlisted", sealed(without))


def matched_models(side: Side) -> Files:
    """Rain that fades, with the rates of the last frame."""
    fade = side.small_models / "fade-v1"
    own = 'rates = "forecast"', 'rates = "matched"'
    return put_model("fade", model_files(fade)) | changed(fade, "even", own)


def slow_model(side: Side) -> Files:
    """The rain model, told that steps of a quarter of an hour are as good."""
    hour = "step_s = [240.0, 3600.0]"
    return changed(side.models / "rain-v1", "slow", (r"step_s = \[.*\]", hour))


# --- Runs -----------------------------------------------------------------------------------------

SHIPPED = ["fire-v1", "rain-v1", "moving-mnist-v1", "reaction-diffusion-v1"]
ALL_MODELS = {"EMBERLINE_MODELS": "models"}
SMALL_MODELS = {"EMBERLINE_MODELS": "small-models"}


def model_runs() -> list[Run]:
    """What there is to know of models."""
    runs = [
        Run("models/list", steps("models list")),
        Run("models/list-all", steps("models list"), env=ALL_MODELS),
        Run(
            "models/list-broken",
            steps("models list\nmodels info zero-v3\nmodels verify ./broken/zero-v3"),
            models=lambda side: put_model(
                "broken/zero-v3", model_files(side.models / "fire-v1") | {"model.onnx": b""}
            ),
            env={"EMBERLINE_MODELS": "broken"},
            ends=None,
        ),
    ]
    for model in SHIPPED:
        info = f"models info {model}\nmodels info {model} --json\nmodels info ./models/{model}"
        runs.append(Run(f"models/{model}/info", steps(info), env=ALL_MODELS))
        for folder, where in (("", ""), ("-folder", "./models/")):
            verify = f"models verify {where}{model}\nmodels verify {where}{model} --json"
            name = f"models/{model}/verify{folder}"
            runs.append(Run(f"{name}-tract", steps(verify), env=ALL_MODELS))
            runs.append(Run(f"{name}-ort", steps(verify), env=ALL_MODELS, needs_ort=True))
    small = (
        "models list\nmodels info still\nmodels info rain\nmodels info fade --json\n"
        "models verify still\nmodels verify rain --json\nmodels verify fade"
    )
    runs.append(Run("models/small", steps(small), env=SMALL_MODELS))
    runs.append(Run("models/small-ort", steps(small), env=SMALL_MODELS, needs_ort=True))
    refused = (
        "models info smoke\nmodels verify smoke\nmodels prepare fire\n"
        "models prepare ./models/fire-v1 --dla 1\n"
        "models prepare ./models/fire-v1 --precision int9\nmodels prepare smoke --json"
    )
    runs.append(Run("models/refused", steps(refused), ends=2))
    return runs


def forecast(name: str, command: str, inputs: Callable[[], Files] = dict, **more: object) -> Run:
    """A forecast on the engine inside the program, unless the command names another."""
    engine = "" if "--engine" in command else " --engine tract"
    return Run(f"forecast/{name}", steps(f"forecast {command}{engine}"), inputs, **more)


def forecast_runs(at: Places) -> list[Run]:
    """A film of every kind."""
    dev, validation = at.data / "fire_dev", at.data / "fire_validation"

    def drone(frames: int = 14) -> dict[str, np.ndarray]:
        film = stored(validation / "firesentry_B_208x120.npz")
        return {"heat": film["heat"][:frames], "mask": film["mask"][:frames]}

    def real_rgb() -> np.ndarray:
        return stored(dev / "fdv_pine_straw_128.npz")["rgb"][60:228:14]

    def one(name: str, **arrays: np.ndarray) -> Callable[[], Files]:
        return lambda: {name: npz(**arrays)}

    def clip(**more: np.ndarray) -> Callable[[], Files]:
        return lambda: {"clip.npz": npz(frames=fire_u8(), dt_s=np.array(2.0), **more)}

    u16 = np.rint(9000 + 21000 * fire()).astype(np.uint16)
    kelvin = (290 + 600 * fire()).astype(np.float32)
    runs = [
        Run("demo/default", steps("demo\ndemo")),
        Run("demo/named", steps("demo a/b")),
        forecast("thermal-u8", "clip.npz out", clip()),
        forecast("thermal-u16", "clip.npz out", one("clip.npz", frames=u16, dt_s=np.array(2.0))),
        forecast("thermal-u16-big-endian", "clip.npz out",
            one("clip.npz", frames=u16.astype(">u2"))),
        forecast("thermal-f32-kelvin", "clip.npz out", one("clip.npz", frames=kelvin)),
        forecast(
            "thermal-f32-shares",
            "clip.npz out --kind thermal",
            one("clip.npz", frames=fire().astype(np.float32)[..., None], dt_s=np.array(30)),
        ),
        forecast("mask-u8", "m.npz out --kind mask",
            one("m.npz", frames=(fire() > 0.3) * np.uint8(255))),
        forecast("mask-bool", "m.npz out", one("m.npz", frames=fire() > 0.3, dt_s=np.array(15))),
        forecast("mask-packed", "m.npz out --array mask --step 30",
            lambda: {"m.npz": npz(**drone(28))}),
        forecast(
            "mask-packed-made",
            "m.npz out --array mask",
            lambda: {
                "m.npz": npz(
                    heat=fire_u8(12, 45, 70),
                    mask=np.packbits(fire(12, 45, 70) > 0.3, axis=-1),
                    dt_s=np.array(5.0),
                )
            },
        ),
        forecast("rgb-npz", "c.npz out",
            lambda: {"c.npz": npz(frames=real_rgb(), dt_s=np.array(1.4))}),
        forecast("array-heat", "b.npz out --array heat --kind thermal",
            lambda: {"b.npz": npz(**drone())}),
        forecast(
            "fire-utm-times",
            "clip.npz out",
            clip(time_utc=times_utc(12, 30), cell_m=np.array(5.0), **UTM),
        ),
        forecast("fire-degrees", "clip.npz out", clip(kind=np.array("thermal"), **DEGREES)),
        forecast("png-8", "frames out --step 20",
            lambda: pictures("frames", fire_u8(), "PNG", "png")),
        forecast("png-16", "frames out --step 30", lambda: pictures("frames", u16, "PNG", "png")),
        forecast("png-rgb", "frames out --step 2",
            lambda: pictures("frames", real_rgb(), "PNG", "png")),
        forecast(
            "jpeg", "frames out --step 2",
            lambda: pictures("frames", fire_u8(), "JPEG", "jpg", quality=92),
        ),
        forecast(
            "jpeg-rgb", "frames out",
            lambda: pictures("frames", real_rgb(), "JPEG", "jpeg", quality=92),
        ),
        forecast("tiff-8", "frames out --step 2",
            lambda: pictures("frames", fire_u8(), "TIFF", "tif")),
        forecast("tiff-16", "frames out --step 2", lambda: pictures("frames", u16, "TIFF", "tiff")),
        forecast("mp4-colour", "f.mp4 out",
            lambda: {"f.mp4": dev / "clips" / "fdv_visual_fire.mp4"}),
        forecast(
            "mp4-thermal",
            "f.mp4 out --kind thermal --leads 8",
            lambda: {"f.mp4": dev / "clips" / "furg_house6.mp4"},
        ),
        forecast("mp4-step", "f.mp4 out --step 1.5 --leads 3 --at 14", lambda: {
            "f.mp4": dev / "clips" / "fdv_visual_fire.mp4"}),
        forecast("sim-fire", "sim:fire out --json"),
        forecast("sim-mask", "'sim:fire?seed=3&kind=mask' out"),
        forecast("tiles", "'sim:fire?height=300&width=420&frames=12&seed=5' out --leads 6"),
        forecast("tiles-mask", "large.npz out --kind mask --step 5 --leads 4", one(
            "large.npz", frames=(fire(10, 300, 420, 40.0) > 0.3).astype(np.uint8))),
        forecast("odd-size", "odd.npz out", one("odd.npz", frames=fire_u8(12, 45, 70))),
        forecast("odd-simulated", "'sim:fire?kind=mask&height=33&width=301&frames=12' out"),
        forecast("least-size", "s.npz out", one("s.npz", frames=fire_u8(12, 32, 32))),
        forecast("rollout", f"{SMALL} out --leads 45"),
        forecast("at", f"{SMALL} out --at 12 --leads 3"),
        forecast("step", "long.npz out --step 4", lambda: {"long.npz": heat_film(24)}),
        forecast("step-between", "long.npz out --step 3", lambda: {"long.npz": heat_film(24)}),
        forecast("json", "clip.npz out --json", clip()),
        forecast("threads-1", "clip.npz out --threads 1", clip()),
        forecast("threads-2", "clip.npz out --threads 2", clip()),
        forecast("engine-auto", "clip.npz out --engine auto", clip()),
        forecast("nothing-burns", "c.npz out",
            one("c.npz", frames=np.full((12, 40, 48), 20, np.uint8))),
        Run("forecast/again-over-its-own", steps(
            f"forecast {SMALL} out\nforecast {SMALL} out --leads 2 --at 11"), ends=0),
        Run("forecast/deep", steps(f"forecast {SMALL} a/b/c"), ends=0),
        forecast("model-folder", f"{SMALL} out --model ./models/fire-v1"),
        forecast("model-version", f"{SMALL} out --model fire-v1 --json"),
    ]  # fmt: skip
    mnist = lambda: {"d.npz": npz(frames=digits(at), dt_s=np.array(1.0))}  # noqa: E731
    waves = one("w.npz", frames=spiral(), dt_s=np.array(1.0))
    crossing = one("x.npz", frames=squares(12), dt_s=np.array(1.0))
    runs += [
        forecast("mnist", "d.npz out --model moving-mnist", mnist, env=ALL_MODELS),
        forecast("mnist-rollout", "d.npz out --model moving-mnist --leads 14 --json",
            mnist, env=ALL_MODELS),
        forecast("mnist-drift", "x.npz out --model moving-mnist --at 10", crossing, env=ALL_MODELS),
        forecast("reaction-diffusion", "w.npz out --model reaction-diffusion",
            waves, env=ALL_MODELS),
        forecast("mnist-sim", f"{SMALL} out --model ./models/moving-mnist-v1"),
    ]  # fmt: skip
    # Rain, real and made.
    place = {"time_utc": times_utc(6, 300), "cell_m": np.array(1000.0)}
    mercator = {
        "crs": np.array("EPSG:3857"),
        "transform": np.array([500000.0, 1000.0, 0.0, 6800000.0, 0.0, -1000.0]),
    }
    stereo = {
        "crs": np.array(
            "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +x_0=0 +y_0=0 +units=m"
        ),
        "transform": np.array([300000.0, 1000.0, 0.0, -3700000.0, 0.0, -1000.0]),
    }
    real = lambda: {"r.npz": rain_film(knmi(at))}  # noqa: E731
    runs += [
        forecast("rain-codes", "r.npz out", real),
        forecast("rain-codes-json", "r.npz out --json --leads 12", real),
        forecast("rain-rollout", "r.npz out --leads 13 --at 3", real),
        forecast("rain-codes-mercator", "r.npz out", lambda: {
            "r.npz": rain_film(knmi(at), **place, **mercator)}),
        forecast("rain-codes-degrees", "r.npz out --leads 3", lambda: {
            "r.npz": rain_film(knmi(at), **place, **DEGREES)}),
        forecast("rain-codes-proj", "r.npz out --leads 3", lambda: {
            "r.npz": rain_film(knmi(at), **place, **stereo)}, ends=None),
        forecast("rain-no-data", "r.npz out", lambda: {"r.npz": rain_film(shower(), **DEGREES)}),
        forecast("rain-mm-h-nan", "r.npz out", lambda: {"r.npz": rain_film(rates(shower()))}),
        forecast("rain-mm-h-real", "r.npz out",
            lambda: {"r.npz": rain_film(rates(knmi(at)), **place)}),
        forecast("rain-dry", "r.npz out",
            lambda: {"r.npz": rain_film(np.zeros((4, 40, 60), np.uint8))}),
        forecast("rain-whole-map", "r.npz out --kind rain --leads 4", lambda: {
            "r.npz": at.data / "radar_dev" / "fmi_20160928_s.npz"}),
        forecast("rain-6-min", "r.npz out --kind rain --step 360 --leads 2", lambda: {
            "r.npz": at.data / "radar_dev" / "mrms_20190610_w09.npz"}, ends=None),
        forecast("rain-tiles", "r.npz out --leads 2",
            lambda: {"r.npz": rain_film(shower(3, 300, 420))}),
        forecast("rain-smhi", "r.npz out --kind rain", lambda: {
            "r.npz": at.data / "radar_more" / "smhi_gothenburg_20150725.npz"}, ends=None),
        forecast("rain-dwd", "r.npz out --kind rain --leads 3", lambda: {
            "r.npz": at.data / "radar_more" / "dwd_ry_20210823_w1.npz"}, ends=None),
        forecast("rain-opera", "r.npz out --kind rain --leads 3", lambda: {
            "r.npz": at.data / "radar_more" / "opera_20241126_w09.npz"}, ends=None),
        forecast("radar-pgm", "radar out --json", lambda: radar_pgm("radar")),
        forecast("radar-pgm-zr", "radar out --zr 223,1.53 --leads 2", lambda: radar_pgm("radar")),
        forecast("radar-around", "radar out --around 25,63.5,700 --leads 2",
            lambda: radar_pgm("radar")),
    ]  # fmt: skip
    # Models of a kilobyte: what a model says of itself, followed to the letter.
    steady = npz(frames=np.full((3, 40, 48), 0.9, np.float32), dt_s=np.array(300.0))
    t, y, x = np.ogrid[:3, :40, :48]
    flicker = npz(frames=np.where((x // 4 + t + 0 * y) % 2 == 0, 0.9, 0.1).astype(np.float32))
    t, y, x = np.ogrid[:4, :100, :150]
    pattern = npz(frames=((37 * t + 5 * y + x) % 251).astype(np.uint8), dt_s=np.array(300.0))
    small = {"steady.npz": steady, "flicker.npz": flicker, "pattern.npz": pattern}
    runs += [
        Run("forecast/small-models", steps(
            "forecast pattern.npz a --model still --leads 5\n"
            "forecast steady.npz b --model still\n"
            "forecast flicker.npz c --model still\n"
            "forecast codes.npz d\nforecast rates.npz e\nforecast map.npz f --json\n"
            "forecast codes.npz g --model ./fade --leads 5\n"
            "forecast codes.npz h --model ./even --leads 5\nmodels info ./even"),
            lambda: small | {
                "codes.npz": rain_film(shower()), "rates.npz": rain_film(rates(shower())),
                "map.npz": rain_film(shower(), **DEGREES)},
            matched_models, env=SMALL_MODELS),
    ]  # fmt: skip
    on_ort = "--engine ort-cpu"
    fire_folder = f"{SMALL} out {on_ort} --model ./models/fire-v1"
    tiles = "'sim:fire?height=300&width=420&frames=12&seed=5&kind=mask' out --leads 3"
    for name, command, inputs in (
        ("thermal", f"clip.npz out {on_ort}", clip()),
        ("rain", f"r.npz out {on_ort}", real),
        ("auto-thermal", "clip.npz out --engine auto", clip()),
        ("auto-rain", "r.npz out --engine auto --json", real),
        ("rollout", f"{SMALL} out {on_ort} --leads 45", dict),
        ("tiles", f"{tiles} {on_ort}", dict),
        ("threads-1", f"{SMALL} out {on_ort} --threads 1 --json", dict),
        ("folder", fire_folder, dict),
        ("float16", f"{fire_folder} --precision float16", dict),
        ("int8", f"{fire_folder} --precision int8", dict),
        ("mnist", f"d.npz out {on_ort} --model ./models/moving-mnist-v1", mnist),
        ("mnist-float16", f"d.npz out {on_ort} --model ./models/moving-mnist-v1"
         " --precision float16", mnist),
        ("waves", f"w.npz out {on_ort} --model ./models/reaction-diffusion-v1", waves),
        ("rain-float16", f"r.npz out {on_ort} --model ./models/rain-v1 --precision float16", real),
        ("rain-int8", f"r.npz out {on_ort} --model ./models/rain-v1 --precision int8", real),
    ):  # fmt: skip
        runs.append(forecast(f"ort-{name}", command, inputs, needs_ort=True))
    refused = "\n".join(
        f"forecast {SMALL} out {words}"
        for words in (
            "--precision int8", "--precision float16", "--precision int9",
            "--model ./models/fire-v1 --precision int8 --engine tract",
            "--model ./models/fire-v1 --precision int9",
            "--model ./models/moving-mnist-v1 --precision int8",
        )
    )  # fmt: skip
    runs.append(Run("refused/precisions", steps(refused), ends=None))
    runs.append(Run("refused/precisions-ort", steps(refused), ends=None, needs_ort=True))
    return runs


def replay_runs(at: Places) -> list[Run]:
    """Recorded films, scored."""

    def run(name: str, command: str, inputs: Callable[[], Files] = dict, **more: object) -> Run:
        engine = "" if "--engine" in command else " --engine tract"
        return Run(f"replay/{name}", steps(f"replay {command}{engine}"), inputs, **more)

    def fires() -> Files:
        return {f"fires/fire_{k}.npz": heat_film(14 + k) for k in (1, 2, 10)}

    def storms() -> Files:
        return {f"storms/storm_{k}.npz": rain_film(shower(9 + k, 48, 64)) for k in range(2)}

    def real_rain() -> Files:
        return {"rain.npz": rain_film(knmi(at, 20, 64))}

    clip = lambda: {"clip.npz": heat_film(22)}  # noqa: E731
    mask = lambda: {"m.npz": npz(frames=fire(20) > 0.3, dt_s=np.array(15.0))}  # noqa: E731
    return [
        run("fire-every", "clip.npz out --every 3", clip),
        run("fire-all-json", "clip.npz out --leads 5 --json", clip),
        Run("replay/fire-again", steps(
            "replay clip.npz out --every 4\nreplay clip.npz out --at 12 --json"), clip),
        run("fire-on-a-map", "clip.npz out --every 5",
            lambda: {"clip.npz": heat_film(20, 30.0, **UTM)}),
        run("fire-events", "fires out --every 2 --leads 4", fires),
        run("fire-events-json", "fires out --every 3 --json", fires),
        run("mask", "m.npz out --every 3 --kind mask", mask),
        run("rgb", "c.npz out --every 4 --leads 3", lambda: {"c.npz": npz(
            frames=stored(at.data / "fire_dev" / "fdv_pine_straw_128.npz")["rgb"][
                :200:10, 32:96, 32:96], dt_s=np.array(1.0))}),
        run("real-thermal", "b.npz out --array heat --kind thermal --every 6 --leads 4", lambda: {
            "b.npz": npz(dt_s=np.array(15.0), heat=stored(
                at.data / "fire_validation" / "firesentry_C_208x120.npz")["heat"][
                :30, 20:100, 60:160])}),
        run("folder-of-png", "frames out --every 4 --step 20", lambda: pictures(
            "frames", fire_u8(18, 48, 48), "PNG", "png")),
        run("video", "f.mp4 out --every 4 --leads 2 --step 1.5", lambda: {
            "f.mp4": at.data / "fire_dev" / "clips" / "fdv_visual_fire.mp4"}),
        run("rain-real", "rain.npz out --every 5 --leads 4", real_rain),
        run("rain-real-json", "rain.npz out --at 6 --json", real_rain),
        run("rain-events", "storms out --leads 3", storms),
        run("rain-events-small-model", "storms out --leads 3", storms, env=SMALL_MODELS),
        run("rain-radar-pgm", "radar out --every 6 --kind rain", lambda: radar_pgm("radar")),
        run("frames-mnist", "d.npz out --model moving-mnist --every 4 --leads 6", lambda: {
            "d.npz": npz(frames=digits(at, 22), dt_s=np.array(1.0))}, env=ALL_MODELS),
        run("frames-reaction-diffusion", "w.npz out --model reaction-diffusion --every 4", lambda: {
            "w.npz": npz(frames=spiral(20), dt_s=np.array(1.0))}, env=ALL_MODELS),
        run("frames-small-model", f"{SMALL} out --model still --every 5 --leads 3 --json",
            env=SMALL_MODELS),
        run("ort-fire", "clip.npz out --every 4 --engine ort-cpu", clip, needs_ort=True),
        run("ort-rain", "rain.npz out --every 6 --leads 3 --engine ort-cpu",
            real_rain, needs_ort=True),
        Run("refused/replay", steps(
            "replay short.npz out\nreplay clip.npz out --every 0\nreplay clip.npz out --at 99\n"
            "replay clip.npz out --at 3 --every 2\nreplay empty out\nreplay nowhere out\n"
            "replay clip.npz file\nreplay clip.npz mine\nreplay mixed out --leads 2"),
            lambda: clip() | {"short.npz": heat_film(9), "empty/notes.txt": b"", "file": b"",
                              "mine/thesis.txt": b"keep", "mixed/a.npz": heat_film(14),
                              "mixed/b.npz": rain_film(shower(9))}, ends=2),
    ]  # fmt: skip


STATION = "--at 38,23.7"
RADAR_PLACE = "--at 63.5,31.0"


def weather_runs(at: Places) -> list[Run]:
    """A station's own readings, and rain at a place."""
    half = 9 * 24
    season = {
        "all.csv": month(20),
        "first.csv": month(9),
        "rest.csv": month(20, range(half, 480)),
        "holed.csv": month(20, None, range(200, 330)),
        "gap.csv": month(3, None, range(40, 44)),
    }

    def real(*names: str) -> Callable[[], Files]:
        return lambda: {Path(n).name: at.data / n for n in names}

    def renamed() -> Files:
        """A real fire weather station, its columns called as the program wants them."""
        path = at.data / "station_more" / "raws_saddle_mountain_wa_2020.csv.gz"
        text = gzip.open(path, "rt").read()
        for old, new in (
            ("rh_pct", "rh_percent"), ("wind_ms", "wind_m_s"), ("wind_dir_deg", "wind_from_deg"),
            ("gust_ms", "gust_m_s"), ("gust_dir_deg", "turn"), ("precip_mm", "rain_mm"),
            ("fuel_temp_c", "fuel"),
        ):  # fmt: skip
            text = text.replace(old, new, 1)
        return {"raws.csv": text.encode()}

    nyc = "nyc_airports_2013_hourly.csv.gz --format nyc-flights"
    box = b'{"type":"Polygon","coordinates":[[[30,63],[32,63],[32,64],[30,64],[30,63]]]}'
    return [
        Run("weather/month", steps(f"""
            weather all.csv
            weather all.csv {STATION}
            weather all.csv {STATION} --json
            weather all.csv {STATION} --hours 1
            weather all.csv {STATION} --hours 8760
            weather all.csv {STATION} --zone Europe/Athens --json
            weather holed.csv {STATION}
            weather holed.csv {STATION} --json
            weather gap.csv {STATION}"""), lambda: season),
        Run("weather/fwi-state", steps(f"""
            weather first.csv {STATION} --fwi-state fire.json --json
            weather rest.csv {STATION} --fwi-state fire.json --json
            weather rest.csv {STATION} --fwi-state fire.json
            weather all.csv {STATION} --fwi-state new.json"""), lambda: season),
        Run("weather/picture", steps(f"""
            weather gap.csv {STATION} --zone EET-2EEST,M3.5.0/3,M10.5.0/4 --picture outlook.png
            weather gap.csv --picture seen.png --hours 8760
            weather gap.csv --picture short.png --hours 1
            weather all.csv {STATION} --picture all.png --json
            weather alarms.csv {STATION} --picture alarms.png"""),
            lambda: season | {"alarms.csv": alarms()}),
        Run("weather/alarms", steps(f"""
            weather alarms.csv
            weather alarms.csv {STATION} --json
            weather alarms.csv --hours 2"""), lambda: {"alarms.csv": alarms()}),
        Run("weather/airports", steps(f"""
            weather {nyc} --station LGA --at 40.78,-73.87
            weather {nyc} --station LGA --at 40.78,-73.87 --json --picture lga.png
            weather {nyc} --station JFK --at 40.64,-73.78 --zone America/New_York --hours 100
            weather {nyc} --station EWR --json"""),
            real("station/nyc_airports_2013_hourly.csv.gz")),
        Run("weather/fire-station", steps("""
            weather raws.csv --at 46.69,-119.69
            weather raws.csv --at 46.69,-119.69 --json --fwi-state s.json --picture raws.png
            weather raws.csv --at 46.69,-119.69 --zone America/Los_Angeles --hours 500"""),
            renamed),
        Run("weather/raw-names", steps("""
            weather raws_saddle_mountain_wa_2020.csv.gz --at 46.69,-119.69
            weather raws_saddle_mountain_wa_2017.csv.gz --at 46.69,-119.69
            weather surfrad_alamosa_20160101_1min.csv.gz --at 37.7,-105.92"""),
            real(*(f"station_more/{n}" for n in (
                "raws_saddle_mountain_wa_2020.csv.gz", "raws_saddle_mountain_wa_2017.csv.gz",
                "surfrad_alamosa_20160101_1min.csv.gz"))), ends=None),
        Run("weather/odd-rows", steps("weather odd.csv --at 38,23 --json\nweather odd.csv"),
            lambda: {
            "odd.csv": b"time,temp_c,rh_percent,wind_m_s\n" + b"".join(
                f"2026-08-03T{h:02}:00:00Z,{t},40,3\n".encode()
                for h, t in ((0, 20), (2, 22), (1, 21), (2, 22), (3, 95), (9, 24), (10, 25)))}),
        Run("weather/rain-at", steps(f"""
            weather radar --at 63.5,22.5 --checks 3 --leads 6 --json
            weather radar {RADAR_PLACE} --checks 0 --json
            weather radar {RADAR_PLACE} --checks 4
            weather radar {RADAR_PLACE} --checks 2 --rate 1
            weather radar {RADAR_PLACE} --checks 1 --zr 223,1.53 --leads 14"""),
            lambda: radar_pgm("radar")),
        Run("weather/rain-area", steps("""
            weather radar --area area.json --checks 2
            weather radar --area area.json --checks 0 --json"""),
            lambda: radar_pgm("radar") | {"area.json": box}),
        Run("weather/rain-npz", steps("""
            weather r.npz --at 51.6,4.4 --checks 2 --json
            weather r.npz --at 51.6,4.4 --checks 2"""), lambda: {"r.npz": rain_film(
                knmi(at, 16), time_utc=times_utc(16, 300), **DEGREES)}),
        Run("weather/rain-ort", steps(f"weather radar {RADAR_PLACE} --checks 1 --engine ort-cpu"),
            lambda: radar_pgm("radar"), needs_ort=True),
        Run("refused/weather-tables", steps("""
            weather unit.csv
            weather zone.csv
            weather zone2.csv --zone Mars/Olympus
            weather notime.csv
            weather empty.csv
            weather place.csv --at 91,0
            weather place.csv --at north
            weather place.csv --fwi-state fire.json
            weather place.csv --at 38,23.7 --picture t.jpg
            weather place.csv --at 38,23.7 --picture no/t.png
            weather place.csv --hours 0
            weather place.csv --format smoke
            weather place.csv --engine tract
            weather place.csv --leads 3
            weather place.csv --rate x
            weather nowhere.csv
            weather film.mp4
            weather sheet.xlsx
            weather noise.csv
            weather packed.csv
            weather wide.csv
            weather latin.csv
            weather latin2.csv
            weather folder
            weather place.csv --at 38,23.7 --fwi-state other.json
            weather place.csv --at 38,23.7 --fwi-state damaged.json
            weather place.csv --at 38,23.7 --fwi-state later.json
            weather nyc.csv.gz --format nyc-flights
            weather nyc.csv.gz --format nyc-flights --station SFO"""), lambda: {
                "unit.csv": b"time,temp\n2026-08-03T12:00:00Z,30\n",
                "zone.csv": b"time,temp_c\n2026-08-03 12:00,30\n",
                "zone2.csv": b"time,temp_c\n2026-08-03 12:00,30\n",
                "notime.csv": b"temp_c\n30\n",
                "empty.csv": b"time,temp_c\n",
                "place.csv": b"time,temp_c\n2026-08-03T12:00:00Z,30\n",
                "film.mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
                "sheet.xlsx": b"PK\x03\x04\x14\0",
                "noise.csv": b"time\0temp_c",
                "packed.csv": b"\x1f\x8b\x08\0",
                "wide.csv": b"\xff\xfet\0i\0m\0e\0",
                "latin.csv": b"time,temp_c,sky\n2026-08-03T12:00:00Z,30,\xe9t\xe9\n",
                "latin2.csv": b"time,temp_\xb0c\n",
                "folder/a.csv": b"time,temp_c\n",
                "other.json": b'{"codes": 3}',
                "damaged.json": b"",
                "later.json": b'{"emberline_fire_weather": 9}',
                "nyc.csv.gz": at.data / "station" / "nyc_airports_2013_hourly.csv.gz"}, ends=2),
        Run("refused/weather-radar", steps("""
            weather radar
            weather radar --at 0,0
            weather radar --at north
            weather radar --at 63,25 --rate 3
            weather radar --at 63,25 --model fire
            weather radar --at 63,25 --zone UTC
            weather radar --at 63,25 --station ridge
            weather radar --at 63,25 --picture p.png
            weather radar --at 63,25 --fwi-state s.json
            weather radar --at 63,25 --checks 289
            weather radar --at 63,25 --area point.json
            weather radar --area point.json
            weather radar --area text.json
            weather radar --area none.json
            weather radar --area far.json
            weather bare.npz --at 63,25
            weather radar --at 63,25 --step 9000"""), lambda: radar_pgm("radar") | {
                "point.json": b'{"type":"Point","coordinates":[25,63]}', "text.json": b"a field\n",
                "far.json": box.replace(b"63", b"3").replace(b"64", b"4"),
                "bare.npz": rain_film(shower())}, ends=2),
    ]  # fmt: skip


def node_runs() -> list[Run]:
    """A store of sensor nodes, and this machine's ports."""
    store = lambda: node_store("store")  # noqa: E731
    read = """
        node tail store
        node tail store -n 3
        node tail store --node ridge -n 70
        node tail store --node 52 --lines 40
        node tail store --json -n 5
        node tail store -n 0
        node export csv store
        node export csv store --node ridge
        node export csv store --since 2026-08-02
        node export csv store --since 2026-08-01T23:40:00Z --until 2026-08-02T00:10:00+00:00
        node export ndjson store
        node export ndjson store --node 00000052 --until 2026-08-02
        node export csv store --cursor sent.json
        node export csv store --cursor sent.json
        node export ndjson store --cursor lines.json
        weather store --station ridge --at 40.78,-73.87
        weather store --station ridge --json
        weather store --station 52 --at 40.78,-73.87 --json"""
    # Five and a half days ago: told in days, and the same all day.
    aged = lambda: node_store("store", datetime.now(UTC) - timedelta(days=5, hours=12))  # noqa: E731
    locked = 'exec 9<store/emberline-store; flock -x 9; "$@"'
    return [
        Run("node/read", steps(read), store),
        Run("node/status-json", steps("node status store --json"), store, ends=1),
        Run("node/status-age", steps("node status store"), aged, ends=1, dated=True),
        Run("node/status-listening", steps("node status store --json"),
            store, ends=1, shell=locked),
        Run("node/no-listener", steps("node listen --store store ./tty"),
            store, ends=2, shell=locked),
        Run("node/status-empty", steps("node status store\nnode status store --json"), lambda: {
            "store/emberline-store": b""}, ends=1),
        Run("node/machine", steps("node ports\nnode udev-rule")),
        Run("refused/node", steps("""
            node listen ./file
            node listen /dev/null
            node listen ./tty ./tty
            node listen
            node listen ./tty --baud 0
            node listen ./tty --store photos
            node listen ./tty --store file
            node listen ./tty --store bad
            node status photos
            node status
            node tail nowhere
            node tail bare --node ridge
            node tail store --node valley
            node tail store -n x
            node export csv bare --since yesterday
            node export csv store --cursor cursor
            node export xml store
            node export csv bad
            node status wrong
            weather bare
            weather store
            weather store --station valley"""), lambda: store() | {
                "file": b"x", "cursor": b"x", "photos/cats/tom.jpg": b"",
                "bad/nodes.toml": b"[ridge]\n", "bad/emberline-store": b"",
                "bare/emberline-store": b"", "wrong/emberline-store": b"",
                "wrong/nodes.toml": b"[51]\nrain_mm_per_tip = 20\n"}, ends=2),
    ]  # fmt: skip


def refused_runs() -> list[Run]:
    """Films, models and command lines that are refused, and help."""

    def films() -> Files:
        good, whole = heat_film(), pictures("cut-frame", fire_u8(12, 40, 48), "PNG", "png")
        counts = np.rint(7000 + 23000 * fire(14, 40, 48))
        nan = counts.astype(np.float32)
        nan[12, 20, 20] = np.nan
        frame = "cut-frame/frame_005.png"
        odd_size = picture(fire_u8(1, 40, 50)[0], "PNG")
        return (
            whole
            | {f"one-size/{k}.png": whole[f"cut-frame/frame_{k:03}.png"] for k in range(11)}
            | {
                "good.npz": good, "cut.npz": good[: len(good) // 2], "empty.npz": b"",
                "text.npz": b"frames = 3\n", "int64.npz": npz(frames=counts.astype(np.int64) << 20),
                "nan.npz": npz(frames=nan), "one.npz": npz(frames=counts[:1].astype(np.uint16)),
                "narrow.npz": npz(frames=counts[:, :, :16].astype(np.uint16)),
                "named.npz": npz(heat=np.zeros((14, 40, 48, 1), np.uint8)),
                "cut.mp4": b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\x01\0\0moov\0\0\0\x6cmvhd",
                "junk.mp4": b"Z" * 4096, "no-frames/notes.txt": b"", "clip.avi": b"x", "clip": b"x",
                "one.png": odd_size, "one.npy": b"x", frame: whole[frame][: len(whole[frame]) // 2],
                "one-size/12.png": odd_size, "file": b"a file", "mine/thesis.txt": b"keep",
            }
        )  # fmt: skip

    film_lines = """
        nowhere.npz out
        cut.npz out
        empty.npz out
        text.npz out
        int64.npz out
        nan.npz out
        one.npz out --step 2
        narrow.npz out
        named.npz out
        good.npz out --array heat
        cut.mp4 out
        junk.mp4 out
        clip.avi out
        clip out
        one.png out
        one.npy out
        no-frames out
        cut-frame out --step 5
        one-size out --step 5
        sim:flood out
        sim:rain out
        'sim:fire?seed=x' out
        'sim:fire?smoke=1' out
        'sim:fire?height=8' out
        good.npz out --kind rain
        good.npz out --kind mask --array frames --unit dBZ
        good.npz out --at 99
        good.npz out --at 2
        good.npz out --step 0
        good.npz out --step 0.001
        good.npz out --leads 0
        good.npz out --leads 1001
        good.npz out --kind smoke
        good.npz out --engine ort-cpu
        good.npz out --engine cuda
        good.npz out --engine tensorrt
        good.npz out --verbose
        good.npz out --model smoke
        good.npz out --model rain
        good.npz file
        good.npz file/out
        good.npz mine
        good.npz .
        good.npz out --cuda-graph
        good.npz out --dla 0 --engine cuda
        good.npz out --dla 0 --engine tensorrt
        good.npz out --threads 0"""
    models = ("zero", "tampered", "no-sums", "leads", "schema", "field")
    unfit = """
        {SMALL} out --model rain
        rain.npz out --model fire
        rain.npz out --model still
        hot.npz out --model still
        fill.npz out
        broken.npz out
        {SMALL} out --model ./task
        {SMALL} out --model ./front
        {SMALL} out --model ./fire
        {SMALL} out --model ./rates
        {SMALL} out --model ./use
        {SMALL} out --model ./level
        {SMALL} out --model ./codes
        {SMALL} out --model ./lost
        {SMALL} out --model ./unlisted
        {SMALL} out --model ./decision""".replace("{SMALL}", SMALL)

    def forecasts(text: str) -> list[list[str]]:
        return steps("\n".join(f"forecast {line}" for line in text.strip().splitlines()))

    infinite = rates(shower())
    infinite[2, 3, 4] = np.inf
    golden = GOLDEN / "radar"
    helps = ["", "demo", "forecast", "replay", "models", "models list", "models info"]
    helps += [
        "models verify",
        "models prepare",
        "doctor",
        "bench",
        "weather",
        "node",
        "node listen",
    ]
    helps += ["node tail", "node export", "node status", "node ports", "node udev-rule"]
    runs = [
        Run("refused/films", forecasts(film_lines), films, ends=2),
        Run(
            "refused/models",
            forecasts("\n".join(f"good.npz out --model ./{m}" for m in models)),
            lambda: {"good.npz": heat_film()},
            spoiled_models,
            ends=2,
        ),
        Run("refused/unfit", forecasts(unfit), lambda: {
            "rain.npz": rain_film(shower()), "broken.npz": rain_film(infinite),
            "fill.npz": rain_film(np.full((5, 40, 60), -9999, np.float32)),
            "hot.npz": npz(frames=np.full((3, 40, 48), 21.5, np.float32), dt_s=np.array(300.0))},
            unfit_models, env=SMALL_MODELS, ends=2),
        Run("refused/golden", forecasts("\n".join(
            f"{p.name} out --step 2" for p in sorted((GOLDEN / "source").iterdir())
            if p.suffix != ".py")),
            lambda: {p.name: p for p in (GOLDEN / "source").iterdir() if p.suffix != ".py"},
            ends=None),
        Run("refused/radar", forecasts("""
            mixed out
            one out
            cut.pgm out
            text.h5 out
            fmi out --crs EPSG:4326
            fmi out --crs Finland
            fmi out --around 0,0,100
            fmi out --around 0,0
            fmi out --unit furlong
            fmi out --zr 200
            fmi out --scale 0.5
            fmi out --no-data x
            film/fmi.pgm.npz out --unit dBZ"""), lambda: {
                "fmi/fmi.pgm": golden / "fmi.pgm", "fmi/fmi_5.pgm.gz": golden / "fmi_5.pgm.gz",
                "mixed/fmi.pgm": golden / "fmi.pgm", "mixed/rate_f32.tif": golden / "rate_f32.tif",
                "one/fmi.pgm": golden / "fmi.pgm", "film/fmi.pgm.npz": golden / "fmi.pgm.npz",
                "cut.pgm": (golden / "fmi.pgm").read_bytes()[:900],
                "text.h5": b"no HDF5\n"}, ends=2),
        *golden_radar_runs(),
        Run("refused/engines", steps("\n".join(
            f"forecast {SMALL} {e} --engine {e}" for e in ("ort-cpu", "cuda", "tensorrt", "auto"))
            + f"\nforecast {SMALL} x --json"), lambda: {"libtext.so": b"not a library\n"},
            env={"ORT_DYLIB_PATH": "./libtext.so"}, ends=None),
        Run("refused/engines-ort", steps(
            f"forecast {SMALL} x --engine cuda\nforecast {SMALL} x --engine tensorrt"),
            ends=2, needs_ort=True),
        Run("refused/memory", steps(
            "forecast 'sim:fire?height=1024&width=1024&frames=12&seed=3' out --engine tract"),
            shell='ulimit -v 500000; "$@"', ends=2),
        Run("refused/command-lines", steps("""
            burn
            forecst a b
            forecast
            forecast a
            forecast a b c
            forecast --json
            replay
            replay a
            replay a b --every x
            models
            models burn
            models info
            models info fire extra
            models verify
            models list --json
            bench --grid 64
            bench --rounds 0
            bench --matrix --grid 8
            bench sim:fire --matrix
            bench nowhere.npz
            doctor extra
            demo a b
            demo --json
            weather
            weather a b
            node
            node burn
            forecast a b --at x
            forecast a b --at -1
            forecast a b --step x
            forecast a b --leads x
            forecast a b --threads x
            forecast a b --engine gpu
            forecast a b --quality x
            forecast a b --dla x
            forecast a b --json --json
            --verbose"""), ends=2),
        Run("help/nothing-typed", [[]], ends=2),
        Run("help/verbs", [[*v.split(), word] for v in helps for word in ("--help", "-h")]),
        Run("help/others", steps("--version\n-V\nhelp\nhelp forecast\nhelp models info")),
    ]  # fmt: skip
    for size_kib in (1, 8, 40):
        full = f"trap '' XFSZ; ulimit -f {size_kib}; \"$@\""
        command = steps(f"forecast {SMALL} out --engine tract")
        runs.append(Run(f"refused/full-disk-{size_kib}", command, ends=2, shell=full))
    return runs


def golden_radar_runs() -> list[Run]:
    """The repository's radar files: one, and with a second one of five minutes later."""
    runs = []
    for path, (now, later), more in (
        ("acc_u16.tif", ("", ""), "--unit 'mm in 5 min'"),
        ("dbz_u8.tif", ("", ""), "--unit dBZ"),
        ("dbzh_u8.h5", ("011500", "012000"), "--quality 0.5"),
        ("fmi.pgm", ("201609281700", "201609281705"), "--scale 0.5,-32 --no-data 255"),
        ("fmi_items.tif", ("201609281710", "201609281715"), "--crs EPSG:3067"),
        ("rate_f32.tif", ("17:10:00", "17:15:00"), ""),
        ("rate_u16.h5", ("011500", "012000"), "--quantity RATE"),
    ):
        stem, _, end = path.partition(".")

        def two(path: str = path, end: str = end, now: str = now, later: str = later) -> Files:
            first = (GOLDEN / "radar" / path).read_bytes()
            second = first.replace(now.encode(), later.encode()) if now else first
            return {f"in/201609281710.{end}": first, f"in/201609281715.{end}": second}

        text = f"""
            forecast in out --leads 2
            forecast in out2 --leads 2 {more}
            forecast in/201609281710.{end} out3 --kind rain
            weather in --at 60.17,24.94 --checks 0 --leads 3 {more}"""
        runs.append(Run(f"forecast/radar-golden-{stem}-{end}", steps(text), two, ends=None))
    # Sums over an hour, each a quarter of an hour, and a file whose header has a checksum.
    text = """
        forecast sums out --leads 2 --model ./slow --json
        forecast one out2
        forecast one out3 --quality 0.5"""
    files = {"sums/a.h5": "acrr_before.h5", "sums/b.h5": "acrr_f64.h5", "one/a.h5": "rate_f32.h5"}
    inputs = {to: GOLDEN / "radar" / name for to, name in files.items()}
    name = "forecast/radar-golden-acrr"
    runs.append(Run(name, steps(text), lambda: inputs, slow_model, ends=None))
    return runs


# Options that the field cases' README tells, beside the plain command line.
CASE_OPTIONS = {
    "film/jpeg_whitehot_3_equal_channels": ["--step 60 --kind thermal"],
    "film/png_mask_black_white_as_rgb": ["--step 60 --kind mask"],
    "film/mp4_full_range_yuvj420p.mp4": ["--kind thermal"],
    "film/mp4_timelapse_1_per_minute_played_at_25fps.mp4": ["--step 60"],
    "film/pgm_thermal_8bit": ["--step 60 --kind thermal"],
    "film/png_times_in_names_with_20min_gap": [""],
    "radar/ten-minute-film": ["--step 300", "--step 420"],
    "radar/knmi-proj-in-km": [
        f"--crs '+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 {earth} +x_0=0 +y_0=0'"
        " --around 5.2,52.1,100"
        for earth in ("+a=6378.137 +b=6356.752", "+a=6378.137 +b=6356.752 +units=km")
    ],
    "radar/odim-f32-nodata-no-way-out": [
        "--no-data 9.96921e36",
        "--no-data 9969209968386869046778552952102584320",
    ],
    "radar/odim-dmi-real-layout": [
        "--around 10.5,56,100",
        "--around 10.5,56,100 --quantity '?' --unit dBZ --scale 0.5,-32 --no-data 255",
    ],
    "radar/odim-somerc-meteoswiss": ["--crs EPSG:21781"],
    "radar/mrms-gdal-translated": ["--unit mm/h --step 240 --crs EPSG:4326"],
    "radar/meteonet": ["--kind rain"],
    "radar/geotiff-float-unit-mm": ["--unit 'mm in 5 min'", "--unit mm/h"],
    "radar/geotiff-int16-no-known-unit": ["--unit mm/h", "--unit dBZ"],
    "radar/geotiff-custom-crs-radolan": [
        "--crs '+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6370040 +b=6370040 +units=m'"
    ],
    "radar/geotiff-pages-stack": ["--unit mm/h"],
    "radar/geotiff-band-stack": ["--unit mm/h"],
    "radar/smhi-geotiff-no-unit": [
        "--unit dBZ --scale 0.4,-30 --no-data 255",
        "--kind rain",
    ],
    "radar/geotiff-longitude-0-360": ["--around -96.5,37.5,60"],
    "radar/odim-nodata-nan": ["--no-data -1"],
    "radar/name-two_times_valid_issue": ["--step 300"],
    "radar/dwd-hd5-names": ["--kind rain"],
}
# A place on the map of a radar case; the last pattern that fits counts.
CASE_PLACES = {
    "*": "59.8561,26.4734",
    "name-*": "60.15,25.8",
    "odim-*": "54.6,10.7",
    "odim-aea-bom": "-27.7,153.2",
    "odim-aeqd-imgw": "52.3,19.1",
    "odim-dmi-*": "56,10.5",
    "odim-somerc-meteoswiss": "46.9,7.5",
    "geotiff-custom-crs-radolan": "52.4,7.85",
    "geotiff-dbz-sentinel-999": "37.5,-96.5",
    "geotiff-epsg27700-nc-unplaced": "53,-1.5",
    "geotiff-longitude-0-360": "37.5,263.5",
    "mrms-gdal-translated": "37.5,-96.5",
    "knmi-proj-in-km": "52.1,5.2",
    "real-knmi-hdf5": "52.1,5.2",
}
NOWHERE = "37.5,-96.6"
# A map too large to be worked on whole more than once.
CASE_CUTS = {"odim-dmi-oblique-stere": "--around 10.5,56,200"}


def case_runs(at: Places) -> list[Run]:
    """Every field case, with the options that its README tells."""
    runs = []

    def entries(kind: str) -> list[Path]:
        folder = at.cases / kind
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return [p for p in found if p.name != "README.md"]

    for path in entries("film"):
        name, options = path.name, CASE_OPTIONS.get(f"film/{path.name}", [])
        plain = "--step 60" if path.is_dir() else ""
        lines = [f"forecast in/{name} out{k} {o}" for k, o in enumerate([plain, *options])]
        lines = [f"{line} --engine tract" for line in lines]
        lines.append(f"replay in/{name} scores --leads 2 --every 5 {plain} --engine tract")
        inputs = functools.partial(dict, {f"in/{name}": path})
        runs.append(Run(f"cases/film/{path.name}", steps("\n".join(lines)), inputs, ends=None))
    for path in entries("radar"):
        name, options = path.name, CASE_OPTIONS.get(f"radar/{path.name}", [])
        lines = [f"forecast in/{name} out{k} --leads 2 {o}" for k, o in enumerate(["", *options])]
        film = next((p.name for p in path.glob("*.npz")), None)
        if film:
            lines += [
                f"forecast in/{name}/{film} film{k} --array data --kind rain {o}"
                for k, o in enumerate(["", "--unit 'mm in 5 min'"])
            ]
        place = [p for match, p in CASE_PLACES.items() if fnmatch.fnmatchcase(name, match)][-1]
        cut = CASE_CUTS.get(name, "")
        lines += [
            f"weather in/{name} --at {p} --checks 1 --leads 3 {cut}" for p in (place, NOWHERE)
        ]
        lines += [f"weather in/{name} --at {place} --checks 1 --json {o}" for o in (cut, *options)]
        lines.append(f"replay in/{name} scores --leads 1 --kind rain")
        inputs = functools.partial(dict, {f"in/{name}": path})
        runs.append(Run(f"cases/radar/{name}", steps("\n".join(lines)), inputs, ends=None))
    for path in entries("station/in"):
        lines = f"""
            weather in/{path.name} --at 45,-75
            weather in/{path.name} --at 45,-75 --json
            weather in/{path.name} --at 45,-75 --zone America/Toronto
            weather in/{path.name} --at 51,10 --zone UTC+1 --json"""
        inputs = functools.partial(dict, {f"in/{path.name}": path})
        runs.append(Run(f"cases/station/{path.name}", steps(lines), inputs, ends=None))
    folder = at.cases / "station" / "fwi_state_deadlock"
    if folder.is_dir():
        days = [f"2026-06-{d:02}.csv" for d in range(1, 13)]
        later = ["start3.csv", *days[3:]]
        lines = [f"weather in/{d} --at 45,-75 --fwi-state state.json" for d in later]
        lines += [f"weather in/{d} --at 45,-75 --json" for d in days]
        lines += [
            "weather in/all.csv --at 45,-75",
            "weather in/all.csv --at 45,-75 --json --fwi-state all.json",
            "weather in/2026-06-12.csv --at 45,-75 --fwi-state in/s.json --json",
            "weather in/2026-06-12.csv --at 45,-75 --fwi-state in/s2.json --json",
        ]
        inputs = functools.partial(dict, {"in": folder})
        runs.append(Run("cases/station/fwi-state", steps("\n".join(lines)), inputs, ends=None))
    folder = at.cases / "station" / "store_future_reading"
    if folder.is_dir():
        lines = """
            weather store
            weather store --at 45,-75 --json
            node tail store -n 3
            node export csv store
            node export ndjson store
            node status store --json"""
        inputs = functools.partial(dict, {"store": folder})
        runs.append(Run("cases/station/store-future", steps(lines), inputs, ends=None))
    return runs


def machine_runs() -> list[Run]:
    """What the program tells of this machine."""
    bench = f"""
        bench {SMALL} --rounds 2 --json --engine tract
        bench r.npz --rounds 1 --json --kind rain --leads 3
        bench --matrix --grid 32,40 --rounds 2 --threads 1 --json"""
    rain = lambda: {"r.npz": rain_film(shower())}  # noqa: E731
    return [
        Run("doctor/plain", steps("doctor\ndoctor --bundle report.json")),
        Run(
            "doctor/no-library",
            steps("doctor"),
            lambda: {"libtext.so": b"not a library\n"},
            env={"ORT_DYLIB_PATH": "./libtext.so"},
        ),
        Run("doctor/bundle-nowhere", steps("doctor --bundle nowhere/report.json"), ends=2),
        Run("doctor/all-models", steps("doctor --bundle report.json"), env=ALL_MODELS),
        Run("doctor/ort", steps("doctor --bundle report.json"), env=ALL_MODELS, needs_ort=True),
        Run("bench/json", steps(bench), rain),
        Run("bench/json-ort", steps(bench.replace("tract", "ort-cpu")), rain, needs_ort=True),
    ]


def all_runs(at: Places) -> list[Run]:
    """The whole table."""
    runs = model_runs() + forecast_runs(at) + replay_runs(at) + weather_runs(at) + node_runs()
    runs += refused_runs() + machine_runs() + case_runs(at)
    names = [run.name for run in runs]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"named twice: {twice}"
    return runs


# --- Running --------------------------------------------------------------------------------------


@dataclass
class Answer:
    """What a program answered to a run: file name → bytes, and what those bytes depend on."""

    files: dict[str, bytes]
    facts: dict[str, object]
    spent_s: float = 0.0


def lay(files: Files, room: Path) -> None:
    """Puts inputs into a run's folder, where the program may change them."""
    for name, source in files.items():
        to = room / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            to.write_bytes(source)
        elif source.is_dir():
            for path in sorted(p for p in source.rglob("*") if p.is_file()):
                inside = to / path.relative_to(source)
                inside.parent.mkdir(parents=True, exist_ok=True)
                inside.write_bytes(path.read_bytes())
        else:
            to.write_bytes(source.read_bytes())


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, links left out; of an empty folder its name and a slash."""
    found = {}
    for at, folders, names in os.walk(folder):
        where = Path(at).relative_to(folder)
        for name in names:
            path = Path(at) / name
            if path.is_file() and not path.is_symlink():
                found[(where / name).as_posix()] = path.read_bytes()
        if not names and not folders and where != Path("."):
            found[f"{where.as_posix()}/"] = b""
    return found


def digest(files: dict[str, bytes]) -> str:
    """One hash of names and bytes."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name} {hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return total.hexdigest()


class Stage:
    """Where runs are made: the same folders for both programs, one after the other."""

    def __init__(self, root: Path, library: str | None) -> None:
        """`library` is that of ONNX Runtime, where there is one."""
        self.root, self.library = root, library

    def answer(self, run: Run, side: Side, inputs: Files) -> Answer:
        """Runs it on a fresh folder."""
        base = self.root / run.name.replace("/", "+")
        shutil.rmtree(base, ignore_errors=True)
        room, home, temporary = base / "room", base / "home", base / "tmp"
        for folder in (room, home, temporary):
            folder.mkdir(parents=True)
        lay(inputs, room)
        laid = files_below(room)
        lay(run.models(side), room)
        (room / "models").symlink_to(side.models)
        (room / "small-models").symlink_to(side.small_models)
        before = files_below(room)
        env = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "ORT_DYLIB_PATH": (self.library or "") if run.needs_ort else NO_LIBRARY,
            **run.env,
        }
        files: dict[str, bytes] = {}
        started = time.monotonic()
        for k, args in enumerate(run.steps, 1):
            command = ["emberline", *args]
            executable = str(side.program)
            if run.shell:
                script = run.shell.replace('"$@"', 'exec -a emberline "$0" "$@"')
                command, executable = ["bash", "-c", script, executable, *args], "/bin/bash"
            try:
                ended = subprocess.run(
                    command, executable=executable, cwd=room, env=env, stdin=subprocess.DEVNULL,
                    capture_output=True, timeout=RUN_LIMIT_S, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise Wrong(
                    f"{side.name}: {shlex.join(args)}: not done in {RUN_LIMIT_S} s"
                ) from None
            files[f"{k}.code"] = f"{ended.returncode}\n".encode()
            files[f"{k}.stdout"], files[f"{k}.stderr"] = ended.stdout, ended.stderr
        spent_s = time.monotonic() - started
        after = files_below(room)
        for name, data in after.items():
            if before.get(name) != data:
                files[f"room/{name}"] = data
        files |= {f"gone/{name}": b"" for name in before.keys() - after.keys()}
        left = [*files_below(home), *files_below(temporary)]
        files |= {f"left/{name}": b"" for name in left if not name.startswith(LIBRARY_LEAVES)}
        facts = {
            "steps": run.steps, "inputs": "" if run.dated else digest(laid), "base": str(base),
            "program": str(side.program), "library": self.library if run.needs_ort else None,
            "spent_s": round(spent_s, 2),
        }  # fmt: skip
        shutil.rmtree(base)
        return Answer(files, facts, spent_s)


def keep(answer: Answer, folder: Path) -> None:
    """Writes an answer down."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in answer.files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "facts.json").write_text(json.dumps(answer.facts, indent=1) + "\n")


def kept(folder: Path) -> Answer:
    """Reads an answer that was written down."""
    if not (folder / "facts.json").is_file():
        raise Wrong(f"{folder} holds no such run: record it anew")
    files = files_below(folder)
    return Answer(files, json.loads(files.pop("facts.json")))


def recorded(folder: Path) -> set[str]:
    """Names of the runs in a record."""
    return {path.parent.relative_to(folder).as_posix() for path in folder.rglob("facts.json")}


# --- Comparing ------------------------------------------------------------------------------------


def masked(run: str, name: str, data: bytes, facts: dict[str, object]) -> bytes:
    """The bytes without what is measured anew, and without the places of this run."""
    for place in ("base", "library", "program"):
        if facts[place]:
            data = data.replace(str(facts[place]).encode(), f"<{place}>".encode())
    for mask in MASKS:
        if not (fnmatch.fnmatchcase(run, mask.run) and fnmatch.fnmatchcase(name, mask.file)):
            continue
        if mask.by:
            data = re.sub(mask.pattern, mask.by, data)
        else:
            hide = functools.partial(re.sub, rb"(?<=: )" + NUMBER, b"<s>")
            data = re.sub(mask.pattern, lambda found, hide=hide: hide(found.group()), data)
    return as_read(data) if name.endswith(".html") else data


class Page(HTMLParser):
    """What a browser reads of a page, a line each: quotes and ways to close an element are gone."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.lines.append(" ".join([f"<{tag}>", *(f"{k}={v!r}" for k, v in sorted(attrs))]))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self.lines.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text."""
        self.lines.append(repr(data))

    def handle_decl(self, decl: str) -> None:
        """The kind of document."""
        self.lines.append(f"<!{decl}>")


def as_read(page: bytes) -> bytes:
    """A page as a browser reads it."""
    reader = Page()
    reader.feed(page.decode())
    reader.close()
    return "\n".join(reader.lines).encode()


class Raw(str):
    """A number as it stands in the text."""


Leaf = tuple[str, object]


def read_json(name: str, data: bytes) -> list[Leaf] | None:
    """Paths and values in their order, numbers as written; `None` of what is no JSON."""
    read = functools.partial(
        json.loads, object_pairs_hook=tuple, parse_int=Raw, parse_float=Raw, parse_constant=Raw
    )
    try:
        text = data.decode()
        if name.endswith(".ndjson"):
            return list(leaves([read(line) for line in text.splitlines()], ""))
        return list(leaves(read(text), "")) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def leaves(value: object, path: str):  # noqa: ANN201 - a generator of leaves
    """Every scalar below a value, with its path."""
    pairs = value if isinstance(value, tuple) else None
    if isinstance(value, list):
        pairs = list(enumerate(value))
    if not pairs:
        yield path, value
        return
    for key, inner in pairs:
        yield from leaves(inner, f"{path}.{key}" if path else str(key))


def short(value: object, most: int = 160) -> str:
    """Text of a value, cut."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def json_difference(a: list[Leaf], b: list[Leaf]) -> list[tuple[str, str]]:
    """Paths at which two documents differ, and how."""
    if [path for path, _ in a] == [path for path, _ in b]:
        both = zip(a, b, strict=True)
        return [(p, f"{short(v)} → {short(w)}") for (p, v), (_, w) in both if v != w]
    mine, theirs = dict(a), dict(b)
    found = [(p, f"{short(v)} → nothing") for p, v in a if p not in theirs]
    found += [(p, f"nothing → {short(w)}") for p, w in b if p not in mine]
    found += [
        (p, f"{short(v)} → {short(theirs[p])}") for p, v in a if p in theirs and v != theirs[p]
    ]
    return found or [("", "the same values in another order")]


TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s"\[\]{},:]+')


def json_without(name: str, data: bytes, patterns: list[str]) -> str:
    """The text of valid JSON without the entries whose paths fit; all other characters stay."""
    if name.endswith(".ndjson"):
        lines = enumerate(data.decode().splitlines(True))
        return "".join(Cutter(line, patterns).value(str(k)) for k, line in lines)
    return Cutter(data.decode(), patterns).value("")


class Cutter:
    """Walks the tokens of one JSON value, and leaves out entries."""

    def __init__(self, text: str, patterns: list[str]) -> None:
        """Of a text that was read as JSON before."""
        self.tokens, self.at, self.patterns = TOKEN.findall(text), 0, patterns

    def next(self) -> str:
        """The next token."""
        self.at += 1
        return self.tokens[self.at - 1]

    def space(self) -> str:
        """The white space that comes next."""
        there = self.at < len(self.tokens) and self.tokens[self.at].isspace()
        return self.next() if there else ""

    def value(self, path: str) -> str:
        """The value that comes next, with the white space around it."""
        out = self.space() + self.next()
        if out[-1] not in "{[":
            return out + self.space()
        kept, count, opened = [], 0, out[-1]
        before = self.space()
        while self.tokens[self.at] not in "}]":
            key = str(count)
            if opened == "{":
                word = self.next()
                before, key = before + word + self.space() + self.next(), json.loads(word)
            inner = f"{path}.{key}" if path else key
            text = before + self.value(inner)
            if self.tokens[self.at] == ",":
                self.at += 1
                before = self.space()
            else:
                before = text[len(text.rstrip()) :]
                text = text.rstrip()
            if not any(fnmatch.fnmatchcase(inner, pattern) for pattern in self.patterns):
                kept.append(text)
            count += 1
        return out + ",".join(kept) + before + self.next() + self.space()


def explain(name: str, a: bytes, b: bytes) -> str:
    """The first difference, in words."""
    parsed = read_json(name, a), read_json(name, b)
    if parsed[0] is not None and parsed[1] is not None:
        found = json_difference(*parsed)
        if found:
            path, how = found[0]
            return f"{len(found)} values differ, first {path or 'its text'}: {how}"
    if name.endswith(".npz"):
        try:
            return arrays_difference(a, b)
        except (ValueError, OSError, zipfile.BadZipFile):
            pass
    try:
        lines = zip_longest(a.decode().splitlines(True), b.decode().splitlines(True))
        number, (old, new) = next(
            (k, pair) for k, pair in enumerate(lines, 1) if pair[0] != pair[1]
        )
        said = [
            f"\n      {mark} {short(line or '', 400)!r}"
            for mark, line in zip("-+", (old, new), strict=True)
        ]
        return f"line {number}:{''.join(said)}"
    except UnicodeDecodeError:
        pass
    first = next(
        (k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    part = slice(max(first - 4, 0), first + 12)
    bits = f"{a[part].hex(' ')} → {b[part].hex(' ')}"
    return f"{len(a)} and {len(b)} bytes, first at byte {first}: {bits}"


def arrays_difference(a: bytes, b: bytes) -> str:
    """How the arrays of two .npz files differ."""
    mine, theirs = np.load(io.BytesIO(a)), np.load(io.BytesIO(b))
    if mine.files != theirs.files:
        return f"arrays {mine.files} → {theirs.files}"
    for name in mine.files:
        x, y = mine[name], theirs[name]
        if (x.dtype, x.shape) != (y.dtype, y.shape):
            return f"array {name}: {x.dtype} {x.shape} → {y.dtype} {y.shape}"
        if x.tobytes() != y.tobytes():
            differs = ~((x == y) | ((x != x) & (y != y)))
            most = np.nanmax(np.abs(x.astype(np.float64) - y.astype(np.float64)))
            return f"array {name}: {int(differs.sum())} of {x.size} differ, by {most:.3g} at most"
    return "the same arrays in other bytes (order, compression or zip headers)"


@dataclass
class Verdict:
    """What comparing a run gave."""

    wrong: list[str] = field(default_factory=list)
    allowed: list[tuple[Allowed, str]] = field(default_factory=list)


def allowance(run: str, name: str, a: bytes | None, b: bytes | None) -> list[Allowed] | None:
    """Entries of ALLOWED that explain all of a difference; `None` where they do not."""
    mine = [
        e for e in ALLOWED if fnmatch.fnmatchcase(run, e.run) and fnmatch.fnmatchcase(name, e.file)
    ]
    whole = [e for e in mine if not e.json and not e.text]
    if whole:
        return whole[:1]
    if a is None or b is None:
        return None
    used = []
    for entry in (e for e in mine if e.text):
        text = re.compile(entry.text.encode(), re.MULTILINE)
        if text.search(a) or text.search(b):
            used.append(entry)
            a, b = text.sub(b"", a), text.sub(b"", b)
    if a == b:
        return used or None
    entries = [e for e in mine if e.json]
    parsed = read_json(name, a), read_json(name, b)
    if not entries or parsed[0] is None or parsed[1] is None:
        return None
    patterns = [e.json for e in entries]
    if json_without(name, a, patterns) != json_without(name, b, patterns):
        return None
    paths = [path for path, _ in json_difference(*parsed)]
    return used + [e for e in entries if fnmatch.filter(paths, e.json)] or None


def compare(run: Run, before: Answer, after: Answer) -> Verdict:
    """Holds two answers against each other."""
    verdict = Verdict()
    if before.facts["steps"] != run.steps:
        verdict.wrong.append("recorded with other command lines: record it anew")
        return verdict
    if before.facts["inputs"] != after.facts["inputs"]:
        verdict.wrong.append("recorded with other inputs (data, numpy or pillow): record it anew")
        return verdict
    codes = {int(before.files[f"{k}.code"]): k for k in range(1, len(run.steps) + 1)}
    if run.ends is not None and set(codes) != {run.ends}:
        code, k = next((c, k) for c, k in codes.items() if c != run.ends)
        words = before.files[f"{k}.stderr"].decode(errors="replace").strip()
        line = shlex.join(run.steps[k - 1])
        verdict.wrong.append(
            f"BEFORE ends with {code}, not {run.ends}: {line}: {short(words, 300)}"
        )
    for name in sorted(before.files.keys() | after.files.keys()):
        a, b = (
            masked(run.name, name, answer.files[name], answer.facts)
            if name in answer.files
            else None
            for answer in (before, after)
        )
        if a == b:
            continue
        used = allowance(run.name, name, a, b)
        if used is not None:
            verdict.allowed += [(entry, name) for entry in used]
            continue
        step, _, part = name.partition(".")
        where = f"{name} of `{shlex.join(run.steps[int(step) - 1])}`" if part in STREAMS else name
        if a is None or b is None:
            verdict.wrong.append(f"{where}: only in {'AFTER' if a is None else 'BEFORE'}")
        else:
            verdict.wrong.append(f"{where}: {explain(name, a, b)}")
    return verdict


STREAMS = ("code", "stdout", "stderr")


# --- The whole ------------------------------------------------------------------------------------


class Teller:
    """One line a run on a terminal; elsewhere only what is wrong."""

    def __init__(self, total: int) -> None:
        """Of so many runs."""
        self.total, self.done, self.lock = total, 0, threading.Lock()
        self.terminal = sys.stderr.isatty()

    def tell(self, run: Run, verdict: Verdict, spent_s: list[float]) -> None:
        """A run is done."""
        with self.lock:
            self.done += 1
            word = "WRONG" if verdict.wrong else "allowed" if verdict.allowed else "equal"
            if self.terminal or verdict.wrong:
                times = " + ".join(f"{s:.1f}" for s in spent_s)
                line = f"[{self.done:3}/{self.total}] {word:7} {run.name}  ({times} s)"
                print(line, file=sys.stderr, flush=True)


def make(run: Run, stage: Stage, sides: list[Side], options: argparse.Namespace) -> tuple:
    """Runs and compares one row of the table."""
    spent_s: list[float] = []
    try:
        inputs = run.inputs()
        answers = []
        for side in sides:
            if side.record:
                answers.append(kept(side.record / run.name))
                continue
            answer = stage.answer(run, side, inputs)
            spent_s.append(answer.spent_s)
            answers.append(answer)
            if options.keep:
                keep(answer, options.keep / side.name / run.name)
            if options.record and side.name == "before":
                keep(answer, options.record / run.name)
        verdict = compare(run, answers[0], answers[-1])
    except Wrong as wrong:
        verdict = Verdict(wrong=[str(wrong)])
    except Exception as fault:  # of an input or of this script: the other runs go on
        verdict = Verdict(wrong=[f"cannot be made: {type(fault).__name__}: {fault}"])
    return verdict, spent_s


def report(verdicts: dict[str, Verdict], commands: int, spent_s: float, programs: int) -> int:
    """Prints what differs, then the table; gives the exit code."""
    wrong = {name: v for name, v in verdicts.items() if v.wrong}
    allowed = {name: v for name, v in verdicts.items() if v.allowed and not v.wrong}
    for name, verdict in wrong.items():
        print(f"WRONG {name}")
        for line in verdict.wrong[:20]:
            print(f"    {line}")
        if len(verdict.wrong) > 20:
            print(f"    … and {len(verdict.wrong) - 20} more")
    reasons: dict[Allowed, set[str]] = {}
    for name, verdict in verdicts.items():
        for entry, _ in verdict.allowed:
            reasons.setdefault(entry, set()).add(name)
    groups: dict[str, list[str]] = {}
    for name in verdicts:
        groups.setdefault(
            "/".join(name.split("/")[: 2 if name.startswith("cases") else 1]), []
        ).append(name)
    print(f"\n{'runs of':16}{'runs':>6}{'equal':>7}{'allowed':>9}{'wrong':>7}")
    rows = [*groups.items(), ("all", list(verdicts))]
    for group, names in rows:
        bad, fine = (sum(n in part for n in names) for part in (wrong, allowed))
        print(f"{group:16}{len(names):6}{len(names) - bad - fine:7}{fine:9}{bad:7}")
    for entry, names in reasons.items():
        what = entry.json or entry.text or "whole file"
        print(f"allowed in {len(names)} runs: {entry.run} {entry.file} {what}: {entry.why}")
    for entry in (e for e in ALLOWED if e not in reasons):
        print(f"not needed: {entry.run} {entry.file}: {entry.why}")
    print(f"{commands} command lines, run by {programs} of 2 sides, {spent_s:.0f} s")
    return 1 if wrong else 0


def sides_of(options: argparse.Namespace) -> list[Side]:
    """BEFORE, and AFTER where it is given."""
    sides = []
    for name, path, models in (
        ("before", options.before, options.models_before),
        ("after", options.after, options.models_after),
    ):
        if path is None:
            continue
        models = (models or options.models).resolve()
        if path.is_dir():
            sides.append(Side(name, None, models, record=path.resolve()))
        elif os.access(path, os.X_OK):
            sides.append(Side(name, path.resolve(), models))
        else:
            raise Wrong(f"{path}: neither a program nor a folder of recorded answers")
        if not path.is_dir() and not (models / "fire-v1").is_dir():
            raise Wrong(f"{models}: holds no model fire-v1; name another folder of models")
    return sides


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path, help="a program, or a folder of recorded answers")
    parser.add_argument("after", type=Path, nargs="?", help="a program")
    data = Path(os.environ.get("EMBERLINE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--cases", type=Path, help="field cases [default: beside --data]")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="of both programs")
    parser.add_argument("--models-before", type=Path)
    parser.add_argument("--models-after", type=Path)
    parser.add_argument("--only", metavar="WORD", help="runs whose name holds WORD")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at once")
    parser.add_argument("--record", type=Path, metavar="DIR", help="write down BEFORE's answers")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the answers of both")
    parser.add_argument("--list", action="store_true", help="print the table of runs and stop")
    return parser.parse_args()


def main() -> int:
    """Runs the table."""
    options = arguments()
    began = time.monotonic()
    try:
        at = Places(
            options.data.resolve(), (options.cases or options.data.parent / "cases").resolve()
        )
        for folder in (at.data, at.cases):
            if not folder.is_dir():
                raise Wrong(f"{folder}: no such folder; name it with --data or --cases")
        sides = sides_of(options)
        if len(sides) == 1 and not options.record:
            raise Wrong("AFTER is missing; or give --record DIR to write down what BEFORE answers")
        if sides[-1].record or (options.record and sides[0].record):
            raise Wrong(
                "only BEFORE can be a folder of answers, and then nothing is left to record"
            )
        library = os.environ.get("ORT_DYLIB_PATH")
        if library and not Path(library).exists():
            raise Wrong(f"ORT_DYLIB_PATH={library}: no such file")
    except Wrong as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 2
    runs = [r for r in all_runs(at) if not options.only or options.only in r.name]
    if options.list:
        for run in runs:
            print(f"{run.name}\n" + "\n".join(f"    emberline {shlex.join(s)}" for s in run.steps))
        return 0
    if not library:
        count = len(runs)
        runs = [r for r in runs if not r.needs_ort]
        if count > len(runs):
            print(f"NOT RUN: {count - len(runs)} runs of ONNX Runtime: ORT_DYLIB_PATH is not set")
    if not runs:
        print(f"error: no run is called {options.only}", file=sys.stderr)
        return 2
    if sides[0].record and not options.only:
        lost = recorded(sides[0].record) - {run.name for run in all_runs(at)}
        if lost:
            print(
                f"error: recorded and not in the table: {', '.join(sorted(lost))}", file=sys.stderr
            )
            return 2
    teller = Teller(len(runs))
    verdicts: dict[str, Verdict] = {}
    with tempfile.TemporaryDirectory(prefix="same-answers-") as root:
        stage = Stage(Path(root), library and str(Path(library).resolve()))
        with ThreadPoolExecutor(options.jobs) as pool:
            waiting = {pool.submit(make, run, stage, sides, options): run for run in runs}
            try:
                for done in as_completed(waiting):
                    verdicts[waiting[done].name], spent_s = done.result()
                    teller.tell(waiting[done], verdicts[waiting[done].name], spent_s)
            except BaseException:  # stopped: only what is running now is waited for
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    ordered = {run.name: verdicts[run.name] for run in runs}
    commands = sum(len(run.steps) for run in runs)
    programs = sum(side.program is not None for side in sides)
    return report(ordered, commands, time.monotonic() - began, programs)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
