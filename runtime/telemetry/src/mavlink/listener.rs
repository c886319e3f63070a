//! The listener: what is known of one vehicle, and the samples that its messages make.

use std::collections::BTreeMap;

use ::mavlink::Message;
use ::mavlink::dialects::common as m;
use ::mavlink::dialects::common::MavMessage as M;
use emberline_georeference::pose::{Accuracy, Heights, Lens, Rotation, Sample};

use super::boot_clock::{BootClock, Says};
use super::frame::Frame;
use super::heading::Headings;
use super::lens::{Lenses, Rank};
use crate::counts::Counts;
use crate::note::{Note, Notes};
use crate::options::{Options, Yaw};
use crate::{fov, place};

/// The id of the message by which all others are known to be there.
const HEARTBEAT: u32 = 0;
/// Messages that are taken from the autopilot alone: time, fix, attitudes, position.
const AUTOPILOTS: [u32; 5] = [2, 24, 30, 31, 33];
/// A heartbeat's autopilot that is none, and its type that is a ground station.
const NO_AUTOPILOT: u8 = 8;
const GROUND_STATION: u8 = 6;
/// Seconds for which what a receiver said of its fix holds.
const FIX_HOLDS_S: f64 = 5.0;
/// Seconds by which a gimbal's time since boot may differ from the autopilot's if it is the same clock.
const SAME_CLOCK_S: f64 = 2.0;
/// Seconds after which the heading of a position stands in for that of an attitude.
const ATTITUDE_HOLDS_S: f64 = 2.0;

/// What a receiver said of its fix, and when.
#[derive(Clone, Copy, Debug)]
struct Fix {
    /// Since boot.
    heard_s: f64,
    /// 0 and 1: none; 2: no height.
    kind: u8,
    accuracy: Accuracy,
}

/// What is known of the vehicle from its messages so far.
#[derive(Debug)]
pub(super) struct Listener {
    options: Options,
    pub(super) vehicle: Option<u8>,
    /// Which component its autopilot is.
    autopilot: Option<u8>,
    /// Messages by system.
    pub(super) heard: BTreeMap<u8, u64>,
    gimbal: Option<u8>,
    /// Whether the gimbal sends the newer of its two messages.
    newer_gimbal: bool,
    fix: Option<Fix>,
    pub(super) clock: BootClock,
    pub(super) headings: Headings,
    /// The newest attitude, since boot.
    attitude_s: f64,
    lenses: Lenses,
    pub(super) notes: Notes,
    pub(super) placed: bool,
    pub(super) rotated: bool,
    /// Whether an orientation was told whose frame is not.
    pub(super) unclear_orientation: bool,
    /// When the newest message came, if its recorder says so.
    came_utc_s: Option<f64>,
}

impl Listener {
    pub(super) fn new(options: Options, says: Says) -> Self {
        Self {
            options,
            vehicle: options.system,
            autopilot: None,
            heard: BTreeMap::new(),
            gimbal: options.gimbal,
            newer_gimbal: false,
            fix: None,
            clock: BootClock::new(says),
            headings: Headings::default(),
            attitude_s: f64::NEG_INFINITY,
            lenses: Lenses::default(),
            notes: Notes::default(),
            placed: false,
            rotated: false,
            unclear_orientation: false,
            came_utc_s: None,
        }
    }

    pub(super) fn hear(
        &mut self,
        frame: Frame<'_>,
        came_utc_s: Option<f64>,
        counts: &mut Counts,
        out: &mut Vec<Sample>,
    ) {
        *self.heard.entry(frame.system).or_default() += 1;
        self.came_utc_s = came_utc_s;
        if frame.id == HEARTBEAT {
            // Read by its bytes: a type of vehicle that is newer than this program is one all the same.
            let byte = |k: usize| frame.payload.get(k).copied().unwrap_or(0);
            let (kind, autopilot) = (byte(4), byte(5));
            if autopilot != NO_AUTOPILOT && kind != GROUND_STATION {
                self.vehicle.get_or_insert(frame.system);
                if self.vehicle == Some(frame.system) {
                    self.autopilot.get_or_insert(frame.component);
                }
            }
            return;
        }
        if self.vehicle != Some(frame.system) {
            counts.other_vehicle += 1;
            return;
        }
        // Gimbals and companions have an attitude and a clock of their own.
        if AUTOPILOTS.contains(&frame.id) && self.autopilot.is_some_and(|a| a != frame.component) {
            counts.of_no_use += 1;
            return;
        }
        match M::parse(frame.version, frame.id, frame.payload) {
            Ok(message) => self.message(&message, frame.component, counts, out),
            Err(_) => counts.no_value += 1,
        }
    }

