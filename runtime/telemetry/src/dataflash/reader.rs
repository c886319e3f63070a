//! The reader of logs: places, attitudes and mounts of a flight, dated by the receiver's own weeks.

use emberline_georeference::pose::{Accuracy, Heights, Rotation, Sample};

use super::format::Format;
use super::message::each;
use crate::counts::Counts;
use crate::note::{Note, Notes};
use crate::options::Options;
use crate::{place, utc};

/// A fix with a height.
const FIX_3D: f64 = 3.0;
/// Seconds for which what a receiver said holds.
const HOLDS_S: f64 = 5.0;
/// Seconds by which a mount's message and the attitude before it may be apart.
const SAME_S: f64 = 0.5;

/// What was read of a log; without times of day there are no samples.
pub(crate) fn read(bytes: &[u8], options: Options) -> (Vec<Sample>, Vec<Note>, Counts) {
    let (mut counts, mut notes) = (Counts::default(), Notes::default());
    let mut log = Log::default();
    each(bytes, &mut counts, |format, message, counts| {
        let value = |name: &str| format.value(message, name);
        match value("TimeUS") {
            Some(us) => log.message(format, &value, us / 1e6, options, counts),
            None => counts.of_no_use += 1,
        }
    });
    // Receivers tell their time some tenths of a second late: the middle one is told.
    log.boots.sort_by(f64::total_cmp);
    let Some(boot_utc_s) = log.boots.get(log.boots.len() / 2) else {
        counts.no_time += log.samples.len() as u64;
        notes.add(Note::NoWallTime);
        return (Vec::new(), notes.list(), counts);
    };
    let mut samples = log.samples;
    // Fused places are better than the receiver's: where there are any, those are left out.
    let has_fused = samples.iter().any(|(from, _)| *from == From::Fused);
    samples.retain(|(from, _)| *from != From::Receiver || !has_fused);
    let samples: Vec<Sample> =
        samples.into_iter().map(|(_, s)| Sample { time_s: s.time_s + boot_utc_s, ..s }).collect();
    if log.gimbal_ignored {
        notes.add(Note::GimbalIgnored);
    }
    if !samples.is_empty() && samples.iter().all(|s| s.rotation.is_none()) {
        notes.add(Note::NoAngles);
    }
    (samples, notes.list(), counts)
}

/// Where a sample comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Receiver,
    Fused,
    Angles,
}

#[derive(Debug, Default)]
struct Log {
    samples: Vec<(From, Sample)>,
    /// Seconds since 1970 at boot, as each message of the receiver has it.
    boots: Vec<f64>,
    /// The fix and when it was told, since boot.
    fix: Option<(f64, f64)>,
    accuracy: Option<(f64, Accuracy)>,
    attitude: Option<(f64, Rotation)>,
    gimbal_ignored: bool,
}

impl Log {
    fn message(
        &mut self,
        format: &Format,
        value: &dyn Fn(&str) -> Option<f64>,
        time_s: f64,
        options: Options,
        counts: &mut Counts,
    ) {
        // The first receiver and the first mount of several.
        if value("I").is_some_and(|i| i != 0.0) {
            counts.of_no_use += 1;
            return;
        }
        match format.name.as_str() {
            "GPS" => self.receiver(value, time_s, counts),
            "GPA" => {
                let accuracy = Accuracy {
                    horizontal_m: value("HAcc").filter(|m| *m > 0.0),
                    vertical_m: value("VAcc").filter(|m| *m > 0.0),
                    yaw_deg: None,
                };
                self.accuracy = Some((time_s, accuracy));
            }
            "POS" => {
                let heights = Heights {
                    msl_m: value("Alt"),
                    above_takeoff_m: value("RelHomeAlt"),
                    ..Heights::default()
                };
                let has_fix =
                    self.fix.is_some_and(|(t, fix)| time_s - t < HOLDS_S && fix >= FIX_3D);
                self.place(From::Fused, value, heights, time_s, has_fix, counts);
            }
            // Where a picture was taken.
            "CAM" => {
                let heights = Heights {
                    msl_m: value("Alt"),
                    above_takeoff_m: value("RelAlt"),
                    ..Heights::default()
                };
                let has_fix = self.has_fix(time_s);
                self.place(From::Receiver, value, heights, time_s, has_fix, counts);
            }
            "ATT" => match angles(value("Yaw"), value("Pitch"), value("Roll")) {
                Some(body) => {
                    self.attitude = Some((time_s, body));
                    if let Some(m) = options.mount
                        && let Some(camera) =
                            Rotation::from_yaw_pitch_roll_deg(m.yaw_deg, m.pitch_deg, m.roll_deg)
                    {
                        self.rotation(time_s, camera.carried_by(body));
                    }
                }
                None => counts.no_value += 1,
            },
            "MNT" if options.mount.is_some() => self.gimbal_ignored = true,
            "MNT" => self.mount(value, time_s, counts),
            _ => counts.of_no_use += 1,
        }
    }

    fn has_fix(&self, time_s: f64) -> bool {
        self.fix.is_some_and(|(t, fix)| time_s - t < HOLDS_S && fix >= FIX_3D)
    }

    fn receiver(&mut self, value: &dyn Fn(&str) -> Option<f64>, time_s: f64, counts: &mut Counts) {
        let fix = value("Status").unwrap_or(0.0);
        self.fix = Some((time_s, fix));
        if fix >= FIX_3D
            && let (Some(week), Some(ms)) = (value("GWk"), value("GMS"))
            && let Some(utc_s) = utc::of_gps(week, ms / 1e3)
        {
            self.boots.push(utc_s - time_s);
        }
        let heights = Heights { msl_m: value("Alt"), ..Heights::default() };
        self.place(From::Receiver, value, heights, time_s, fix >= FIX_3D, counts);
    }

    fn place(
        &mut self,
        from: From,
        value: &dyn Fn(&str) -> Option<f64>,
        heights: Heights,
        time_s: f64,
        has_fix: bool,
        counts: &mut Counts,
    ) {
        let place = value("Lat").zip(value("Lng")).and_then(|(lat, lon)| place::checked(lat, lon));
        let Some(place) = place.filter(|_| has_fix) else {
            counts.no_fix += 1;
            return;
        };
        let accuracy = self.accuracy.filter(|(t, _)| time_s - t < HOLDS_S).map(|a| a.1);
        let sample = Sample {
            time_s,
            place: Some(place),
            heights,
            accuracy: accuracy.unwrap_or_default(),
            ..Sample::default()
        };
        self.samples.push((from, sample));
    }

    /// Where a mount looks: from north where the log says so, from the vehicle's heading otherwise.
    fn mount(&mut self, value: &dyn Fn(&str) -> Option<f64>, time_s: f64, counts: &mut Counts) {
        let heading = self
            .attitude
            .filter(|(t, _)| time_s - t < SAME_S)
            .map(|(_, body)| body.yaw_pitch_roll_deg()[0]);
        let yaw = value("YawE").or_else(|| Some(value("YawB")? + heading?));
        match angles(yaw, value("Pitch"), value("Roll")) {
            Some(rotation) => self.rotation(time_s, rotation),
            None => counts.no_value += 1,
        }
    }

    fn rotation(&mut self, time_s: f64, rotation: Rotation) {
        let sample = Sample { time_s, rotation: Some(rotation), ..Sample::default() };
        self.samples.push((From::Angles, sample));
    }
}

fn angles(yaw: Option<f64>, pitch: Option<f64>, roll: Option<f64>) -> Option<Rotation> {
    Rotation::from_yaw_pitch_roll_deg(yaw?, pitch?, roll?)
}

#[cfg(test)]
mod tests;
