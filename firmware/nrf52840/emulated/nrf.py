"""The nRF52840's peripherals that the node uses, as its Product Specification describes them.

A task is a write of one into the first 256 bytes of a peripheral, an event a register from 0x100
on; an event whose interrupt is enabled pends it, and a channel of the PPI turns it into tasks of
others. DMA is done at once; only the line takes its time.
"""

import struct

from chips import Bme280, Flash, Sht4x
from core import TICKS, Core

CLOCK, UARTE, TWIM, GPIOTE, SAADC = 0x4000_0000, 0x4000_2000, 0x4000_3000, 0x4000_6000, 0x4000_7000
TIMER1, TIMER2, RNG, WDT = 0x4000_9000, 0x4000_A000, 0x4000_D000, 0x4001_0000
RTC, NVMC, PPI, SPIM = 0x4001_1000, 0x4001_E000, 0x4001_F000, 0x4002_3000
PORTS = (0x5000_0000, 0x5000_0300)
NVIC, AIRCR = 0xE000_E000, 0xE000_ED0C
RESETREAS, GPREGRET = CLOCK | 0x400, CLOCK | 0x51C
INTEN, RELOAD = 0x300, 0x6E52_4635
FLASH_SELECT, DRIVER_ON, VANE_ON, RAIN, CUPS = (0, 17), (1, 3), (1, 5), (1, 6), (1, 7)
RESET_ONES = {RESETREAS, TWIM | 0x4C4, UARTE | 0x480}  # registers that a one clears
DOG_S = 30


class Bitten(Exception):
    """The watchdog was not fed."""


