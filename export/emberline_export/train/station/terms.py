"""Terms: the inputs of the outlook, written as text that the runtime reads too.

`temp_c[0]` is the value now, `temp_c[-3]` 3 hours ago, `temp_c[L-24]` a day before the hour that is
forecast; `a - b` is a difference. `cos1`, `sin1`, `cos2`, `sin2` are waves of one and two a day of
mean solar time. A target has several sets of terms; the first whose readings are all there is used.
"""

import re

import numpy as np

from .hours import Hours

CLOCK = ["cos1", "sin1", "cos2", "sin2"]
PLACE = re.compile(r"^(\w+)\[(L)?([+-]?\d+)?\]$")


def change(q: str, *back: int) -> list[str]:
    """Changes of `q` to now, over hours."""
    return [f"{q}[0] - {q}[-{h}]" for h in back]


def yesterday(q: str) -> list[str]:
    """The change from now to the hour forecast, as it was a day ago."""
    return [f"{q}[L-24] - {q}[-24]"]


SPEED, DIRECTION = ["wind_m_s[0]"], ["wind_u[0]", "wind_v[0]"]
TURN = change("wind_u", 3) + change("wind_v", 3)
PRESSURE = change("pressure_hpa", 1, 3, 6, 24)
DEPRESSION = ["temp_c[0] - dew_c[0]"]
DAY = [1, 3, 6, 12, 24]


def air(q: str, other: str) -> dict[str, list[str]]:
    """Sets for temperature or dew point."""
    own = change(q, *DAY) + yesterday(q) + CLOCK + DEPRESSION + change(other, 3, 24)
    own += yesterday("temp_c") if q == "dew_c" else []
    speed = SPEED + change("wind_m_s", 3)
    sets = {
        "all": own + speed + DIRECTION + TURN + PRESSURE,
        "no direction": own + speed + PRESSURE,
        "no pressure": own + speed + DIRECTION + TURN,
        "air": own,
        "first day": change(q, 1, 3) + CLOCK + DEPRESSION + change(other, 3),
    }
    if q == "temp_c":
        sets["temperature alone"] = change(q, 1, 3) + CLOCK
    return sets


def wind(q: str) -> dict[str, list[str]]:
    """Sets for wind speed or one of its components."""
    own = change(q, *DAY) + yesterday(q) + CLOCK + DEPRESSION + SPEED
    sets = {"all": own + DIRECTION + TURN + PRESSURE, "no pressure": own + DIRECTION + TURN}
    first = [f"{q}[0]", *change(q, 1, 3), *CLOCK]
    if q == "wind_m_s":
        sets["no direction"] = own + PRESSURE
    return sets | {"first day": first}


def pressure(q: str) -> dict[str, list[str]]:
    """Sets for pressure: changes only, so that the station's height does not matter."""
    own = change(q, *DAY) + yesterday(q) + CLOCK
    return {
        "all": own + DEPRESSION + SPEED + DIRECTION + TURN,
        "pressure alone": own,
        "first day": change(q, 1, 3) + CLOCK,
    }


TARGETS = {
    "temp_c": air("temp_c", "dew_c"),
    "dew_c": air("dew_c", "temp_c"),
    "wind_m_s": wind("wind_m_s"),
    "wind_u": wind("wind_u"),
    "wind_v": wind("wind_v"),
    "pressure_hpa": pressure("pressure_hpa"),
}


def shifted(v: np.ndarray, by_h: int) -> np.ndarray:
    """`v` `[N]` as it is `by_h` hours later, NaN beyond the ends."""
    out = np.full(len(v), np.nan)
    if by_h >= 0:
        out[: len(v) - by_h] = v[by_h:]
    else:
        out[-by_h:] = v[:by_h]
    return out


def place(hours: Hours, text: str, lead_h: int) -> np.ndarray:
    """One place such as `temp_c[L-24]` `[N]`."""
    q, lead, h = PLACE.match(text).groups()
    by_h = (lead_h if lead else 0) + int(h or 0)
    if by_h > 0:
        raise ValueError(f"term {text} at lead {lead_h} h looks into the future; shift it back")
    return shifted(hours.values[q], by_h)


def term(hours: Hours, text: str, lead_h: int) -> np.ndarray:
    """One term `[N]`, NaN where a reading is missing."""
    if text in CLOCK:
        angle = 2 * np.pi * int(text[3]) * hours.solar_h() / 24
        return (np.cos if text.startswith("cos") else np.sin)(angle)
    first, _, minus = text.partition(" - ")
    value = place(hours, first, lead_h)
    return value - place(hours, minus, lead_h) if minus else value


def table(hours: Hours, terms: list[str], lead_h: int) -> np.ndarray:
    """Terms `[N, K]`."""
    return np.stack([term(hours, t, lead_h) for t in terms], 1)