    #[allow(deprecated, reason = "older gimbals send MOUNT_ORIENTATION")]
    fn message(&mut self, message: &M, component: u8, counts: &mut Counts, out: &mut Vec<Sample>) {
        match message {
            M::SYSTEM_TIME(t) => {
                let boot_s = self.boot(t.time_boot_ms);
                self.clock.tell(t.time_unix_usec as f64 / 1e6, boot_s, &mut self.notes);
                self.clock.release(out);
            }
            M::GPS_RAW_INT(g) => {
                self.fix = self.clock.newest_s().map(|heard_s| Fix {
                    heard_s,
                    kind: g.fix_type as u8,
                    accuracy: Accuracy {
                        horizontal_m: mm(g.h_acc),
                        vertical_m: mm(g.v_acc),
                        yaw_deg: None,
                    },
                });
            }
            M::GLOBAL_POSITION_INT(p) => self.position(p, counts, out),
            M::ATTITUDE(a) => {
                let angles = [a.yaw, a.pitch, a.roll].map(|r| f64::from(r).to_degrees());
                let [yaw, pitch, roll] = angles;
                let body = Rotation::from_yaw_pitch_roll_deg(yaw, pitch, roll);
                self.attitude(a.time_boot_ms, body, counts, out);
            }
            M::ATTITUDE_QUATERNION(a) => {
                let q = [a.q1, a.q2, a.q3, a.q4].map(f64::from);
                self.attitude(a.time_boot_ms, Rotation::from_body_quaternion(q), counts, out);
            }
            M::GIMBAL_DEVICE_ATTITUDE_STATUS(g) => self.gimbal(g, component, counts, out),
            M::MOUNT_ORIENTATION(o) => self.mount(o, component, counts, out),
            M::CAMERA_FOV_STATUS(f) => {
                let lens = Lens {
                    hfov_deg: fov::plausible(f.hfov.into()),
                    vfov_deg: fov::plausible(f.vfov.into()),
                };
                if self.gimbal.is_none() && self.options.mount.is_none() {
                    self.fov_orientation(f, out);
                }
                let boot_s = self.clock.newest_s();
                self.lens((component, f.camera_device_id), Rank::Now, lens, boot_s, out);
            }
            M::CAMERA_INFORMATION(c) => {
                let of = |size: f32| fov::of_focal_length(size.into(), c.focal_length.into());
                let lens = Lens { hfov_deg: of(c.sensor_size_h), vfov_deg: of(c.sensor_size_v) };
                let boot_s = self.clock.newest_s();
                self.lens((component, c.camera_device_id), Rank::Camera, lens, boot_s, out);
            }
            M::VIDEO_STREAM_INFORMATION(v) => {
                let lens = Lens { hfov_deg: fov::plausible(v.hfov.into()), vfov_deg: None };
                let boot_s = self.clock.newest_s();
                self.lens((component, v.stream_id), Rank::Stream, lens, boot_s, out);
            }
            _ => counts.of_no_use += 1,
        }
    }

    /// Seconds since boot of a message of the autopilot.
    fn boot(&mut self, time_boot_ms: u32) -> f64 {
        let boot_s = f64::from(time_boot_ms) / 1e3;
        if self.clock.hear(boot_s, self.came_utc_s, &mut self.notes) {
            self.headings.clear();
            self.fix = None;
            self.attitude_s = f64::NEG_INFINITY;
        }
        boot_s
    }

    fn position(
        &mut self,
        p: &m::GLOBAL_POSITION_INT_DATA,
        counts: &mut Counts,
        out: &mut Vec<Sample>,
    ) {
        let boot_s = self.boot(p.time_boot_ms);
        // 65535: not known.
        if p.hdg < 36_000 && boot_s - self.attitude_s > ATTITUDE_HOLDS_S {
            let now = self.headings.push(boot_s, f64::from(p.hdg) / 100.0);
            self.rotations(now, out);
        }
        let fix = self.fix.filter(|f| boot_s - f.heard_s < FIX_HOLDS_S);
        let place = place::checked(f64::from(p.lat) / 1e7, f64::from(p.lon) / 1e7);
        let (Some(place), true) = (place, fix.is_none_or(|f| f.kind >= 2)) else {
            counts.no_fix += 1;
            return;
        };
        let has_height = fix.is_none_or(|f| f.kind >= 3);
        let heights = Heights {
            above_takeoff_m: Some(f64::from(p.relative_alt) / 1e3),
            msl_m: has_height.then(|| f64::from(p.alt) / 1e3),
            ..Heights::default()
        };
        self.placed = true;
        let accuracy = fix.map(|f| f.accuracy).unwrap_or_default();
        let sample =
            Sample { time_s: boot_s, place: Some(place), heights, accuracy, ..Sample::default() };
        self.clock.date(sample, out);
    }

    /// How the vehicle's body is turned.
    fn attitude(
        &mut self,
        time_boot_ms: u32,
        body: Option<Rotation>,
        counts: &mut Counts,
        out: &mut Vec<Sample>,
    ) {
        let boot_s = self.boot(time_boot_ms);
        let Some(body) = body else {
            counts.no_value += 1;
            return;
        };
        self.attitude_s = boot_s;
        let now = self.headings.push(boot_s, body.yaw_pitch_roll_deg()[0]);
        self.rotations(now, out);
        if let Some(mount) = self.options.mount
            && let Some(camera) =
                Rotation::from_yaw_pitch_roll_deg(mount.yaw_deg, mount.pitch_deg, mount.roll_deg)
        {
            self.rotations(vec![(boot_s, camera.carried_by(body))], out);
        }
    }

