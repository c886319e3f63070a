"""Alerts of rain, counted."""

import numpy as np
import pytest

from emberline_export.evaluate.nowcast.onset import statement
from emberline_export.evaluate.rain_alerts import changes, judged, likely, raised


def bits(text: str) -> np.ndarray:
    """Letters as truths."""
    return np.array([letter == "1" for letter in text])


@pytest.mark.parametrize(
    ("what", "wet", "starts", "want"),
    [
        # A frame each five minutes.
        ("a start", "00011", True, [15]),
        ("dry for five minutes is no end", "0001011", True, [15]),
        ("dry for ten is one", "00010011", True, [15, 30]),
        ("before it nothing is known", "011", True, []),
        ("a stop", "11000", False, [10]),
        ("after it nothing is known", "110", False, []),
        ("a stop of five minutes is none", "1101100", False, []),
        ("it never rains", "00000", True, []),
    ],
)
def test_rain_starts_and_stops_after_ten_dry_minutes(
    what: str, wet: str, starts: bool, want: list
) -> None:
    """Minutes of changes."""
    assert changes(bits(wet), np.arange(len(wet)) * 5.0, starts) == want, what


@pytest.mark.parametrize(
    ("what", "says", "wet", "want"),
    [
        # Came, told, false, minutes gained; it starts after twenty minutes.
        ("told", "0011000000", "0000111111", (1, 1, 0, [10])),
        ("not told", "0000000000", "0000111111", (1, 0, 0, [])),
        ("too late", "0000100000", "0000111111", (1, 0, 0, [])),
        ("it never rains", "0100000000", "0000000000", (0, 0, 1, [])),
        ("what the film does not show is not counted", "0000001000", "0000000000", (0, 0, 0, [])),
        ("while it rains nothing starts", "0000011111", "0000111111", (1, 0, 0, [])),
    ],
)
def test_an_alert_is_right_where_rain_starts_within_half_an_hour(
    what: str, says: str, wet: str, want: tuple
) -> None:
    """Counts of one place."""
    times = np.arange(len(says)) * 5.0
    count = judged(bits(says), times, bits(wet), times[-1], starts=True)
    assert (count.came, count.told, count.false, count.gained_min) == want, what


def test_one_alert_while_it_is_said_again_within_ten_minutes() -> None:
    """It is over when nothing was said for ten minutes."""
    times = np.arange(8) * 5.0
    assert raised(bits("10100100"), times) == [0.0, 25.0]


def test_the_chance_is_that_of_the_statement() -> None:
    """Oracle: what is said of one place, where a change is said to come or not."""
    rng = np.random.default_rng(2)
    wet, rains = rng.uniform(0, 1, (6, 40)) ** 3, rng.uniform(0, 1, 40) < 0.5
    chance = likely(wet, rains)
    for n in range(40):
        kind = statement(wet[:, n], bool(rains[n]))[0]
        assert (kind in ("starts", "stops")) == (chance[n] >= 0.5)
        if kind in ("stays-dry", "goes-on"):
            assert statement(wet[:, n], bool(rains[n]))[3] == pytest.approx(1 - chance[n])
