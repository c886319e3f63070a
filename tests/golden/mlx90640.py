"""Write `mlx90640.json`: made-up words of four thermal arrays, and Melexis' temperatures of them.

Oracle: github.com/melexis/mlx90640-library at f6be7ca1d4a5 (2023-02-07, Apache-2.0), built by gcc:
    git clone https://github.com/melexis/mlx90640-library ../melexis
    git -C ../melexis checkout f6be7ca1d4a5
    python tests/golden/mlx90640.py ../melexis
Words are ours, from a seeded generator around what real chips hold; of the library only its
numbers are kept.

Melexis once published the words of a real chip and what its library made of them (`MLX90640 example
data.xlsx`, in that repository at 0b76a54c480f). They are not kept here; to check against them:
    git -C ../melexis show "0b76a54c480f:MLX90640 example data.xlsx" > ../example.xlsx
    python tests/golden/mlx90640.py --example ../example.xlsx > ../example.json
    EMBERLINE_MLX90640_EXAMPLE=../example.json cargo test --lib mlx90640::golden
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

EMISSIVITY = 0.95
CONTROL = 0x1881  # as the node sets it: chessboard, 18 bits, one half a second
# Two halves in, two halves out; the chip's bus is not used.
DRIVER = """
#include <stdint.h>
#include <stdio.h>
#include "MLX90640_API.h"
#include "MLX90640_I2C_Driver.h"
void MLX90640_I2CInit(void) {}
int MLX90640_I2CGeneralReset(void) { return -1; }
int MLX90640_I2CRead(uint8_t a, uint16_t b, uint16_t n, uint16_t *d) { return -1; }
int MLX90640_I2CWrite(uint8_t a, uint16_t b, uint16_t d) { return -1; }
void MLX90640_I2CFreqSet(int f) {}
static void words(uint16_t *out) {
    unsigned word;
    for (int i = 0; i < 832; i++) { if (scanf("%x", &word) != 1) return; out[i] = word; }
}
int main(int argc, char **argv) {
    static uint16_t eeprom[832], frame[834];
    static paramsMLX90640 params;
    static float to[768];
    float emissivity;
    unsigned control;
    sscanf(argv[1], "%f", &emissivity);
    sscanf(argv[2], "%x", &control);
    words(eeprom);
    fprintf(stderr, "extract: %d\\n", MLX90640_ExtractParameters(eeprom, &params));
    for (int half = 0; half < 2; half++) {
        words(frame);
        frame[832] = control;
        frame[833] = half;
        float ta = MLX90640_GetTa(frame, &params);
        MLX90640_CalculateTo(frame, &params, emissivity, ta - 8, to);
        printf("%.4f %.5f\\n", ta, MLX90640_GetVdd(frame, &params));
    }
    for (int i = 0; i < 768; i++) printf("%.4f\\n", to[i]);
    return 0;
}
"""


def pack(*fields: tuple[int, int]) -> int:
    """A word of (value, bits), the highest first, in two's complement."""
    word = 0
    for value, bits in fields:
        assert -(1 << bits) // 2 <= value < 1 << bits, (value, bits)
        word = word << bits | value & (1 << bits) - 1
    return word


def nibbles(values: list[int]) -> list[int]:
    """Words of four values each, the first in the lowest bits."""
    return [pack(*((v, 4) for v in reversed(values[i : i + 4]))) for i in range(0, len(values), 4)]