class Nrf(Core):
    """The processor on its board."""

    def __init__(self, elf: str, flash: Flash | None = None, reasons: int = 0) -> None:
        """Begin with an image, a flash chip that may hold something, and reset reasons."""
        self.flash = flash or Flash()
        self.chips = {0x44: Sht4x(), 0x76: Bme280()}
        self.bus_stuck = False
        self.vane, self.battery = 2_048, 2_100  # counts of the converter
        self.pins: dict[tuple[int, int], int] = {}  # what the processor drives
        self.levels: dict[tuple[int, int], int] = {}  # what drives the processor; else high
        self.sent: list[tuple[int, bytes]] = []  # when, and what went over the line
        self.wrong: list[str] = []
        self.resets = -1
        self.registers = {RESETREAS: reasons}
        self.tasks = {
            CLOCK: self._clock,
            UARTE: self._line,
            TWIM: self._bus,
            SAADC: self._converter,
            TIMER1: lambda task: self._counter(TIMER1, task),
            TIMER2: lambda task: self._counter(TIMER2, task),
            WDT: self._dog,
            RTC: self._rtc,
            PPI: self._groups,
            SPIM: self._spi,
        }
        super().__init__(elf)
        self.uc.mem_map(0x1000_0000, 0x2000)
        self.uc.mem_write(0x1000_0000, b"\xff" * 0x2000)
        self.uc.mem_write(0x1000_0060, struct.pack("<II", 0xDEAD_BEEF, 0x1234_5678))
        for base, size in (
            (0x4000_0000, 0x8_0000),
            (0x5000_0000, 0x1000),
            (0xE000_0000, 0x10_0000),
        ):
            self.uc.mmio_map(base, size, self._read, base, self._write, base)

    def reset(self) -> None:
        """Begin anew; what the processor keeps over a reset stays."""
        self.registers = {k: self.registers.get(k, 0) for k in (RESETREAS, GPREGRET)}
        self.counts = {TIMER1: 0, TIMER2: 0}
        self.clock_zero = self.fed = 0
        self.longest_unfed = self.feeds = 0
        self.receiving: list[int] | None = None
        self.waiting: list[int] = []  # bytes that come over the line
        self.resets += 1
        super().reset()

    # Registers

    def get(self, at: int) -> int:
        """Give a register as it was written last."""
        return self.registers.get(at, 0)

    def _read(self, _uc: object, offset: int, _size: int, base: int) -> int:
        at = base + offset
        peripheral, register = at & ~0xFFF, at & 0xFFF
        if at == RTC | 0x504:
            return self._count(self.now)
        if at in (NVMC | 0x400, RNG | 0x100):  # always ready
            return 1
        if at == RNG | 0x508:
            return self.now * 37 & 255
        if at in (PPI | 0x504, PPI | 0x508):
            return self.get(PPI | 0x500)
        if peripheral < NVIC and register in (0x304, 0x308):
            return self.get(peripheral | INTEN)
        for port, first in enumerate(PORTS):
            if at == first | 0x510 or at == first + 0x510:
                return sum(self.levels.get((port, pin), 1) << pin for pin in range(32))
        return self.get(at)

    def _write(self, _uc: object, offset: int, _size: int, value: int, base: int) -> None:
        at = base + offset
        peripheral, register = at & ~0xFFF, at & 0xFFF
        bits = {i for i in range(32) if value >> i & 1}
        if base == 0xE000_0000:
            self._system(at, value, bits)
        elif base == 0x5000_0000:
            self._pin(at, value, bits)
        elif register == 0x304:
            self.registers[peripheral | INTEN] = self.get(peripheral | INTEN) | value
            if any(self.get(peripheral | 0x100 + 4 * i) for i in bits):
                self.pending.add(peripheral >> 12 & 0x3F)
        elif register == 0x308:
            self.registers[peripheral | INTEN] = self.get(peripheral | INTEN) & ~value
        elif at == PPI | 0x504:
            self.registers[PPI | 0x500] = self.get(PPI | 0x500) | value
        elif at == PPI | 0x508:
            self.registers[PPI | 0x500] = self.get(PPI | 0x500) & ~value
        elif register < 0x100:
            self.task(at)
        elif peripheral == WDT and 0x600 <= register < 0x620 and value == RELOAD:
            self.feeds += 1
            self.longest_unfed = max(self.longest_unfed, self.now - self.fed)
            self.fed = self.now
        elif at in RESET_ONES:
            self.registers[at] = self.get(at) & ~value
        else:
            self.registers[at] = value

    def _system(self, at: int, value: int, bits: set[int]) -> None:
        """Enable, disable, pend and unpend interrupts; reset."""
        group = at - NVIC & 0x1F
        irqs = {8 * group + i for i in bits}
        match at - NVIC & ~0x1F:
            case 0x100:
                self.enabled |= irqs
            case 0x180:
                self.enabled -= irqs
            case 0x200:
                self.pending |= irqs
            case 0x280:
                self.pending -= irqs
            case _ if at == AIRCR and value & 4:
                self.registers[RESETREAS] = self.get(RESETREAS) | 4
                self.halt("reset")

    def event_at(self, at: int) -> None:
        """Raise an event: register, interrupt, channels."""
        self.registers[at] = 1
        peripheral, bit = at & ~0xFFF, (at & 0xFFF) - 0x100 >> 2
        if self.get(peripheral | INTEN) >> bit & 1:
            self.pending.add(peripheral >> 12 & 0x3F)
        for channel in range(20):
            on = self.get(PPI | 0x500) >> channel & 1
            if on and self.get(PPI | 0x510 + 8 * channel) == at:
                for task in (PPI | 0x514 + 8 * channel, PPI | 0x910 + 4 * channel):
                    if self.get(task):
                        self.task(self.get(task))

    def task(self, at: int) -> None:
        """Do a peripheral's task."""
        act = self.tasks.get(at & ~0xFFF)
        if act:
            act(at & 0xFFF)

    # Peripherals, by their tasks

    def _clock(self, task: int) -> None:
        if task in (0x000, 0x008):  # fast, slow
            self.event_at(CLOCK | (0x100 if task == 0 else 0x104))

    def _dog(self, _task: int) -> None:
        self.registers[WDT | 0x400], self.fed = 1, self.now

    def _rtc(self, task: int) -> None:
        if task == 0x008:
            self.clock_zero = self.now

    def _groups(self, task: int) -> None:
        members = self.get(PPI | 0x800 + task // 8 * 4)
        on = self.get(PPI | 0x500)
        self.registers[PPI | 0x500] = on & ~members if task & 4 else on | members

    def _counter(self, base: int, task: int) -> None:
        if task == 0x008:
            self.counts[base] += 1
            for n in range(4):
                if (
                    self.counts[base] == self.get(base | 0x540 + 4 * n)
                    and self.get(base | 0x200) >> n & 1
                ):
                    self.counts[base] = 0
        elif task == 0x00C:
            self.counts[base] = 0
        elif task & 0x40:
            self.registers[base | 0x500 | task] = self.counts[base]

    def _converter(self, task: int) -> None:
        if task == 0x004:
            if self.pins.get(VANE_ON) != 1:
                self.wrong.append("the vane was read without its feed")
            self.uc.mem_write(self.get(SAADC | 0x62C), struct.pack("<hh", self.vane, self.battery))
        done = {0x000: 0x100, 0x004: 0x104, 0x008: 0x114, 0x00C: 0x110}
        if task in done:
            self.event_at(SAADC | done[task])

    def _spi(self, task: int) -> None:
        if task == 0x010:
            sent = self.memory(self.get(SPIM | 0x544), self.get(SPIM | 0x548))
            wanted = self.get(SPIM | 0x538)
            if wanted:
                self.uc.mem_write(self.get(SPIM | 0x534), self.flash.transfer(sent, wanted))
            else:
                self.flash.transfer(sent, 0)
            self.registers[SPIM | 0x54C], self.registers[SPIM | 0x53C] = len(sent), wanted
            self.event_at(SPIM | 0x118)
        elif task == 0x014:
            self.event_at(SPIM | 0x104)

    def _bus(self, task: int) -> None:
        if task == 0x014:
            self.event_at(TWIM | 0x104)
        if task not in (0x000, 0x008) or self.bus_stuck:
            return
        chip, shorts = self.chips.get(self.get(TWIM | 0x588)), self.get(TWIM | 0x200)
        if chip is None:
            self.registers[TWIM | 0x4C4] = 2  # the address was not acknowledged
            self.event_at(TWIM | 0x124)
        elif task == 0x008:
            sent = self.memory(self.get(TWIM | 0x544), self.get(TWIM | 0x548))
            chip.write(sent)
            self.registers[TWIM | 0x54C] = len(sent)
            if shorts >> 7 & 1:
                self._bus(0x000)
            else:
                self.event_at(TWIM | (0x104 if shorts >> 9 & 1 else 0x148))
        else:
            wanted = self.get(TWIM | 0x538)
            self.uc.mem_write(self.get(TWIM | 0x534), chip.read(wanted))
            self.registers[TWIM | 0x53C] = wanted
            if shorts >> 12 & 1:
                self.event_at(TWIM | 0x104)

    def _line(self, task: int) -> None:
        match task:
            case 0x000:
                self.receiving = [self.get(UARTE | 0x534), self.get(UARTE | 0x538), 0]
                self.event_at(UARTE | 0x14C)
            case 0x004:
                self.receiving = None
                self.event_at(UARTE | 0x144)
            case 0x008:
                data = self.memory(self.get(UARTE | 0x544), self.get(UARTE | 0x548))
                self.sent.append((self.now, data))
                if self.pins.get(DRIVER_ON) != 1:
                    self.wrong.append("bytes were sent while the cable was not driven")
                self.registers[UARTE | 0x54C] = len(data)
                self.after(len(data) * 10 * TICKS // 115_200, lambda: self.event_at(UARTE | 0x120))
            case 0x00C:
                self.event_at(UARTE | 0x158)

    def receive(self, data: bytes) -> None:
        """Let bytes come over the line, each in its time; what nobody listens to is lost."""
        for i, byte in enumerate(data):
            self.after(3 * (i + 1), lambda byte=byte: self._received(byte))

    def _received(self, byte: int) -> None:
        if not self.receiving:
            return
        at, room, count = self.receiving
        self.uc.mem_write(at + count, bytes([byte]))
        self.receiving[2] += 1
        self.event_at(UARTE | 0x108)
        if count + 1 == room:
            self.receiving = None
            self.event_at(UARTE | 0x110)

    # Pins

    def _pin(self, at: int, value: int, bits: set[int]) -> None:
        port = int(at >= PORTS[1] + 0x504 and not 0x700 <= at - PORTS[0] < 0x780)
        register = at - PORTS[port]
        if register in (0x508, 0x50C):
            for pin in bits:
                self.pins[port, pin] = int(register == 0x508)
                if (port, pin) == FLASH_SELECT:
                    (self.flash.deselect if register == 0x508 else self.flash.select)()
        elif register == 0x520:
            self.registers[at] = self.get(at) & ~value
        else:
            self.registers[at] = value
            if 0x700 <= register < 0x780:
                self._sense(port, register - 0x700 >> 2)

    def _sense(self, port: int, pin: int) -> None:
        sense, level = (
            self.get(PORTS[port] + 0x700 + 4 * pin) >> 16 & 3,
            self.levels.get((port, pin), 1),
        )
        if (sense, level) in ((2, 1), (3, 0)):
            latch = PORTS[port] + 0x520
            self.registers[latch] = self.get(latch) | 1 << pin
            self.event_at(GPIOTE | 0x17C)

    def drive(self, pin: tuple[int, int], level: int) -> None:
        """Let something outside drive a pin."""
        self.levels[pin] = level
        self._sense(*pin)
        if pin == CUPS and level == 0:
            self.event_at(GPIOTE | 0x100)

    def close(self, pin: tuple[int, int], at_s: float, for_s: float) -> None:
        """Let a contact close to ground at a time from now on, s."""
        self.after(int(at_s * TICKS), lambda: self.drive(pin, 0))
        self.after(int((at_s + for_s) * TICKS), lambda: self.drive(pin, 1))

    # Time

    def _count(self, now: int) -> int:
        return now - self.clock_zero & 0xFF_FFFF

    def alarm(self) -> int:
        """Give when the real-time counter's next compare is."""
        enabled = self.get(RTC | INTEN) >> 16
        ahead = [
            self.get(RTC | 0x540 + 4 * n) - self._count(self.now) & 0xFF_FFFF
            for n in range(4)
            if enabled >> n & 1
        ]
        return self.now + min([d for d in ahead if d] or [TICKS])

    def passed(self, before: int) -> None:
        """Raise the compares that time went over, and let the watchdog look."""
        for n in range(4):
            ahead = self.get(RTC | 0x540 + 4 * n) - self._count(before) & 0xFF_FFFF
            if 0 < ahead <= self.now - before:
                self.event_at(RTC | 0x140 + 4 * n)
        if self.get(WDT | 0x400) and self.now - self.fed > DOG_S * TICKS:
            raise Bitten(f"at {self.now / TICKS:.1f} s")
