"""The benchmark: same films for all, honest scores, pages from rows, models from runs."""

import json

import numpy as np
import pytest
import torch

from emberline_export.__main__ import main
from emberline_export.data.clips import Clips, write
from emberline_export.data.rain import share_of
from emberline_export.data.scores import rain
from emberline_export.data.scores.image import image_scores
from emberline_export.data.scores.rows import by_task, interval, read
from emberline_export.data.task import Task, batches
from emberline_export.evaluate.benchmark.tables import lead_over
from emberline_export.models.physicnet import drift
from emberline_export.models.simple import frames as simple
from emberline_export.models.simple import rain as advect
from emberline_export.onnx.card import read_card
from emberline_export.train.losses import soft_csi

TASK = Task("reaction-diffusion", "reaction-diffusion", (("train", 1.0),), ("test",))


def drifting(count: int, frames: int, event: str, side: int = 32) -> Clips:
    """Soft discs that drift."""
    axis, films = np.arange(side), []
    for i in range(count):
        rng = np.random.default_rng([len(event), i])
        (y, x), (v, u) = rng.uniform(8, side - 8, 2), rng.uniform(-1, 1, 2)
        t = np.arange(frames)[:, None, None]
        d = (axis[:, None] - y - v * t) ** 2 + (axis[None] - x - u * t) ** 2
        films.append(np.round(255 * np.exp(-d / 18)).astype(np.uint8))
    return Clips(np.stack(films), np.array([f"{event}{i}" for i in range(count)]))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small set where a real one would lie."""
    root = tmp_path_factory.mktemp("data")
    tests = {"test": drifting(3, 24, "test"), "test-parameter": drifting(3, 24, "parameter")}
    write(root / "reaction-diffusion", {"train": drifting(8, 24, "train"), **tests}, {})
    return root


def test_a_run_is_kept_drawn_examined_shipped_and_told(data, tmp_path, capsys):
    """From films to a model folder and a page; the page repeats from the rows alone."""
    rows, page = tmp_path / "rows.ndjson", tmp_path / "docs" / "results.md"
    page.parent.mkdir()
    methods = ["persistence", "nearest-frame", "optical-flow", "fno", "physicnet"]
    keep = tmp_path / "keep"
    for method in methods:
        call = ["evaluate", "benchmark", "reaction-diffusion", method, str(data), str(rows)]
        assert main([*call, "--steps", "3", "--batch", "2", "--keep", str(keep)]) == 0
    trained = keep / "reaction-diffusion-physicnet-1.pt"
    images = tmp_path / "docs" / "img"
    assert (
        main(["evaluate", "strips", "reaction-diffusion", "fno", *map(str, (keep, data, images))])
        == 0
    )
    with pytest.raises(FileNotFoundError, match="fire"):  # no strangers in this folder
        main(
            [
                "evaluate",
                "examine",
                str(trained),
                str(data),
                str(rows),
                "--films",
                "2",
                "--most",
                "64",
            ]
        )
    folder = tmp_path / "reaction-diffusion-v1"
    call = ["onnx", "ship", str(trained), str(folder), "--data", str(data), "--rows", str(rows)]
    assert main(call) == 0
    card = read_card(folder)
    assert card["task"] == "frames" and set(drift.SIGNALS) < set(card["physicnet"]["drift"])
    with np.load(folder / "drift.npz") as z:
        assert z["bits_global"].shape == (256, 256) and z["use_local"].sum() == pytest.approx(1)
    assert main(["evaluate", "results", str(rows), str(page)]) == 0
    text = page.read_text()
    assert all(f"| {m} |" in text for m in methods) and "PhysicNet: PSNR" in text
    assert len(list(images.glob("*.png"))) == 4 and "strip-reaction-diffusion-test.png" in text
    assert "## Rollout" in text and "## What each level gives" in text
    main(["evaluate", "results", str(rows), str(page)])
    assert page.read_text() == text


def test_a_seed_gives_every_method_the_same_films(data):
    """Batches depend on the seed alone."""
    clips = drifting(8, 24, "train")
    a, b, c = (next(batches([(clips, 1.0)], TASK, 4, seed)) for seed in (1, 1, 2))
    assert a[0].equal(b[0]) and a[1].equal(b[1]) and not a[0].equal(c[0])
    assert a[0].shape == (4, 10, 1, 32, 32) and a[1].shape == (4, 10, 1, 32, 32)


def test_image_scores_have_data_range_one():
    """PSNR of a constant error is what the formula says; a copy is 100 dB and SSIM 1."""
    truth = np.random.default_rng(0).random((2, 32, 32))
    off = image_scores(truth + 0.1, truth)
    assert np.allclose(off["psnr"], 20) and np.allclose(off["mae"], 0.1)
    same = image_scores(truth, truth)
    assert np.allclose(same["psnr"], 100) and np.allclose(same["ssim"], 1)
    with pytest.raises(ValueError, match="not finite"):
        image_scores(truth * np.nan, truth)


def test_optical_flow_carries_what_drifts():
    """A drifting disc is forecast far better than by standing still."""
    film = drifting(1, 12, "one").film(0)
    moved, still = simple.optical_flow(film[:6], 6), simple.persistence(film[:6], 6)
    assert ((moved - film[6:]) ** 2).mean() < 0.2 * ((still - film[6:]) ** 2).mean()


def test_the_nearest_frame_finds_a_leaked_film():
    """A test film that stands in the training part is answered exactly."""
    clips = drifting(6, 24, "train")
    find = simple.NearestFrame([clips], TASK)
    film = clips.film(4)
    assert np.array_equal(find(film[2:12], 10), film[12:22])


def row(method: str, psnr: list[float], **more) -> dict:
    """A recorded row."""
    films = {"psnr": psnr, "ssim": [0.5] * len(psnr), "mse": [0.1] * len(psnr)}
    base = {"task": "t", "split": "s", "method": method, "seed": 1, "weights": 1, "steps": 1}
    base |= {"train_sha256": "a", "test_sha256": "b", "event": [f"e{i}" for i in range(len(psnr))]}
    return base | {"by_film": films, "by_lead": {"psnr": [1.0, 2.0]}} | more


def test_the_lead_is_over_the_best_peer():
    """The gap is film by film against the best of them, with an interval that holds the mean."""
    methods = {"physicnet": [row("physicnet", [30.0, 32.0])]}
    methods |= {"fno": [row("fno", [28.0, 28.0])], "convlstm": [row("convlstm", [29.0, 30.0])]}
    assert "PSNR +1.5000 dB" in lead_over(methods, ["fno", "convlstm"])
    low, high = interval(np.array([1.0, 2.0, 3.0]), ["a", "a", "b"])
    assert low <= 2.0 <= high


@pytest.mark.parametrize(
    ("lines", "want"),
    [
        (["{"], "rows.ndjson:1"),
        ([json.dumps({"task": "t"})], "not a benchmark row"),
        (
            [json.dumps(row("fno", [1.0])), json.dumps(row("convlstm", [1.0], test_sha256="c"))],
            "different test_sha256",
        ),
    ],
)
def test_rows_that_cannot_stand_side_by_side_are_refused(tmp_path, lines, want):
    """One clear line, no page."""
    path = tmp_path / "rows.ndjson"
    path.write_text("\n".join(lines))
    with pytest.raises(SystemExit, match=want):
        main(["evaluate", "results", str(path), str(tmp_path / "results.md")])
    assert not (tmp_path / "results.md").exists()


def test_a_later_row_of_the_same_seed_counts(tmp_path):
    """Runs append; the newest of a method and seed is the one shown."""
    path = tmp_path / "rows.ndjson"
    path.write_text("\n".join(json.dumps(row("fno", [x])) for x in (1.0, 2.0)))
    assert by_task(read(path)["score"])["t", "s"]["fno"][0]["by_film"]["psnr"] == [2.0]


def test_rain_that_moves_is_carried_and_matched():
    """pysteps finds the motion; filled and matched rain keeps its rates, plain rain dries out."""
    rng = np.random.default_rng(3)
    from scipy.ndimage import gaussian_filter

    big = gaussian_filter(rng.standard_normal((160, 200)), 5)
    big = np.clip(big / big.std() * 0.15 + 0.2, 0, 1).astype(np.float32)
    film = np.stack([big[20:116, 60 - 3 * k : 156 - 3 * k] for k in range(12)])
    plain, matched = advect.lucas_kanade(film[:2], 10), advect.honest(film[:2], 10)
    assert np.abs(plain[4] - film[6])[16:-16, 40:-16].mean() < 0.02
    assert np.allclose(np.sort(matched[9].ravel()), np.sort(film[1].ravel()))
    assert plain[9].mean() < 0.8 * matched[9].mean()


def test_rain_counts_by_hand():
    """Hits, misses, false alarms, by cell; no data is left out."""
    wet, dry = share_of(2.0), 0.0
    said = np.array([[[wet, wet, dry, wet]]])
    truth = np.array([[[wet, dry, wet, np.nan]]])
    c = rain.counts(said, truth)
    assert c[0, 1].tolist() == [1, 1, 1] and c[0, 3].tolist() == [0, 0, 0]
    assert rain.csi(c)[0, 1] == pytest.approx(1 / 3) and np.isnan(rain.csi(c)[0, 3])
    assert rain.bias(c)[0, 1] == 1.0


def test_the_soft_csi_is_of_the_order_of_cells():
    """A right order at any strength costs nothing; a wrong one does; a dry start is left out."""
    rng = np.random.default_rng(0)
    last = torch.from_numpy(rng.random((2, 1, 24, 24)).astype(np.float32))
    truth = last[:, None].repeat(1, 3, 1, 1, 1)
    here = torch.ones_like(truth)
    right, faint, wrong = (
        float(soft_csi(said, truth, here, last)) for said in (truth, truth * 0.9, 1 - truth)
    )
    assert right < 0.1 and faint < 0.15 < 0.4 < wrong
    assert float(soft_csi(truth, truth, here, last * 0)) == 0