def calibration(rng: random.Random, tgc: int, ratio: int, by_rows: bool, resolution: int) -> list:
    """The 832 words of a chip."""
    small = lambda n: [rng.randint(-4, 4) for _ in range(n)]
    words = [0] * 64
    words[7:10] = [rng.randrange(1, 65535) for _ in range(3)]
    words[10] = 0x0800 * by_rows
    words[16] = pack((4, 4), (2, 4), (2, 4), (0, 4))  # alpha PTAT, scales of offset
    words[17] = pack((rng.randint(-90, -50), 16))
    words[18:24], words[24:32] = nibbles(small(24)), nibbles(small(32))
    words[32] = pack((7, 4), (9, 4), (8, 4), (6, 4))  # scales of sensitivity: 2^-37
    words[33] = rng.randint(13000, 16000)
    words[34:40], words[40:48] = nibbles(small(24)), nibbles(small(32))
    words[48] = pack((rng.randint(5500, 6500), 16))
    words[49] = pack((rng.randint(12000, 12500), 16))
    words[50] = pack((rng.randint(8, 24), 6), (rng.randint(330, 345), 10))
    words[51] = pack((rng.randint(-105, -95), 8), (rng.randint(90, 130), 8))
    words[52] = pack(*((rng.randint(2, 7), 4) for _ in range(4)))
    words[53] = pack((rng.randint(-9, 9), 5), (rng.randint(-9, 9), 5), (rng.randint(-20, 20), 6))
    words[54] = pack((rng.randint(70, 100), 8), (rng.randint(70, 100), 8))
    words[55] = pack((rng.randint(70, 100), 8), (rng.randint(70, 100), 8))
    words[56] = pack((resolution, 4), (4, 4), (6, 4), (2, 4))  # resolution, scales of Kv and Kta
    words[57] = pack((ratio, 6), (rng.randint(60, 90), 10))
    words[58] = pack((rng.randint(-3, 3), 6), (rng.randint(-90, -60), 10))
    words[59] = pack((rng.randint(3, 6), 8), (rng.randint(70, 90), 8))
    words[60] = pack((rng.randint(-20, 0), 8), (tgc, 8))
    words[61] = pack((rng.randint(-110, -80), 8), (rng.randint(-110, -80), 8))
    words[62] = pack((rng.randint(-110, -80), 8), (rng.randint(-110, -80), 8))
    words[63] = pack((2, 4), (rng.randint(6, 8), 4), (rng.randint(5, 8), 4), (9, 4))
    pixels = [(rng.randint(-12, 12), rng.randint(-12, 12), rng.randint(-2, 2)) for _ in range(768)]
    return words + [pack((o, 6), (a, 6), (k, 3), (0, 1)) for o, a, k in pixels]


def signed(word: int, low: int, bits: int) -> int:
    """`bits` bits of a word from bit `low` on, in two's complement."""
    value = word >> low & (1 << bits) - 1
    return value - (1 << bits) * (value >> bits - 1)


