"""Add float16 and int8 to a model folder, where they lose next to nothing on validation films.

    python -m emberline_export onnx quantize ../models/fire-v1 --data DATA --precisions float16 int8

DATA is the folder that `data set` wrote to. Ranges and sensitivities come from training views
(`ranges`, `sensitivity`), the decision from the validation split (`gate`): a precision that loses
more than 0.1 dB PSNR, 0.01 new-burn F1 or 0.01 CSI, or whose codes agree less than 99 %, is not
written. The whole window becomes `model.<precision>.onnx`; the stream follows where it passes too
and the folder stays within its 4 MB. The folder then holds float32 and what passed this time;
`quantization.txt` tells what was measured. Exit code 1 when any precision was refused.

    int8      S8S8 for TensorRT: zero points 0, weights by channel, biases float32
    int8-u8   U8S8 for ONNX Runtime on x86 with VNNI (older processors saturate)
    float16   typed in the graph, for TensorRT 11; on a CPU it is float32 with extra casts
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import onnx
from onnx import ModelProto

from ..card import read_card, toml_text
from ..check import FOLDER_BYTES
from ..folder import GRAPHS, file_of, sha256, write_sums
from ..graph import check_graph
from ..page import render
from . import gate
from .films import calibration, maps_of_card, task_of, validation
from .plan import FLOAT16, PRECISIONS, build
from .ranges import ranges_of
from .rules import check_rules
from .runner import stream, window
from .scores import Loss, Scores, equal_codes, lost, measure
from .sensitivity import Probe, search
from .shrink import pack, shrink

CALIBRATION_FILMS, PROBE_FILMS, VALIDATION_FILMS = 24, 12, 120
TRIALS = 4  # plans that are scored on validation before a precision is given up
REPORT = "quantization.txt"
REPORT_TEXT = Path(__file__).with_name("quantization.txt.j2")


@dataclass
class Trial:
    """One precision: what was measured of it, and why it is refused, if it is."""

    precision: str
    lines: list[str]
    loss: Loss | None = None
    reasons: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Workshop:
    """A folder's graphs, films and float32 scores; precisions are made in `room`."""

    def __init__(self, folder: Path, data: Path, room: Path, limit: int | None) -> None:
        """Read everything once; `limit` is the number of validation films of each set."""
        self.folder, self.room, self.card = folder, room, read_card(folder)
        (reference,) = (p for p in self.card["precision"] if p["name"] == "float32")
        if sha256(folder / GRAPHS[0]) != reference["sha256"]:
            raise ValueError(
                f"{folder}: {GRAPHS[0]} is not the graph of its card; run `onnx check`"
            )
        task = task_of(self.card)
        self.small = {g: shrink(onnx.load(str(folder / g))) for g in GRAPHS}
        films = validation(task, data, self.card["name"], limit or VALIDATION_FILMS)
        self.films, self.validation = (
            [replace(film, maps=maps_of_card(self.card)) for film in some]
            for some in (calibration(task, data, CALIBRATION_FILMS), films)
        )
        self.reference = measure(window(folder / GRAPHS[0]), self.validation, self.card)
        self.probe = Probe(self.small[GRAPHS[0]], self.films[:PROBE_FILMS], self.card)

    def write(self, graph: str, precision: str, model: ModelProto) -> Path:
        """Write one graph and check its rules."""
        path = self.room / file_of(graph, precision)
        onnx.save(pack(model), str(path))
        check_graph(path)
        check_rules(precision, onnx.load(str(path)))
        return path

    def trial(self, precision: str) -> Trial:
        """Make and measure one precision; `reasons` says why it is refused."""
        small = self.small[GRAPHS[0]]
        feeds = (f.feed for f in self.films)
        ranges = {} if precision == FLOAT16 else ranges_of(small, feeds, precision)
        found = search(precision, self.probe, ranges)
        done = Trial(precision, found.lines)
        for _ in range(TRIALS):
            path = self.write(GRAPHS[0], precision, build(found.plan, small, ranges))
            scores = measure(window(path), self.validation, self.card)
            done.loss = lost(self.reference, scores)
            done.reasons = gate.refused(done.loss)
            done.lines += [f"  validation: {done.loss.text()}", *compared(self.reference, scores)]
            if not done.reasons or not found.give_back():
                break
            done.lines.append(f"  refused ({'; '.join(done.reasons)}): one more layer in float32")
        done.files = [path.name]
        size, was = path.stat().st_size, (self.folder / GRAPHS[0]).stat().st_size
        done.lines.append(f"  {path.name}: {size} bytes, {size / was:.3f} of float32")
        if not done.reasons:
            for graph in GRAPHS[1:]:
                model = build(found.plan, self.small[graph], ranges)
                done.files.append(self.write(graph, precision, model).name)
            scores = measure(stream(self.room, precision), self.validation, self.card)
            split = lost(self.reference, scores)
            done.lines.append(f"  as a stream: {split.text()}")
            if gate.refused(split):
                done.lines.append(f"  stream left out: {'; '.join(gate.refused(split))}")
                done.files = done.files[:1]
        return done


