"""A Cortex-M4 that runs an image: interrupts, sleep and time, with the peripherals left to others.

Unicorn executes the instructions. What it lacks is here: interrupts are entered and left by hand,
and the instructions WFE and SEV are replaced by breakpoints when the image is loaded. Time counts
in ticks of 32,768 Hz: it goes on with the work done, roughly at 64 MHz, and jumps to the next
event when the processor sleeps.
"""

import struct
from collections.abc import Callable

from elftools.elf.elffile import ELFFile
from unicorn import UC_ARCH_ARM, UC_HOOK_INTR, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, UcError
from unicorn.arm_const import (
    UC_ARM_REG_CPSR,
    UC_ARM_REG_LR,
    UC_ARM_REG_PC,
    UC_ARM_REG_PRIMASK,
    UC_ARM_REG_R0,
    UC_ARM_REG_R12,
    UC_ARM_REG_S0,
    UC_ARM_REG_SP,
    UC_CPU_ARM_CORTEX_M4,
)

TICKS = 32_768  # a second
FLASH, RAM = 0x10_0000, 0x4_0000  # bytes
WFE, SEV, BREAK = 0xBF20, 0xBF40, 0xBEEE
RETURN = 0xFFFF_F000  # where an interrupt's handler returns to
BURST = 2_000  # instructions in a tick
SAVED = [UC_ARM_REG_R0 + i for i in range(4)] + [UC_ARM_REG_R12, UC_ARM_REG_LR, UC_ARM_REG_CPSR]


class Stopped(Exception):
    """The processor did something that no program should."""


class Core:
    """The processor with its memories. A subclass gives it peripherals."""

    def __init__(self, elf: str) -> None:
        """Load an image and begin."""
        self.uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self.uc.ctl_set_cpu_model(UC_CPU_ARM_CORTEX_M4)
        self.uc.mem_map(0, FLASH)
        self.uc.mem_map(0x2000_0000, RAM)
        self.uc.hook_add(UC_HOOK_INTR, self._interrupted)
        self.breaks: dict[int, int] = {}
        self.uc.mem_write(0, self._image(elf))
        self.now = 0  # ticks since power came
        self.events: list[tuple[int, Callable[[], None]]] = []
        self.sleeps = 0
        self.reset()

    def _image(self, elf: str) -> bytes:
        """Give the image with its breakpoints, and note where they are."""
        image = bytearray(FLASH)
        with open(elf, "rb") as file:
            parsed = ELFFile(file)
            for segment in parsed.iter_segments("PT_LOAD"):
                at, data = segment["p_paddr"], segment.data()
                image[at : at + len(data)] = data
            text = parsed.get_section_by_name(".text")
            at, end = text["sh_addr"], text["sh_addr"] + text["sh_size"]
        while at < end:
            half = struct.unpack_from("<H", image, at)[0]
            if half in (WFE, SEV):
                struct.pack_into("<H", image, at, BREAK)
                self.breaks[at] = half
            at += 4 if half >> 11 >= 0x1D else 2
        return bytes(image)

    def reset(self) -> None:
        """Begin at the reset vector."""
        self.pending: set[int] = set()
        self.enabled: set[int] = set()
        self.frames: list[tuple] = []  # of interrupts that are being handled
        self.event = False
        self.stop: int | str | None = None
        self.work = 0.0
        self.events.clear()
        self.uc.reg_write(UC_ARM_REG_PRIMASK, 0)
        stack, self.pc = struct.unpack("<II", self.memory(0, 8))
        self.uc.reg_write(UC_ARM_REG_SP, stack)

    def memory(self, at: int, count: int) -> bytes:
        """Give bytes of memory."""
        return bytes(self.uc.mem_read(at, count)) if count else b""

    def after(self, ticks: int, act: Callable[[], None]) -> None:
        """Let something happen after a time."""
        self.events.append((self.now + max(1, ticks), act))

    def halt(self, why: str) -> None:
        """Stop after the present instruction."""
        self.stop = why
        self.uc.emu_stop()

    def _interrupted(self, uc: Uc, number: int, _: object) -> None:
        self.stop = number
        uc.emu_stop()

    def _enter(self, irq: int) -> None:
        """Begin the handler of an interrupt; everything that it may change is kept here."""
        uc = self.uc
        floats = [uc.reg_read(UC_ARM_REG_S0 + i) for i in range(32)]
        stack = uc.reg_read(UC_ARM_REG_SP)
        self.frames.append((stack, self.pc, [uc.reg_read(r) for r in SAVED], floats))
        uc.reg_write(UC_ARM_REG_SP, (stack - 128) & ~7)
        uc.reg_write(UC_ARM_REG_LR, RETURN | 1)
        self.pc = struct.unpack("<I", self.memory(4 * (16 + irq), 4))[0]

    def _leave(self) -> None:
        """Go on where the interrupt came."""
        if not self.frames:
            raise Stopped(f"a return from no interrupt at {self.now / TICKS:.3f} s")
        stack, self.pc, saved, floats = self.frames.pop()
        for register, value in zip(SAVED, saved, strict=True):
            self.uc.reg_write(register, value)
        for i, value in enumerate(floats):
            self.uc.reg_write(UC_ARM_REG_S0 + i, value)
        self.uc.reg_write(UC_ARM_REG_SP, stack)
        self.event = True

    def _burst(self) -> None:
        """Execute up to one tick's instructions."""
        self.stop = None
        try:
            self.uc.emu_start(self.pc | 1, 0xFFFF_FFFE, count=BURST)
        except UcError as error:
            at = self.uc.reg_read(UC_ARM_REG_PC)
            if at & ~1 != RETURN:
                raise Stopped(f"{error} at {at:#x}, {self.now / TICKS:.3f} s") from error
        self.pc = self.uc.reg_read(UC_ARM_REG_PC) | 1
        self.work += 0.1 if self.stop else 1  # a burst that ends early is short
        if self.work >= 1:
            self.work -= 1
            self.advance(self.now + 1)

    def run(self, until_s: float) -> None:
        """Run until a time since power came, s."""
        while self.now < until_s * TICKS:
            if not self.frames and not self.uc.reg_read(UC_ARM_REG_PRIMASK):
                for irq in sorted(self.pending & self.enabled)[:1]:
                    self.pending.discard(irq)
                    self._enter(irq)
            self._burst()
            at = self.pc & ~1
            breaks = [b for b in (at, at - 2) if b in self.breaks]
            if self.stop == "reset":
                self.reset()
            elif at == RETURN:
                self._leave()
            elif self.stop is None:
                pass
            elif not breaks:
                raise Stopped(f"exception {self.stop} at {at:#x}, {self.now / TICKS:.3f} s")
            else:
                self.pc = breaks[0] + 2 | 1
                if self.breaks[breaks[0]] == SEV or self.event or self.pending & self.enabled:
                    self.event = self.breaks[breaks[0]] == SEV
                else:
                    self.sleeps += 1
                    self.advance(
                        min([self.now + TICKS, self.alarm(), *(t for t, _ in self.events)])
                    )

    def alarm(self) -> int:
        """Give when the clock's next alarm is, ticks."""
        raise NotImplementedError

    def passed(self, before: int) -> None:
        """Take note that it is now, and that it was `before`."""
        raise NotImplementedError

    def advance(self, to: int) -> None:
        """Let time pass, and what was to happen in it happen."""
        while self.now < to:
            before = self.now
            self.now = min([to, *(max(t, before + 1) for t, _ in self.events)])
            self.passed(before)
            due = [e for e in self.events if e[0] <= self.now]
            self.events = [e for e in self.events if e[0] > self.now]
            for _, act in due:
                act()