    /// Seconds since the autopilot's boot of a gimbal's message, and whether it is to be taken.
    fn gimbal_time(&mut self, time_boot_ms: u32, component: u8) -> Option<f64> {
        if self.options.mount.is_some() {
            self.notes.add(Note::GimbalIgnored);
            return None;
        }
        let taken = *self.gimbal.get_or_insert(component);
        if taken != component {
            self.notes.add(Note::OtherGimbal { taken, other: component });
            return None;
        }
        let told_s = f64::from(time_boot_ms) / 1e3;
        if self.autopilot == Some(component) {
            return Some(self.boot(time_boot_ms));
        }
        match self.clock.newest_s() {
            Some(newest) if (newest - told_s).abs() > SAME_CLOCK_S => {
                self.notes.add(Note::GimbalClock);
                Some(newest)
            }
            Some(_) => Some(told_s),
            None => None,
        }
    }

    fn gimbal(
        &mut self,
        g: &m::GIMBAL_DEVICE_ATTITUDE_STATUS_DATA,
        component: u8,
        counts: &mut Counts,
        out: &mut Vec<Sample>,
    ) {
        let Some(boot_s) = self.gimbal_time(g.time_boot_ms, component) else {
            counts.of_no_use += 1;
            return;
        };
        self.newer_gimbal = true;
        let Some(rotation) = Rotation::from_body_quaternion(g.q.map(f64::from)) else {
            counts.no_value += 1;
            return;
        };
        use m::GimbalDeviceFlags as F;
        let flag = |flag: F| g.flags.contains(flag);
        let from_north = match self.options.yaw {
            Yaw::Earth => true,
            Yaw::Vehicle => false,
            Yaw::Auto if flag(F::GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME) => true,
            Yaw::Auto if flag(F::GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME) => false,
            // Older gimbals: locked means that yaw counts from north.
            Yaw::Auto => flag(F::GIMBAL_DEVICE_FLAGS_YAW_LOCK),
        };
        let now = match from_north {
            true => vec![(boot_s, rotation)],
            false => self.headings.against(boot_s, rotation),
        };
        self.rotations(now, out);
    }

    /// The older message, in degrees; what it does not know of north is 0.
    #[allow(deprecated, reason = "older gimbals send it")]
    fn mount(
        &mut self,
        o: &m::MOUNT_ORIENTATION_DATA,
        component: u8,
        counts: &mut Counts,
        out: &mut Vec<Sample>,
    ) {
        let time = self.gimbal_time(o.time_boot_ms, component).filter(|_| !self.newer_gimbal);
        let Some(boot_s) = time else {
            counts.of_no_use += 1;
            return;
        };
        let told = o.yaw_absolute.is_finite() && o.yaw_absolute != 0.0;
        let from_north = told && self.options.yaw != Yaw::Vehicle;
        let yaw = if from_north { o.yaw_absolute } else { o.yaw };
        let [yaw, pitch, roll] = [yaw, o.pitch, o.roll].map(f64::from);
        let Some(rotation) = Rotation::from_yaw_pitch_roll_deg(yaw, pitch, roll) else {
            counts.no_value += 1;
            return;
        };
        let now = match from_north {
            true => vec![(boot_s, rotation)],
            false => self.headings.against(boot_s, rotation),
        };
        self.rotations(now, out);
    }

    /// The orientation in `CAMERA_FOV_STATUS`, whose frame the standard does not tell.
    fn fov_orientation(&mut self, f: &m::CAMERA_FOV_STATUS_DATA, out: &mut Vec<Sample>) {
        let rotation = Rotation::from_body_quaternion(f.q.map(f64::from));
        let (Some(rotation), Some(boot_s)) = (rotation, self.clock.newest_s()) else { return };
        let now = match self.options.yaw {
            Yaw::Auto => {
                self.unclear_orientation = true;
                return;
            }
            Yaw::Earth => vec![(boot_s, rotation)],
            Yaw::Vehicle => self.headings.against(boot_s, rotation),
        };
        self.rotations(now, out);
    }

    fn lens(
        &mut self,
        who: (u8, u8),
        rank: Rank,
        lens: Lens,
        boot_s: Option<f64>,
        out: &mut Vec<Sample>,
    ) {
        let told = self.lenses.tell(who, rank, lens, &mut self.notes);
        if let (Some(lens), Some(time_s)) = (told, boot_s) {
            self.clock.date(Sample { time_s, lens, ..Sample::default() }, out);
        }
    }

    pub(super) fn rotations(&mut self, all: Vec<(f64, Rotation)>, out: &mut Vec<Sample>) {
        for (time_s, rotation) in all {
            self.rotated = true;
            let sample = Sample { time_s, rotation: Some(rotation), ..Sample::default() };
            self.clock.date(sample, out);
        }
    }
}

/// Metres of millimetres; 0 and the largest number mean that it is not known.
fn mm(mm: u32) -> Option<f64> {
    (mm != 0 && mm != u32::MAX).then(|| f64::from(mm) / 1e3)
}
