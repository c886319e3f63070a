"""Give a fire model its drift tables: what its training films look like to its codebooks.

    python -m emberline_export onnx drift ../models/fire-v1 --checkpoint weights/fire-v1.pt \
        --train DATA/train64 DATA/train128 --alike DATA/val64 DATA/val128 --strangers FILMS \
        --rows ../docs/results.ndjson

Tables are learnt from films as training draws them (degraded, masks and thermal). The level of each
signal is a high quantile over films of fires held out, and over the drone masks of
`fire_validation/`, which choose and never train. Films in colour have levels of their own, over
pine straw and a doll house seen as the runtime sees colour: flames of a plain camera flicker more.
FILMS is where `data set` wrote the sets of the benchmark: the area under the curve against each is
printed and appended to the rows.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from ..data.clips import read
from ..data.film import FilmConfig
from ..data.heat import flame_intensity
from ..data.root import data_root
from ..data.shards import Shards, Stream, plain
from ..data.task import STRANGERS
from ..models.physicnet import drift
from ..models.physicnet.checkpoint import load_network
from ..models.physicnet.network import PhysicNet
from .card import CardError, read_card, toml_text
from .folder import write_sums
from .physicnet.tables import FAMILY

FILMS = 600


def drawn(folders: list[Path], film: FilmConfig, count: int, seed: int) -> list[np.ndarray]:
    """`count` films `[T, H, W]` as training draws them."""
    found: list[np.ndarray] = []
    for frames, *_ in Stream(folders, film, (64, 96), 8, seed, 0.1, 0):
        found += list(frames[:, :, 0].numpy())
        if len(found) >= count:
            return found[:count]
    raise ValueError("a stream has no end")


def film_of(checkpoint: Path) -> FilmConfig:
    """How training drew its films; what a checkpoint of before does not tell was off."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)["config"]["film"]
    return FilmConfig(**saved | {"rate": tuple(saved["rate"])})


def drone_masks(length: int) -> list[np.ndarray]:
    """Windows of the drone masks, not overlapping."""
    found = []
    for name in ("B", "C"):
        path = data_root() / "fire_validation" / f"firesentry_{name}_208x120.npz"
        with np.load(path) as z:
            masks = np.unpackbits(z["mask"], axis=-1)[..., : z["heat"].shape[-1]].astype(np.float32)
        found += [masks[i : i + length] for i in range(0, len(masks) - length + 1, length)]
    return found


def colour_films(length: int) -> list[np.ndarray]:
    """Windows of two real colour films as flame intensity, at three steps."""
    found = []
    for name in ("fdv_visual_fire", "furg_house6"):
        heat = flame_intensity(video(data_root() / "fire_dev" / "clips" / f"{name}.mp4"))
        heat = heat[:, : heat.shape[1] // 8 * 8, : heat.shape[2] // 8 * 8]
        for step in (3, 9, 15):
            for start in range(0, len(heat) - (length - 1) * step, 30):
                found.append(heat[start : start + length * step : step][:length])
    return found


def video(path: Path) -> np.ndarray:
    """Frames `[T, H, W, 3]` of a video, red first."""
    film, frames = cv2.VideoCapture(str(path)), []
    while (read := film.read())[0]:
        frames.append(read[1][..., ::-1])
    if not frames:
        raise FileNotFoundError(f"{path}: missing or no video; set EMBERLINE_DATA")
    return np.stack(frames)


def held_out(folders: list[Path], count: int) -> list[np.ndarray]:
    """Plain films of fires, mask and thermal."""
    found = []
    for folder in folders:
        fires = Shards(folder, count)
        fires.fires = fires.fires[:count]
        for kind in ("mask", "thermal"):
            found += [s.frames for _, s in plain(fires, kind, FilmConfig())]
    return found


def signals(net: PhysicNet, usage: drift.Usage, films: list[np.ndarray]) -> np.ndarray:
    """Signals `[N, 3]`."""
    return np.array([drift.signals(net, usage, f) for f in films])


def strangers(data: Path, length: int) -> dict[str, list[np.ndarray]]:
    """Films of other things, by set."""
    found = {}
    for folder, split in STRANGERS.items():
        if folder == "fire":
            continue
        clips = read(data / folder, split)
        pick = np.linspace(0, len(clips) - 1, min(40, len(clips))).astype(int)
        films = [np.nan_to_num(clips.film(int(i))[:length, :128, :128]) for i in pick]
        found[folder] = [f.astype(np.float32) for f in films]
    return found


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx drift`."""
    p.add_argument("folder", type=Path)
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--train", type=Path, nargs="+", required=True)
    p.add_argument("--alike", type=Path, nargs="+", required=True)
    p.add_argument("--strangers", type=Path, required=True)
    p.add_argument("--rows", type=Path, required=True)


def main(args: argparse.Namespace) -> int:
    """Write `drift.npz`, the card's table and the hashes; append a row for each strange set."""
    card = read_card(args.folder)
    if card["family"] != FAMILY:
        raise CardError(f"{args.folder}: a model of the family {card['family']}, not {FAMILY}")
    net = load_network(args.checkpoint)
    film = film_of(args.checkpoint)
    usage = drift.learn(net, drawn(args.train, film, FILMS, 5))
    own = signals(net, usage, held_out(args.alike, 40) + drawn(args.alike, film, 200, 6))
    real = signals(net, usage, drone_masks(net.cfg.context))
    colour = signals(net, usage, colour_films(net.cfg.context))
    level = np.maximum(drift.levels(own), drift.levels(real))
    rough = drift.levels(colour)
    np.savez_compressed(args.folder / "drift.npz", **usage.arrays())
    limits, rgb = (
        dict(zip(drift.SIGNALS, (round(float(x), 4) for x in bits), strict=True))
        for bits in (level, rough)
    )
    measured = (
        f"{drift.QUANTILE} quantiles over {len(own)} simulated films, {len(real)} of drones and "
        f"{len(colour)} in colour (rgb)"
    )
    table = {"file": "drift.npz", **limits, "measured": measured, "rgb": rgb}
    codebooks = card[FAMILY].pop("codebook")
    card[FAMILY] |= {"drift": table, "codebook": codebooks}
    (args.folder / "card.toml").write_text(toml_text(card))
    write_sums(args.folder)
    for name, films in strangers(args.strangers, net.cfg.context).items():
        found = signals(net, usage, films)
        for task, alike, bits in (
            ("fire", own, level),
            ("fire (drone masks)", real, level),
            ("fire (colour films)", colour, rough),
        ):
            mine, other = drift.ratio(alike, bits), drift.ratio(found, bits)
            row = {
                "row": "drift",
                "task": task,
                "method": args.folder.name,
                "part": name,
                "auc": drift.area_under_curve(mine, other),
                "warned": float((other > 1).mean()),
                "warned_own": float((mine > 1).mean()),
                "films": [len(mine), len(other)],
            }
            print(json.dumps(row), flush=True)
            with args.rows.open("a") as f:
                f.write(json.dumps(row) + "\n")
    return 0