def compared(a: Scores, b: Scores) -> list[str]:
    """Every score of float32 and of another precision."""
    lines = []
    for kind in ("psnr_db", "f1", "csi"):
        one, two = getattr(a, kind), getattr(b, kind)
        lines += [f"    {k:34s} {one[k]:8.4f}  {two[k]:8.4f}  {two[k] - one[k]:+.4f}" for k in one]
    return lines + [f"    equal {k:28s} {v:.4%}" for k, v in equal_codes(a, b).items()]


def fitted(trials: list[Trial], folder: Path, room: Path, reserve: int = 20_000) -> None:
    """Leave out what the folder has no space for: whole windows come before streams."""
    low = {file_of(g, p) for g in GRAPHS for p in PRECISIONS} | {REPORT}
    space = FOLDER_BYTES - reserve
    space -= sum(p.stat().st_size for p in folder.iterdir() if p.is_file() and p.name not in low)
    passed = [t for t in trials if not t.reasons]
    for part in (slice(0, 1), slice(1, None)):
        for t in (t for t in passed if t.files[part] and not t.reasons):
            size = sum((room / f).stat().st_size for f in t.files[part])
            if size <= space:
                space -= size
            elif part.start == 0:
                t.reasons = [
                    f"no space: {size} bytes, the folder has {space} left of {FOLDER_BYTES}"
                ]
            else:
                t.files = t.files[:1]
                t.lines.append(
                    f"  stream left out: no space: {size} bytes, the folder has {space} left of "
                    f"{FOLDER_BYTES}"
                )


def replaced(folder: Path, room: Path, trials: list[Trial]) -> None:
    """Put what passed into the folder, beside what it has; then swap the two."""
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for path in (new, old):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(folder, new)
    for name in (file_of(g, p) for g in GRAPHS for p in PRECISIONS):
        (new / name).unlink(missing_ok=True)
    (new / REPORT).unlink(missing_ok=True)
    card, passed = read_card(folder), [t for t in trials if not t.reasons]
    card["precision"] = [p for p in card["precision"] if p["name"] == "float32"]
    for t in passed:
        for name in t.files:
            shutil.copy(room / name, new / name)
        card["precision"].append(
            {
                "name": t.precision,
                "file": t.files[0],
                "sha256": sha256(new / t.files[0]),
                "loss": t.loss.text(),
            }
        )
    (new / "card.toml").write_text(toml_text(card))
    if passed:
        (new / REPORT).write_text(report(trials))
    write_sums(new)
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def report(trials: list[Trial]) -> str:
    """What was measured, for people."""
    return render(REPORT_TEXT, trials=[{"lines": t.lines, "verdict": verdict(t)} for t in trials])


def verdict(trial: Trial) -> str:
    """One line."""
    if trial.reasons:
        return f"{trial.precision}: REFUSED: {'; '.join(trial.reasons)}"
    return f"{trial.precision}: passes: {', '.join(trial.files)}"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx quantize`."""
    p.add_argument("folder", type=Path, help="models/NAME-vN")
    p.add_argument("--data", type=Path, required=True, help="folder that `data set` wrote to")
    p.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=["float16", "int8"])
    p.add_argument("--limit", type=int, help=f"validation films a set [{VALIDATION_FILMS}]")


def quantize(
    folder: Path, data: Path, precisions: list[str], limit: int | None = None
) -> list[Trial]:
    """Make, measure, gate and write; a folder of which nothing passes is left untouched."""
    with tempfile.TemporaryDirectory() as room:
        shop = Workshop(folder, data, Path(room), limit)
        trials = []
        for p in precisions:
            print(f"{folder.name}: {p} …", flush=True)
            trials.append(shop.trial(p))
        fitted(trials, folder, Path(room))
        had = len(shop.card["precision"]) > 1
        if had or any(not t.reasons for t in trials):
            replaced(folder, Path(room), trials)
    return trials


def main(args: argparse.Namespace) -> int:
    """Exit 1 when a precision was refused."""
    try:
        trials = quantize(args.folder, args.data, args.precisions, args.limit)
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    print(report(trials))
    return 1 if any(t.reasons for t in trials) else 0