def ram(rng: random.Random, cal: list, ta_c: float, vdd_v: float, scene_c: list) -> list:
    """832 words that a chip at `ta_c` and `vdd_v` would measure of a scene, within some degrees."""
    words = [0x7FFF] * 832
    gain = 1.03
    resolution = cal[56] >> 12 & 3
    kv_dd, vdd_25 = 32 * signed(cal[51], 8, 8), ((cal[51] & 255) - 256) * 32 - 8192
    words[810] = round((vdd_25 + kv_dd * (vdd_v - 3.3)) * 2.0 ** (2 - resolution)) & 0xFFFF
    words[778] = round(signed(cal[48], 0, 16) / gain)
    art = signed(cal[50], 0, 10) / 8 * (ta_c - 25) + cal[49]
    art *= 1 + signed(cal[50], 10, 6) / 4096 * (vdd_v - 3.3)
    words[800] = 1700
    words[768] = round(1700 * 2**18 / art - 1700 * ((cal[16] >> 12) / 4 + 8)) & 0xFFFF
    for at in (776, 808):
        words[at] = round((signed(cal[58], 0, 10) - 3) / gain * (1 + 0.005 * (ta_c - 25))) & 0xFFFF
    ambient_k4 = (ta_c + 273.15) ** 4
    for i, to_c in enumerate(scene_c):
        row, column, own = i // 32, i % 32, cal[64 + i]
        offset = signed(cal[17], 0, 16) + 4 * signed(cal[18 + row // 4], row % 4 * 4, 4)
        offset += 4 * signed(cal[24 + column // 4], column % 4 * 4, 4) + signed(own, 10, 6)
        kta = signed(cal[54 + column % 2], 8 * (1 - row % 2), 8) / 2**14
        alpha = cal[33] + (signed(cal[34 + row // 4], row % 4 * 4, 4) << 9)
        alpha += (signed(cal[40 + column // 4], column % 4 * 4, 4) << 8) + (signed(own, 4, 6) << 6)
        heat = alpha / 2**37 * EMISSIVITY * ((to_c + 273.15) ** 4 - ambient_k4)
        heat *= 1 + signed(cal[61], 8, 8) / 2**17 * to_c
        signal = heat + offset * (1 + kta * (ta_c - 25)) * (1 + 0.3 * (vdd_v - 3.3))
        words[i] = max(-32768, min(32766, round(signal / gain + rng.gauss(0, 2)))) & 0xFFFF
    return words


def scene(rng: random.Random, ta_c: float) -> list:
    """A landscape with a fire: sky, ground and some pixels up to 330 °C."""
    out = [max(ta_c - 45, -36) + 2.5 * (i // 32) + rng.gauss(0, 1) for i in range(768)]
    for _ in range(120):
        out[rng.randrange(768)] = rng.uniform(-45, 330)
    return out


def hexes(words: list) -> str:
    """Words as four digits each."""
    return "".join(f"{word:04x}" for word in words)


def case(program: Path, name: str, seed: int, ta_c: float, vdd_v: float, chip: tuple) -> dict:
    """One chip, its two halves and what the library makes of them."""
    rng = random.Random(seed)
    cal = calibration(rng, *chip)
    there = scene(rng, ta_c)
    halves = [ram(rng, cal, ta_c + half / 10, vdd_v, there) for half in range(2)]
    text = " ".join(f"{word:x}" for word in cal + halves[0] + halves[1])
    line = [program, str(EMISSIVITY), f"{CONTROL:x}"]
    done = subprocess.run(line, input=text, capture_output=True, text=True, check=True)
    numbers = [float(v) for v in done.stdout.split()]
    sound = [v for v in numbers[4:] if v == v]
    seen = f"{min(sound):.1f} to {max(sound):.1f} C"
    print(f"{name}: Ta {numbers[0]:.2f} C, {numbers[1]:.3f} V, {seen}, {done.stderr.strip()}")
    return {
        "name": name,
        "emissivity": EMISSIVITY,
        "calibration": hexes(cal),
        "halves": [hexes(half) for half in halves],
        "to_c": [v if v == v else None for v in numbers[4:]],
    }


def example(path: Path) -> dict:
    """Melexis' own example: words and temperatures from the cells of its workbook."""
    book = zipfile.ZipFile(path)
    shared = re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.S)
    shared = [re.sub("<[^>]+>", "", text) for text in shared]

    def rows(sheet: int) -> dict:
        cells: dict = {}
        text = book.read(f"xl/worksheets/sheet{sheet}.xml").decode()
        for row, kind, body in re.findall(r'<c r="[A-Z]+(\d+)"([^>/]*)>(.*?)</c>', text, re.S):
            if value := re.search(r"<v>(.*?)</v>", body):
                said = shared[int(value[1])] if 't="s"' in kind else value[1]
                cells.setdefault(int(row), []).append(said)
        return cells

    inputs, results = rows(1), rows(3)
    to_c = [0.0] * 768
    labels = {row[0]: (number, row) for number, row in results.items()}
    for half in range(2):
        first = labels[f"To frame {half}"][0] + 1
        values = [float(v) for row in range(first, first + 24) for v in results[row][1:33]]
        for i, value in enumerate(values):
            if (i // 32 + i) % 2 == half:
                to_c[i] = value
    emissivity = float(re.search(r"CalculateTo\(.*?,\s*([01]\.?\d*)", str(inputs))[1])
    words = [int(w, 16) for w in inputs[4][:832]]
    halves = [[int(w, 16) for w in inputs[row][:832]] for row in (8, 11)]
    return {
        "name": "Melexis' example",
        "emissivity": emissivity,
        "calibration": hexes(words),
        "halves": [hexes(half) for half in halves],
        "to_c": to_c,
    }


def main() -> None:
    """Build the library and ask it, or read Melexis' example."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", nargs="?", type=Path, help="its checkout")
    parser.add_argument("--example", type=Path, help="Melexis' workbook, to be written to stdout")
    args = parser.parse_args()
    if args.example:
        json.dump([example(args.example)], sys.stdout)
        return
    with tempfile.TemporaryDirectory() as room:
        source, program = Path(room, "driver.c"), Path(room, "driver")
        source.write_text(DRIVER)
        api = args.library / "functions/MLX90640_API.c"
        line = ["gcc", "-O1", "-I", args.library / "headers", source, api, "-lm", "-o", program]
        subprocess.run(line, check=True)
        # Seed, Ta and supply; then TGC, ratio of the compensation pixels, pattern, resolution.
        cases = [
            case(program, name, *there, chip)
            for name, there, chip in (
                ("as delivered", (1, 28, 3.31), (0, 0, False, 2)),
                ("calibrated by rows", (2, -15, 3.22), (0, 0, True, 2)),
                ("with the housing", (3, 55, 3.38), (16, -7, False, 2)),
                ("all at once", (4, 5, 3.05), (-20, 9, True, 3)),
            )
        ]
    text = ",\n".join(json.dumps(case) for case in cases)
    Path("tests/golden/mlx90640.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
