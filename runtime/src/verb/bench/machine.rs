//! What a machine tells of a run beside its time: the most memory held, and energy.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use std::sync::Arc;

/// Where the system shows its sensors.
const HWMON: &str = "/sys/class/hwmon";
/// How often power is read.
const EVERY: Duration = Duration::from_millis(10);

/// Lets the process's peak of memory be measured anew, where the system can (Linux).
pub(super) fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Most memory this process has held since [`forget_peak`], MiB; `None` where it is not told.
pub(super) fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

/// A power rail of a Jetson: the whole board's input, by its INA3221 sensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rail {
    /// Millivolts.
    volts: PathBuf,
    /// Milliamperes.
    amperes: PathBuf,
}

impl Rail {
    /// The board's input rail, where this machine has such a sensor.
    pub(super) fn find() -> Option<Self> {
        Self::under(Path::new(HWMON))
    }

    /// The rail `VDD_IN` (or `POM_5V_IN` of older boards) of an `ina3221` below `root`.
    fn under(root: &Path) -> Option<Self> {
        let mut places: Vec<_> =
            std::fs::read_dir(root).ok()?.flatten().map(|e| e.path()).collect();
        places.sort_unstable();
        for place in places {
            let text = |file: String| std::fs::read_to_string(place.join(file)).ok();
            if text("name".to_owned()).is_none_or(|n| n.trim() != "ina3221") {
                continue;
            }
            for k in 1..=3 {
                let label = text(format!("in{k}_label")).unwrap_or_default();
                if ["VDD_IN", "POM_5V_IN"].contains(&label.trim()) {
                    let file = |name: &str| place.join(format!("{name}{k}_input"));
                    return Some(Self { volts: file("in"), amperes: file("curr") });
                }
            }
        }
        None
    }

    /// Power now, watts.
    fn watts(&self) -> Option<f64> {
        let milli = |path: &Path| -> Option<f64> {
            std::fs::read_to_string(path).ok()?.trim().parse().ok()
        };
        Some(milli(&self.volts)? * milli(&self.amperes)? * 1e-6)
    }
}

/// Energy of the board while something runs, by its input rail.
pub(super) struct Meter {
    stop: Arc<AtomicBool>,
    reader: JoinHandle<Option<f64>>,
}

impl Meter {
    /// Starts to read `rail`.
    pub(super) fn start(rail: Rail) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stop);
        let reader = std::thread::spawn(move || {
            let (mut joules, mut before) = (0.0, Instant::now());
            loop {
                let last = ends.load(Ordering::Relaxed);
                let watts = rail.watts()?;
                let now = Instant::now();
                joules += watts * (now - before).as_secs_f64();
                before = now;
                if last {
                    return Some(joules);
                }
                std::thread::sleep(EVERY);
            }
        });
        Self { stop, reader }
    }

    /// Joules since the start; `None` when the sensor could not be read.
    pub(super) fn joules(self) -> Option<f64> {
        self.stop.store(true, Ordering::Relaxed);
        self.reader.join().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_told_and_can_be_measured_anew() {
        if !cfg!(target_os = "linux") {
            return;
        }
        let big = vec![1u8; 64 << 20];
        assert!(big.iter().map(|b| u64::from(*b)).sum::<u64>() == 64 << 20);
        let with = peak_mib().expect("Linux tells it");
        drop(big);
        forget_peak();
        let without = peak_mib().expect("Linux tells it");
        assert!(with >= 64.0 && without <= with, "{with} {without}");
    }

    /// A made-up sensor tree, as JetPack 6 shows it; no such board was at hand.
    #[test]
    fn a_jetsons_input_rail_is_found_and_adds_up() {
        let root = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(Rail::under(root.path()), None);
        let put = |at: &str, text: &str| {
            let path = root.path().join(at);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("mkdir");
            std::fs::write(path, text).expect("w");
        };
        put("hwmon0/name", "thermal\n");
        put("hwmon1/name", "ina3221\n");
        put("hwmon1/in2_label", "VDD_CPU_GPU_CV\n");
        put("hwmon1/in1_label", "VDD_IN\n");
        put("hwmon1/in1_input", "5000\n");
        put("hwmon1/curr1_input", "2000\n");
        let rail = Rail::under(root.path()).expect("the rail");
        assert_eq!(rail.watts(), Some(10.0));
        let (meter, began) = (Meter::start(rail), Instant::now());
        std::thread::sleep(Duration::from_millis(40));
        let joules = meter.joules().expect("readings");
        let most = began.elapsed().as_secs_f64() * 10.0;
        assert!(joules >= 0.4 && joules <= most, "{joules} of {most}");
        put("hwmon1/curr1_input", "none\n");
        let rail = Rail::under(root.path()).expect("the rail");
        assert_eq!(Meter::start(rail).joules(), None);
    }
}
