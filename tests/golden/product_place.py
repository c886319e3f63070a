"""Longitude, latitude and cell areas by pyproj, for the tests of `product/place.rs`.

    pip install pyproj==3.7.2
    python tests/golden/product_place.py > tests/golden/product_place.rs.in
"""

from pyproj import CRS, Geod, Transformer

CASES = [
    ("GOLDEN_UTM_NORTH", "EPSG:32611", [500000.0, 30.0, 0.0, 4200000.0, 0.0, -30.0], 32611),
    ("GOLDEN_UTM_SOUTH", "+proj=utm +zone=55 +south +datum=WGS84",
     [630000.0, 10.0, 0.0, 5900000.0, 0.0, -10.0], 32755),
    ("GOLDEN_WEB_MERCATOR", "EPSG:3857", [-13000000.0, 40.0, 0.0, 4500000.0, 0.0, -40.0], 3857),
    ("GOLDEN_DEGREES", "EPSG:4326", [23.5, 0.0003, 0.0, 38.1, 0.0, -0.0003], 4326),
    ("GOLDEN_ETRS_LAEA", "EPSG:3035", [4321000.0, 25.0, 2.0, 3210000.0, 2.0, -25.0], 3035),
]


def lon_lat(crs: str, t: list[float], col: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a point in pixel units."""
    to_wgs84 = Transformer.from_crs(CRS.from_user_input(crs), "EPSG:4326", always_xy=True)
    x, y = t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]
    return to_wgs84.transform(x, y)


def main() -> None:
    """Print the Rust constants."""
    geod = Geod(ellps="WGS84")
    print("// Made by product_place.py (pyproj); do not edit.")
    for name, crs, t, epsg in CASES:
        corners = [lon_lat(crs, t, c, r) for c, r in [(100, 20), (101, 20), (101, 21), (100, 21)]]
        area, _ = geod.polygon_area_perimeter(*zip(*corners, strict=True))
        lon, lat = lon_lat(crs, t, 10, 20)
        print(f"const {name}: Golden =")
        print(f'    ("{crs}", {t}, [{lon!r}, {lat!r}], {abs(area)!r}, {epsg});')


if __name__ == "__main__":
    main()
