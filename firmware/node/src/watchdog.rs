//! The watchdog's policy: the hardware is fed only while every task does its work.
//!
//! A loop that feeds the watchdog wherever it passes hides a task that has stopped. Here each task says
//! when it did something, and has a time after which it is late.

/// What must happen for the node to be alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Sensors are read (a sensor that fails counts: the node must not restart for a broken cable).
    Sample = 0,
    /// Readings are kept. A memory that fails makes this late, and a restart may free its bus.
    Keep = 1,
    /// The line is served (whether or not somebody listens).
    Serve = 2,
}

const TASKS: [Task; 3] = [Task::Sample, Task::Keep, Task::Serve];

/// Who was last alive when. Times are ms of uptime.
#[derive(Clone, Copy, Debug)]
pub struct Watchdog {
    last_ms: [u64; TASKS.len()],
    limit_ms: [u64; TASKS.len()],
}

impl Watchdog {
    /// A node whose readings are `reading_ms` apart. Sampling and keeping may miss two readings and
    /// 10 s more; the line is served at least each 10 s.
    pub const fn new(reading_ms: u64) -> Self {
        let reading_limit_ms = reading_ms.saturating_mul(3).saturating_add(10_000);
        Self { last_ms: [0; TASKS.len()], limit_ms: [reading_limit_ms, reading_limit_ms, 10_000] }
    }

    /// `task` did its work at `now_ms`.
    pub fn alive(&mut self, task: Task, now_ms: u64) {
        self.last_ms[task as usize] = now_ms;
    }

    /// The first task that is late, if one is. The board feeds its watchdog while there is none, and
    /// keeps the task as the reason of the restart otherwise.
    pub fn late(&self, now_ms: u64) -> Option<Task> {
        TASKS.into_iter().find(|task| {
            let i = *task as usize;
            now_ms.saturating_sub(self.last_ms[i]) > self.limit_ms[i]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_task_that_stops_starves_the_watchdog() {
        for (stopped, late_after_ms) in
            [(Task::Sample, 40_000), (Task::Keep, 40_000), (Task::Serve, 10_000)]
        {
            let mut watchdog = Watchdog::new(10_000);
            for now_ms in (0..=100_000).step_by(1_000) {
                for task in TASKS {
                    if task != stopped || now_ms == 0 {
                        watchdog.alive(task, now_ms);
                    }
                }
                let want = (now_ms > late_after_ms).then_some(stopped);
                assert_eq!(watchdog.late(now_ms), want, "{stopped:?} at {now_ms}");
            }
        }
    }
}
