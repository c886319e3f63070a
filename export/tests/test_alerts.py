"""Alerts held against lines whose front is known."""

import numpy as np
import pytest

from emberline_export.evaluate.alerts import Count, Line, judged


@pytest.mark.parametrize(
    ("what", "says", "reached_s", "want"),
    [
        # A forecast a minute, within five minutes; hits, missed, false, seconds gained.
        ("told in time", "0011110000", 360, (1, 0, 0, [240])),
        ("never told", "0000000000", 360, (0, 1, 0, [])),
        ("told, and it never comes", "0010000000", np.inf, (0, 0, 1, [])),
        ("what the film does not show is not counted", "0000000011", np.inf, (0, 0, 0, [])),
        ("one alert while it flickers", "1010000000", np.inf, (0, 0, 1, [])),
        ("too early is false, and the line is not told of", "1000000000", 540, (0, 1, 1, [])),
        ("what is told after it has come counts for nothing", "0000111111", 180, (0, 1, 0, [])),
    ],
)
def test_an_alert_is_right_where_the_front_comes_within_its_time(
    what: str, says: str, reached_s: float, want: tuple
) -> None:
    """Hits, misses, false alarms and time gained of one line."""
    times = np.arange(len(says)) * 60.0
    said = np.array([letter == "1" for letter in says])
    count = Count()
    judged(said, times, Line(np.zeros((1, 2), int), reached_s), 300.0, count)
    assert (count.hits, count.missed, count.false, count.gained_s) == want, what


def test_an_alert_that_is_over_is_raised_again() -> None:
    """Ten minutes without one end it."""
    says = np.array([True] + 11 * [False] + [True] + 6 * [False])
    count = Count()
    judged(says, np.arange(len(says)) * 60.0, Line(np.zeros((1, 2), int), np.inf), 300.0, count)
    assert count.false == 2
