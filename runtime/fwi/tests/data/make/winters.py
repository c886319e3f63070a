"""Makes ../winters.csv: drought codes after real winters, reckoned by xclim.

Weather: cffdrs_test_wDC.nc of Ouranosinc/xclim-testdata (MIT). Seasons: the dates that xclim's own
tests give for it (computed there with cffdrs 1.8.18). Oracle: xclim 0.62.0 (Apache-2.0).

    pip install xclim==0.62.0 h5py
    python winters.py SHARED/data/fwi/xclim/cffdrs_test_wDC.nc > ../winters.csv
"""

import datetime
import sys

import h5py
from xclim.indices.fire._cffwis import _drought_code, _overwintering_drought_code

# Station: latitude, first and last day of one season, first day of the next.
SEASONS = {
    1: (49.4625, "2013-03-15", "2013-11-23", "2014-03-14"),
    2: (55.0, "1980-04-20", "1980-10-16", "1981-05-15"),
    3: (50.0, "1999-05-02", "1999-10-20", "2000-06-16"),
}

HEADER = """\
# Drought codes after a winter (Lawson and Armitage 2008), by tests/data/make/winters.py.
# Weather: Ouranosinc/xclim-testdata (e9097a8) data/FWI/cffdrs_test_wDC.nc, MIT License,
# Copyright (c) 2020-2024 Ouranos inc. Codes: xclim 0.62.0. The last DC ends a season from DC 15.
station,last_day,next_season,last_dc,winter_mm,carry_over,wetting,spring_dc"""


def main(path: str) -> None:
    """Print one row for each station and each pair of fractions of Table 9."""
    file = h5py.File(path)
    days_from, station = file["time"][:], file["id"][:]
    temp_c, rain_mm = file["tas"][:], file["pr"][:]
    dates = [datetime.date(2013, 1, 1) + datetime.timedelta(int(d)) for d in days_from]
    print(HEADER)
    for name, (lat, first, last, following) in SEASONS.items():
        first, last, following = map(datetime.date.fromisoformat, (first, last, following))
        dc, winter_mm = 15.0, 0.0
        for day, here, temp, rain in zip(dates, station, temp_c, rain_mm, strict=True):
            if here != name:
                continue
            if first <= day <= last:
                dc = float(_drought_code(temp, rain, day.month, lat, dc))
            elif last < day < following:
                winter_mm += float(rain)
        for carry_over in (1.0, 0.75, 0.5):
            for wetting in (0.9, 0.75, 0.5):
                spring = float(_overwintering_drought_code(dc, winter_mm, carry_over, wetting, 15))
                row = (name, last, following, repr(dc), round(winter_mm, 6), carry_over, wetting)
                print(*row, repr(spring), sep=",")


if __name__ == "__main__":
    main(sys.argv[1])
