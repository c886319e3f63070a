"""Makes ../tropics.csv: single days at the equator and at 23° south, from NASA's GFWED.

Every seventh day of 2017 at two places of GFWED_sample_2017.nc of Ouranosinc/xclim-testdata (MIT):
the codes of the day before, the weather, and the codes and indices of the day.

    python tropics.py SHARED/data/fwi/xclim/GFWED_sample_2017.nc > ../tropics.csv
"""

import datetime
import sys

import h5py

HEADER = """\
# Single days in the tropics, Global Fire Weather Database (GFWED, NASA GISS), FF scale 147.2.
# Re-created by tests/data/make/tropics.py from Ouranosinc/xclim-testdata (e9097a8)
# data/FWI/GFWED_sample_2017.nc, MIT License (LICENSE-xclim-testdata),
# Copyright (c) 2020-2024 Ouranos inc.
latitude,month,day,ffmc_before,dmc_before,dc_before,temp_c,rh_percent,wind_km_h,rain_24h_mm,\
ffmc,dmc,dc,isi,bui,fwi"""
BEFORE = ["FFMC", "DMC", "DC"]
TODAY = ["tas", "rh", "sfcwind", "prbc", "FFMC", "DMC", "DC", "ISI", "BUI", "FWI"]
PLACES = {2: 0, 3: -23}  # row of the file: latitude


def main(path: str) -> None:
    """Print the table; numbers keep every digit of their 32 bits."""
    file = h5py.File(path)
    print(HEADER)
    for row, lat in PLACES.items():
        for t in range(1, 365, 7):
            date = datetime.date(2017, 1, 1) + datetime.timedelta(t)
            numbers = [file[k][row, t - 1] for k in BEFORE] + [file[k][row, t] for k in TODAY]
            print(lat, date.month, date.day, *numbers, sep=",")


if __name__ == "__main__":
    main(sys.argv[1])
