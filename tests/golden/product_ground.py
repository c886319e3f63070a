"""Golden areas, lengths and directions on the ground, made with pyproj.

    pip install pyproj==3.7.2
    python tests/golden/product_ground.py > tests/golden/product_ground.rs.in
"""

from math import cos, pi, sin

from pyproj import Geod, Transformer

GEOD = Geod(ellps="WGS84")
# As outlines are: many short lines. A long line is another one on the ground than on a map.
RINGS = {
    "about a hectare": [(23.5, 38.1), (23.5012, 38.1001), (23.5011, 38.1009), (23.4999, 38.1008)],
    "of a metre": [(145.0, -37.0), (145.00001, -37.0), (145.000005, -36.99999)],
    "across the 180th meridian": [(179.999, 65.0), (180.002, 65.0001), (180.001, 65.002)],
    "far north": [(20.0, 78.0), (20.003, 78.0001), (20.0025, 78.0007), (19.9995, 78.0005)],
    "tens of kilometres": [
        (round(-120 + 0.4 * cos(pi * k / 30), 5), round(40 + 0.3 * sin(pi * k / 30), 5))
        for k in range(60)
    ],
}
STEPS = [
    ("EPSG:32611", (300_000.0, 30.0, 0.0, 4_200_000.0, 0.0, -30.0)),
    ("EPSG:32755", (600_000.0, 10.0, 0.0, 5_900_000.0, 0.0, -10.0)),
    ("EPSG:3857", (-13e6, 40.0, 0.0, 45e5, 0.0, -40.0)),
    ("EPSG:4326", (23.5, 3e-4, 0.0, 38.1, 0.0, -3e-4)),
    ("EPSG:3035", (4_900_000.0, 25.0, 3.0, 3_210_000.0, 2.0, -25.0)),
    ("EPSG:32611", (5e5, 8.0, 6.0, 42e5, 6.0, -8.0)),
    ("EPSG:32611", (5e5, 30.0, 0.0, 42e5, 0.0, 30.0)),
]


def main() -> None:
    """Print Rust: rings with area and length, and steps at column 50, row 40."""
    print("type GoldenRing = (&'static [[f64; 2]], f64, f64);")
    print(f"const GOLDEN_RINGS: [GoldenRing; {len(RINGS)}] = [")
    for name, ring in RINGS.items():
        m2, m = GEOD.polygon_area_perimeter(*zip(*ring, strict=True))
        points = ", ".join(f"[{lon}, {lat}]" for lon, lat in ring)
        print(f"    // {name}\n    (&[{points}], {abs(m2)}, {m}),")
    print("];\ntype GoldenStep = (&'static str, [f64; 6], f64, f64, f64);")
    print(f"const GOLDEN_STEPS: &[GoldenStep; {len(STEPS)}] = &[")
    for crs, t in STEPS:
        to_wgs84 = Transformer.from_crs(crs, 4326, always_xy=True)

        def at(col, row, t=t, to_wgs84=to_wgs84):
            x, y = t[0] + col * t[1] + row * t[2], t[3] + col * t[4] + row * t[5]
            return to_wgs84.transform(x, y)

        up_deg, _, up_m = GEOD.inv(*at(50, 40.5), *at(50, 39.5))
        _, _, along_m = GEOD.inv(*at(49.5, 40), *at(50.5, 40))
        print(f'    ("{crs}", {[float(v) for v in t]}, {up_deg}, {up_m}, {along_m}),')
    print("];")


if __name__ == "__main__":
    main()
