"""Film sets of the benchmark: right physics, right splits, same bytes, bad files refused."""

import csv

import numpy as np
import pytest

from emberline_export.data import moving_mnist, rain, reaction_diffusion, sevir
from emberline_export.data.clips import Clips, read, write
from emberline_export.data.root import data_root

INSIDE = reaction_diffusion.INSIDE


def films(n: int = 3, event: str = "e") -> Clips:
    """A few films of noise."""
    frames = np.random.default_rng(0).integers(0, 250, (n, 4, 8, 8)).astype(np.uint8)
    return Clips(frames, np.array([f"{event}{i}" for i in range(n)]), {"beta": np.arange(n) * 1.0})


def test_a_set_comes_back_as_it_was_written(tmp_path):
    """Frames, events, facts and the grey of no data survive."""
    radar = Clips(np.full((1, 2, 4, 4), 255, np.uint8), np.array(["r"]), {}, 254)
    write(tmp_path, {"train": films(), "test": radar}, {"set": "x"})
    back = read(tmp_path, "train")
    assert back.digest() == films().digest()
    assert np.isnan(read(tmp_path, "test").film(0)).all()
    assert films().film(0).max() <= 1


def test_an_event_in_two_splits_is_refused(tmp_path):
    """Splits go by event."""
    with pytest.raises(ValueError, match="two splits"):
        write(tmp_path, {"train": films(), "test": films()}, {})
    assert not list(tmp_path.iterdir())


def test_changed_films_and_unknown_splits_are_refused(tmp_path):
    """The manifest vouches for the films."""
    write(tmp_path, {"train": films()}, {})
    with pytest.raises(ValueError, match="no split `test`"):
        read(tmp_path, "test")
    other = films(3, "f")
    np.savez(tmp_path / "train.npz", frames=other.frames, event=other.event, **other.facts)
    with pytest.raises(ValueError, match="not the data of its manifest"):
        read(tmp_path, "train")


@pytest.mark.parametrize(
    "frames", [np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 4, 4), np.float32)]
)
def test_films_of_another_shape_or_type_are_refused(frames):
    """One clear line at the door."""
    with pytest.raises(ValueError, match="uint8"):
        Clips(frames, np.array(["a", "b"]))


def test_a_uniform_state_turns_as_the_formula_says():
    """Oracle: without space, w = exp(−iβt) solves the system exactly."""
    beta = np.array([0.7, 1.3])
    w = np.ones((2, 8, 8), complex)
    u = reaction_diffusion.solve(w, beta, np.full(2, 0.1), 50)
    t = np.arange(50) * reaction_diffusion.FRAME_STEP
    assert np.abs(u[:, :, 0, 0] - np.cos(beta[:, None] * t)).max() < 1e-4


def test_a_finer_solver_step_changes_less_than_a_grey(monkeypatch):
    """The step is fine enough for 50 frames of a random state."""
    state = reaction_diffusion.spirals(np.random.default_rng(1), 32)[None]
    one = [np.ones(1), np.full(1, 0.1), 50]
    coarse = reaction_diffusion.solve(state, *one)
    monkeypatch.setattr(reaction_diffusion, "STEP", reaction_diffusion.STEP / 2)
    fine = reaction_diffusion.solve(state, *one)
    assert np.abs(coarse - fine).max() < 2 / 255


def test_states_and_parameters_are_apart():
    """Test parameters lie outside the training range; a film depends on its own seed only."""
    a = reaction_diffusion.draw("train", 3, 3, 16, INSIDE, 1, batch=2)
    b = reaction_diffusion.draw("train", 2, 3, 16, INSIDE, 1)
    assert np.array_equal(a.frames[:2], b.frames)
    for key, (low, high) in reaction_diffusion.OUTSIDE.items():
        assert high < INSIDE[key][0] or low > INSIDE[key][1]
        assert ((a.facts[key] >= INSIDE[key][0]) & (a.facts[key] <= INSIDE[key][1])).all()


def test_classical_pieces_leak_as_documented():
    """Half the test pieces have a copy in the training part that scores above 35 dB."""
    parts = reaction_diffusion.classical(40, 20, 32, 5)
    train = parts["classical-train"].frames.reshape(-1, 32, 32).astype(float)
    test = parts["classical-test"].frames[:, 0].astype(float)
    mse = np.array([((train - frame) ** 2).mean((1, 2)).min() for frame in test]) / 255**2
    assert -10 * np.log10(np.median(mse)) > 35


