"""Small GeoTIFFs by rasterio, for the tests of `product/geotiff.rs`.

    pip install numpy==2.4.6 rasterio==1.4.4
    python tests/golden/product_geotiff.py
"""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

CASES = {
    "utm": ("EPSG:32611", (5e5, 30.0, 0.0, 42e5, 0.0, -30.0)),
    "degrees": ("EPSG:4326", (23.5, 0.0003, 0.0, 38.1, 0.0, -0.0003)),
    "mercator": ("EPSG:3857", (-13e6, 40.0, 0.0, 45e5, 0.0, -40.0)),
    "rotated": ("EPSG:3035", (4321e3, 25.0, 3.0, 3210e3, 2.0, -25.0)),
}


def main() -> None:
    """Write one file a case beside this script."""
    values = (np.arange(2 * 33 * 40, dtype=np.float32) / 4096).reshape(2, 33, 40)
    values[:, 1, 2] = np.nan
    for name, (crs, transform) in CASES.items():
        profile = {
            "driver": "GTiff", "width": 40, "height": 33, "count": 2, "dtype": "float32",
            "crs": crs, "transform": Affine.from_gdal(*transform), "nodata": np.nan,
            "interleave": "band", "compress": "deflate",
        }
        with rasterio.open(Path(__file__).parent / f"product_{name}.tif", "w", **profile) as tif:
            tif.write(values)


if __name__ == "__main__":
    main()
