//! The reader of MAVLink: bytes of a stream or datagrams in, samples of one vehicle out.

use emberline_georeference::pose::Sample;

use super::boot_clock::Says;
use super::frame::{Ended, Splitter};
use super::listener::Listener;
use crate::counts::Counts;
use crate::note::Note;
use crate::options::Options;

/// Listens to one vehicle's MAVLink and gives samples in UTC. It never talks.
#[derive(Debug)]
pub struct Mavlink {
    options: Options,
    splitter: Splitter,
    listener: Listener,
    counts: Counts,
}

impl Mavlink {
    /// A listener that has heard nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::dated_by(options, Says::Vehicle)
    }

    pub(super) fn dated_by(options: Options, says: Says) -> Self {
        let listener = Listener::new(options, says);
        Self { options, splitter: Splitter::default(), listener, counts: Counts::default() }
    }

    /// Bytes of a stream, cut anywhere.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Sample>) {
        self.listen(bytes, Ended::Stream, None, out);
    }

    /// Bytes of one datagram, which holds whole frames as a rule.
    pub fn push_datagram(&mut self, bytes: &[u8], out: &mut Vec<Sample>) {
        self.listen(bytes, Ended::Datagram, None, out);
    }

    /// One frame that came at a known time.
    pub(super) fn push_dated(&mut self, bytes: &[u8], came_utc_s: f64, out: &mut Vec<Sample>) {
        self.listen(bytes, Ended::Datagram, Some(came_utc_s), out);
    }

    pub(super) fn counts_mut(&mut self) -> &mut Counts {
        &mut self.counts
    }

    fn listen(&mut self, bytes: &[u8], ended: Ended, came: Option<f64>, out: &mut Vec<Sample>) {
        let Self { splitter, listener, counts, .. } = self;
        splitter
            .push(bytes, ended, counts, |frame, counts| listener.hear(frame, came, counts, out));
    }

    /// Nothing more comes: gives the samples that can still be had.
    pub fn finish(&mut self, out: &mut Vec<Sample>) {
        let late = self.listener.headings.finish();
        self.listener.rotations(late, out);
    }

    /// What was heard so far, by what became of it.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            no_heading: self.listener.headings.lost(),
            no_time: self.listener.clock.undated(),
            ..self.counts
        }
    }

    /// What a person should know of it.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.listener.notes.clone();
        let others = |but: Option<u8>| {
            self.listener.heard.keys().copied().filter(|s| Some(*s) != but).collect::<Vec<u8>>()
        };
        match self.listener.vehicle {
            Some(system) if self.options.system.is_none() => {
                notes.add(Note::Vehicle { system, others: others(Some(system)) });
            }
            None if !self.listener.heard.is_empty() => {
                notes.add(Note::NoVehicle { heard: others(None) });
            }
            _ => {}
        }
        if self.listener.clock.undated() > 0 {
            notes.add(Note::NoWallTime);
        }
        if !self.listener.rotated {
            if self.listener.unclear_orientation {
                notes.add(Note::OrientationFrame);
            } else if self.listener.placed {
                notes.add(Note::NoAngles);
            }
        }
        notes.list()
    }

    /// Bytes that wait for the rest of their frame.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.splitter.waiting()
    }
}

#[cfg(test)]
mod tests;
