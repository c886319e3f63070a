"""Make the golden pictures of the still readers: python stills.py (from this folder).

Oracles: Pillow 13.0.0 and tifffile 2026.3.3 write the files. What they hold as decoded is in
runtime/vision/src/source/still/tests.rs, as digests: of files without loss those of the arrays below,
of JPEG those of zune-jpeg 0.5.15, which the crate image had used. All content is synthetic.
"""

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

HERE = Path(__file__).parent / "stills"
H, W = 37, 45


def scene() -> np.ndarray:
    """A colour picture (h w 3) with edges, slopes and noise."""
    y, x = np.mgrid[0:H, 0:W]
    noise = np.random.default_rng(5).integers(0, 12, (H, W, 3))
    base = np.stack([4 * y + x, 200 - 3 * y, 3 * x], -1)
    base[(y - 18) ** 2 + (x - 22) ** 2 < 60] = (240, 180, 40)
    return np.clip(base + noise, 0, 255).astype(np.uint8)


def main() -> None:
    HERE.mkdir(exist_ok=True)
    rgb = scene()
    grey = rgb[..., 0]
    deep = (grey.astype(np.uint16) * 211 + 77).astype(np.uint16)
    alpha = np.dstack([rgb, 255 - grey])
    as_rgb, as_grey = Image.fromarray(rgb), Image.fromarray(grey)

    def save(image: Image.Image, name: str, **how: object) -> None:
        image.save(HERE / name, **how)

    save(as_grey, "grey.jpg", quality=80)
    save(as_rgb, "colour_420.jpg", quality=80, subsampling="4:2:0")
    save(as_rgb, "colour_422.jpg", quality=60, subsampling="4:2:2")
    save(as_rgb, "colour_444.jpg", quality=95, subsampling="4:4:4")
    save(as_rgb, "progressive.jpg", quality=70, progressive=True)
    save(as_rgb, "restarts.jpg", quality=70, restart_marker_blocks=2)
    save(as_rgb.convert("CMYK"), "cmyk.jpg", quality=80)
    save(as_grey, "grey.png")
    save(Image.fromarray(deep), "grey_16.png")
    save(as_rgb, "colour.png")
    save(Image.fromarray(alpha), "colour_alpha.png")
    save(Image.fromarray(np.dstack([grey, 255 - grey])), "grey_alpha.png")
    save(as_rgb.quantize(9), "palette.png")
    save(as_grey.convert("1"), "one_bit.png")
    save(as_grey.quantize(4), "palette_2_bit.png", bits=2)

    def write(name: str, data: np.ndarray, **how: object) -> None:
        tifffile.imwrite(HERE / name, data, **how)

    write("grey.tif", grey)
    write("grey_16_big_endian.tif", deep, byteorder=">")
    write("grey_16_deflate_predictor.tif", deep, compression="deflate", predictor=2)
    write("grey_lzw_strips.tif", grey, compression="lzw", rowsperstrip=8)
    write("grey_packbits.tif", grey, compression="packbits")
    write("grey_tiles.tif", grey, tile=(16, 16), compression="deflate")
    write("grey_jpeg.tif", grey, compression="jpeg")
    write("min_is_white.tif", grey, photometric="miniswhite")
    write("one_bit.tif", grey > 120, photometric="minisblack")
    write("colour.tif", rgb, photometric="rgb", compression="deflate")
    write("colour_planar.tif", np.moveaxis(rgb, -1, 0), photometric="rgb", planarconfig="separate")
    write("colour_alpha.tif", alpha, photometric="rgb", extrasamples=["unassalpha"])
    write("cmyk.tif", np.array(as_rgb.convert("CMYK")), photometric="separated")


if __name__ == "__main__":
    main()
