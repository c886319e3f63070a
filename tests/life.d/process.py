"""What a process takes: memory, open files, threads, time on processors."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Sample:
    """At one moment."""

    rss_kb: int
    files: int
    threads: int
    cpu_s: float


def sample(pid: int) -> Sample:
    """Of this process, as the kernel tells it."""
    proc = Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line
    )
    times = (proc / "stat").read_text().rpartition(")")[2].split()
    return Sample(
        rss_kb=int(status["VmRSS"].split()[0]),
        files=len(os.listdir(proc / "fd")),
        threads=int(status["Threads"]),
        cpu_s=(int(times[11]) + int(times[12])) / TICKS,
    )