def test_moving_digits_follow_the_published_statistics():
    """Oracle: `mnist/baselines.json`, made by another generator of the same recipe."""
    pool = moving_mnist.digits(data_root(), "t10k")
    films = moving_mnist.draw(pool, "test", 200, 20, 3).frames / 255.0
    still = ((films[:, 10:] - films[:, 9:10]) ** 2).sum((2, 3)).mean(0)
    dark = (films[:, 10:] ** 2).sum((2, 3)).mean()
    assert abs(still[0] - 201) < 20 and abs(still.mean() - 285) < 25 and abs(dark - 173) < 15


def test_digits_elsewhere_are_named(tmp_path):
    """A missing or broken file is one clear line."""
    with pytest.raises(FileNotFoundError, match="EMBERLINE_DATA"):
        moving_mnist.digits(tmp_path, "train")


def test_rain_rates_and_greys_agree():
    """0.1 mm/h is grey 1; greys and rates invert."""
    assert rain.rain_mm_h(np.array([0.0, 1 / 254]))[0] == 0
    for mm_h in (0.1, 0.5, 1.0, 5.0, 30.0):
        assert abs(rain.rain_mm_h(np.array(rain.share_of(mm_h))) / mm_h - 1) < 1e-6


def test_radar_events_are_whole_and_apart():
    """Four events; MRMS at six minutes in three phases of sixteen windows."""
    found = rain.events(data_root())
    assert {n: c.frames.shape[:2] for n, c in found.items()} == {
        "fmi-20160928": (1, 40),
        "knmi-20100826": (1, 92),
        "mrms-20190610": (48, 12),
        "meteonet-20160828": (1, 15),
    }
    assert set(found["mrms-20190610"].facts["minutes"]) == {6.0}
    assert np.isnan(found["fmi-20160928"].film(0)).any()


def test_simulated_rain_rides_on_its_wind():
    """Moved back along the wind, the second frame is closer to the first than unmoved."""
    better = 0
    for seed in range(6):
        film = rain.film(np.random.default_rng([1, seed]), 3, 64).astype(float)
        rng = np.random.default_rng([1, seed])
        storm = rain.Storm.draw(rng)
        dy, dx = (round(storm.speed * f(storm.heading)) for f in (np.sin, np.cos))
        moved = np.roll(film[0], (dy, dx), (0, 1))
        inner = (slice(10, -10),) * 2
        gain = np.abs(film[1] - film[0])[inner].mean() - np.abs(film[1] - moved)[inner].mean()
        better += gain > 0
    assert better >= 5


def sevir_root(tmp_path, rows: int = 3):
    """A download of three events in SEVIR's own layout, small frames."""
    import h5py

    folder = tmp_path / "data" / "vil" / "2019"
    folder.mkdir(parents=True)
    times = ["2018-06-02 10:00:00", "2019-02-01 00:00:00", "2019-07-01 12:30:00"]
    names = [f"S{800000 + i}" for i in range(rows)]
    frames = np.random.default_rng(0).integers(0, 255, (rows, 16, 16, 49)).astype(np.uint8)
    with h5py.File(folder / "SEVIR_VIL.h5", "w") as f:
        f["id"] = np.array(names, "S")
        f["vil"] = frames
    with (tmp_path / "CATALOG.csv").open("w", newline="") as f:
        w = csv.writer(f)
        w.writerow(sevir.COLUMNS)
        for i in range(rows):
            w.writerow([names[i], "vil/2019/SEVIR_VIL.h5", i, "vil", times[i], 0.0])
            w.writerow([names[i], "ir069/x.h5", i, "ir069", times[i], 0.0])
    return frames


def test_sevir_is_read_in_its_own_layout_and_split_by_date(tmp_path):
    """Each split holds its own events; windows do not overlap."""
    frames = sevir_root(tmp_path)
    for i, split in enumerate(("train", "val", "test")):
        got = list(sevir.windows(tmp_path, split))
        assert [name for name, _ in got] == [f"S{800000 + i}"]
        assert np.array_equal(got[0][1], np.moveaxis(frames[i], -1, 0)[:25])
    assert len(list(sevir.windows(tmp_path, "test", 10, 10))) == 2


def test_a_sevir_row_that_is_not_the_catalogues_is_refused(tmp_path):
    """A shifted index would pair films with other dates."""
    sevir_root(tmp_path)
    text = (tmp_path / "CATALOG.csv").read_text().replace("S800001,", "S899999,")
    (tmp_path / "CATALOG.csv").write_text(text)
    with pytest.raises(ValueError, match="not S899999"):
        list(sevir.windows(tmp_path, "val"))
    with pytest.raises(FileNotFoundError, match="CATALOG.csv"):
        sevir.catalogue(tmp_path / "none")
