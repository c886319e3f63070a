"""Run the node's image on an emulated nRF52840 and check what it says, in eight scenes.

    pip install unicorn pyelftools
    python3 firmware/nrf52840/emulated/check.py IMAGE

IMAGE is what `cargo build … -p emberline-nrf52840` made. Frames are read by the crate `wire` itself
(`cargo run --example frames`). What is not shown: what the emulation takes for granted, above all
that the peripherals do what their specification says; and currents.
"""

import re
import subprocess
import sys
from pathlib import Path

from chips import Flash
from core import TICKS
from nrf import CUPS, RAIN, Nrf

WIRE = Path(__file__).resolve().parents[2] / "wire"


class Frames:
    """The crate `wire`, reading and writing frames."""

    def __init__(self) -> None:
        """Start the example that knows the frames."""
        command = [
            "cargo",
            "run",
            "-q",
            "--manifest-path",
            WIRE / "Cargo.toml",
            "--example",
            "frames",
        ]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1)

    def ask(self, line: str) -> list[str]:
        """Give the answer to a line."""
        self.process.stdin.write(line + "\n")
        return [a.strip() for a in iter(self.process.stdout.readline, "\n")]


def said(node: Nrf, frames: Frames, since: int = 0) -> list[str]:
    """Give the messages that the node sent."""
    return [m for _, data in node.sent[since:] for m in frames.ask(data.hex())]


def readings(messages: list[str]) -> list[str]:
    """Give the readings among messages."""
    return [m for m in messages if m.startswith("Reading")]


def seqs(messages: list[str]) -> list[int]:
    """Give the numbers of the readings among messages."""
    return [int(re.search(r"seq: (\d+)", m)[1]) for m in readings(messages)]


def expect(node: Nrf, text: str, *wants: str) -> None:
    """Check that a message holds all that is wanted, and that nothing went wrong beside it."""
    for want in wants:
        assert want in text, f"no {want!r} in {text}"
    assert not node.wrong, node.wrong[0]
    assert not node.flash.bytes or node.flash.asleep, "the flash chip is awake"


def a_reading_a_minute(elf: str, frames: Frames) -> str:
    """Values of the chips, a log on flash, a line that closes, a dog that is fed."""
    node = Nrf(elf)
    node.run(130)
    messages = said(node, frames)
    air = ("temp_c_e2: Some(3125), rh_percent_e2: Some(1850), pressure_pa: Some(100653)",)
    expect(node, messages[0], "Hello", "sensors: Sensors(63)", "boot: 1")
    expect(node, readings(messages)[0], *air, "rain_tips: Some(0)", "battery_mv: Some(3690)")
    assert seqs(messages) == [1, 1, 2, 1, 2, 3], seqs(messages)  # nobody acknowledges
    assert node.longest_unfed < 2 * TICKS, node.longest_unfed
    assert node.resets == 1, node.resets  # once, after its settings went into the processor
    unfed_s = node.longest_unfed / TICKS
    return f"{len(messages)} messages, {node.sleeps} sleeps, fed each {unfed_s:.2f} s at most"


def acks_are_heard(elf: str, frames: Frames) -> str:
    """A gateway that acknowledges 50 ms later gets each reading once."""
    node, messages = Nrf(elf), []
    for second in range(1, 200):
        for tenth in range(10):
            heard = len(node.sent)
            node.run(second + tenth / 10)
            new = said(node, frames, heard)
            for reading in readings(new):
                log, seq = re.search(r"log: (\d+), seq: (\d+)", reading).groups()
                ack = bytes.fromhex(frames.ask(f"ack {log} {seq}")[0])
                node.after(TICKS // 20, lambda ack=ack: node.receive(ack))
            messages += new
    assert seqs(messages) == [1, 2, 3, 4], seqs(messages)
    status = [m for m in messages if m.startswith("Status")][-1]  # before or after the last reading
    expect(node, status, "stored: 1", "bad_frames: 0")
    return f"{len(readings(messages))} readings, none twice"


def wind_and_rain(elf: str, frames: Frames) -> str:
    """10 closings a second, the vane at 90°, three tips of which one bounces."""
    node = Nrf(elf)
    node.vane = 2_727 * 4_096 // 10_000
    node.run(1)
    for tenth in range(700):
        node.close(CUPS, tenth / 10, 0.05)
    for second, times in ((10, 1), (20, 1), (30, 4)):
        for bounce in range(times):
            node.close(RAIN, second + bounce / 250, 0.002 if bounce < times - 1 else 0.1)
    node.run(65)
    last = readings(said(node, frames))[-1]
    expect(node, last, "scalar_m_s_e2: 1006", "from_deg: Some(90)", "rain_tips: Some(3)")
    return "10.06 m/s from 90°, 3 tips"


def a_vane_without_a_cable(elf: str, frames: Frames) -> str:
    """No wind, rather than wind from the north."""
    node = Nrf(elf)
    node.vane = 4_095
    node.run(3)
    expect(node, readings(said(node, frames))[0], "wind: None")
    return "wind is missing"


def a_dead_sensor(elf: str, frames: Frames) -> str:
    """One chip's plug is out: it is named, the others go on."""
    node = Nrf(elf)
    del node.chips[0x44]
    node.run(3)
    messages = said(node, frames)
    expect(node, messages[1], "SHT4x at 0x44 does not answer")
    expect(node, readings(messages)[0], "temp_c_e2: None", "pressure_pa: Some(100653)")
    return messages[1]


def a_stuck_bus(elf: str, frames: Frames) -> str:
    """No transfer ends: each is given up, readings go on, the dog is fed."""
    node = Nrf(elf)
    node.bus_stuck = True
    node.run(65)
    messages = said(node, frames)
    expect(node, messages[1], "the I2C bus is held low")
    assert seqs(messages) == [1, 1, 2] and node.longest_unfed < 2 * TICKS
    return messages[1]


def no_memory(elf: str, frames: Frames) -> str:
    """The flash chip is missing: the node says so each 10 s and is not restarted."""
    node = Nrf(elf)
    node.flash.missing = True
    node.run(45)
    messages = said(node, frames)
    assert set(messages) == {"Fault: flash chip does not answer: check its wires and supply"}, (
        messages
    )
    assert len(messages) == 5 and node.resets == 1
    return f"{len(messages)} faults"


def a_power_cut(elf: str, frames: Frames) -> str:
    """The readings of the life before are sent after the next start."""
    node = Nrf(elf)
    node.run(130)
    flash: Flash = node.flash
    flash.asleep = flash.enabled = False
    after = Nrf(elf, flash)
    after.run(3)
    messages = said(after, frames)
    expect(after, messages[0], "boot: 2")
    assert seqs(messages) == [1, 2, 3, 4], seqs(messages)
    return "start 2 sends 1 to 3 of start 1 and its own 4"


SCENES = (
    a_reading_a_minute,
    acks_are_heard,
    wind_and_rain,
    a_vane_without_a_cable,
    a_dead_sensor,
    a_stuck_bus,
    no_memory,
    a_power_cut,
)


def main() -> int:
    """Run each scene."""
    if len(sys.argv) != 2:
        print("usage: check.py IMAGE", file=sys.stderr)
        return 2
    for scene in SCENES:
        print(f"{scene.__name__}: {scene(sys.argv[1], Frames())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
