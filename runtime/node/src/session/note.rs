//! Notes of a session: what a person should know of a line and of the node behind it.

use std::fmt;

use emberline_wire as wire;
use jiff::Timestamp;

use crate::id::LogId;
use crate::recover::TornFile;
use crate::thermal::NoImage;

/// One thing that a person should know.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionNote {
    /// What people call whom it is about, a node and its port for example; `None` is the gateway itself.
    pub about: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A start of the node was first heard of.
    NodeStarted {
        /// Version of what it runs.
        firmware: String,
        /// Which start, from 1.
        boot: u32,
        /// Why it started.
        reset_cause: &'static str,
        /// The sensors that answered.
        sensors: Vec<String>,
        /// Readings that wait in its memory.
        waiting: u32,
    },
    /// Nothing came for a long time.
    Silent {
        /// For how long, s.
        quiet_s: u64,
    },
    /// Something comes again after a silence.
    AliveAgain,
    /// Bytes come, but not one good frame.
    OnlyNoise,
    /// Text comes, and not one good frame: the line of another device.
    Text {
        /// How it begins.
        sample: String,
    },
    /// The node speaks another version of the protocol.
    OtherProtocol(wire::BadFrame),
    /// Two nodes have one number.
    SameNumber {
        /// The other port on which a node of this number answers.
        other_port: String,
    },
    /// The disk refuses: readings stay in the nodes.
    NothingStored {
        /// Why, and what to do.
        cause: String,
    },
    /// The disk no longer refuses.
    StoredAgain,
    /// A day file ended in the middle of a line.
    Torn(TornFile),
    /// Readings are not in this store, and the node will not send them.
    AcknowledgedBefore {
        /// Number of the first.
        first_seq: u32,
        /// Number of the last.
        last_seq: u32,
    },
    /// The node's memory was replaced or emptied.
    NewMemory {
        /// Its log now.
        log: LogId,
        /// Its log before.
        old_log: LogId,
        /// The last reading of the old log that is stored.
        last_seq: u32,
    },
    /// The node's memory counts from an earlier reading than those that are stored.
    MemoryWentBack {
        /// Number of the reading that it takes next.
        next_seq: u32,
        /// Number of the last one that is stored.
        stored_seq: u32,
    },
    /// The node complains of a chip.
    ChipFault(wire::ChipFault),
    /// The node no longer complains of a chip.
    ChipWell {
        /// Which, with its address.
        chip: String,
    },
    /// The node no longer complains of any chip.
    AllChipsWell,
    /// There is no thermal image.
    NoImage(NoImage),
    /// The gateway's clock shows a time that is impossible.
    ImpossibleTime {
        /// What it shows.
        utc: Timestamp,
    },
    /// The gateway's clock was set.
    ClockMoved {
        /// By how much, s.
        by_s: i64,
    },
    /// The node's clock chip was wrong, and is set.
    ChipClockSet {
        /// What it showed.
        showed: Option<Timestamp>,
        /// How far it was ahead of the gateway, s.
        ahead_s: i64,
    },
}

impl SessionNote {
    /// Whether somebody should look: all but good news and starts.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        use Event::{AliveAgain, AllChipsWell, ChipWell, NodeStarted, StoredAgain};
        !matches!(
            self.event,
            NodeStarted { .. } | AliveAgain | StoredAgain | ChipWell { .. } | AllChipsWell
        )
    }
}

impl fmt::Display for SessionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            Some(about) => write!(f, "{about}: {}", self.event),
            None => self.event.fmt(f),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeStarted { firmware, boot, reset_cause, sensors, waiting } => {
                let sensors =
                    if sensors.is_empty() { "none".to_owned() } else { sensors.join(" ") };
                write!(
                    f,
                    "firmware {firmware}, start {boot} ({reset_cause}), sensors {sensors}, {waiting} \
                     readings waiting"
                )
            }
            Self::Silent { quiet_s } => write!(
                f,
                "nothing came for {quiet_s} s: check the node's power and the cable (its TX to our RX)"
            ),
            Self::AliveAgain => f.write_str("the line is alive again"),
            Self::OnlyNoise => f.write_str(
                "bytes come, but no frame: check ‹baud›, the cable's ground, and that this is a node",
            ),
            Self::Text { sample } => write!(
                f,
                "bytes come, but no frame: it is text ({sample}), as a GPS receiver or a logger sends it; name \
                 the node's port"
            ),
            Self::OtherProtocol(bad) => bad.fmt(f),
            Self::SameNumber { other_port } => write!(
                f,
                "a node of this number also answers on {other_port}: give one of them another number"
            ),
            Self::NothingStored { cause } => {
                write!(f, "nothing is stored nor acknowledged: {cause}")
            }
            Self::StoredAgain => f.write_str("readings are stored again"),
            Self::Torn(torn) => torn.fmt(f),
            Self::AcknowledgedBefore { first_seq, last_seq } => write!(
                f,
                "{} readings ({first_seq} to {last_seq}) were acknowledged before and are not in this \
                 store",
                last_seq - first_seq + 1
            ),
            Self::NewMemory { log, old_log, last_seq } => write!(
                f,
                "its memory is new (log {log}, before {old_log}): what it took after reading \
                 {last_seq} and did not send is lost"
            ),
            Self::MemoryWentBack { next_seq, stored_seq } => write!(
                f,
                "its memory has gone back to reading {next_seq}, and {stored_seq} are stored: what it \
                 takes until then has numbers that were used, and is not stored; empty its memory"
            ),
            Self::ChipFault(fault) => fault.fmt(f),
            Self::ChipWell { chip } => write!(f, "{chip} answers again"),
            Self::AllChipsWell => f.write_str("every chip answers again"),
            Self::NoImage(why) => why.fmt(f),
            Self::ImpossibleTime { utc } => write!(
                f,
                "this gateway's clock says {utc}, which cannot be: set it (timedatectl); until then \
                 readings have the time of the node's own clock, or none"
            ),
            Self::ClockMoved { by_s } => write!(
                f,
                "this gateway's clock moved by {by_s} s against the node's; readings from here on have \
                 the new time"
            ),
            Self::ChipClockSet { showed, ahead_s } => write!(
                f,
                "its clock chip said {}, {} s {} this gateway; it is set; if it says so again, replace \
                 the chip's battery",
                showed.map_or_else(String::new, |t| t.to_string()),
                ahead_s.abs(),
                if *ahead_s > 0 { "ahead of" } else { "behind" }
            ),
        }
    }
}
