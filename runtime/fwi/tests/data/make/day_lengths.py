"""Makes ../day_lengths.csv: the day lengths that xclim takes, by latitude and month.

    pip install xclim==0.62.0
    python day_lengths.py > ../day_lengths.csv
"""

from xclim.indices.fire._cffwis import _day_length, _day_length_factor

HEADER = """\
# Day lengths for DMC (hours) and DC (factor) as xclim 0.62.0 (Apache-2.0) takes them, from GFWED
# and Wang et al. (2015); by tests/data/make/day_lengths.py. Borders at 15 and 30 degrees.
latitude,month,dmc_hours,dc_factor"""


def main() -> None:
    """Print one row for each band and month."""
    print(HEADER)
    for lat in (45, 25, 0, -25, -45):
        for month in range(1, 13):
            print(lat, month, _day_length(lat, month), _day_length_factor(lat, month), sep=",")


if __name__ == "__main__":
    main()
