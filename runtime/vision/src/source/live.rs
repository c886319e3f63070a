//! Live sources: frames that someone else pushes while they are taken.
//!
//! A bounded channel between the two, in which the newest frame wins: a reader that is too slow
//! loses the oldest ones, counted, and the one who pushes never waits.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::about::About;
use super::deadline::Deadline;
use super::error::SourceError;
use super::source::{Closing, Next, Source};
use crate::frame::Frame;
use crate::note::Note;

/// What both ends hold.
#[derive(Debug, Default)]
struct Channel {
    state: Mutex<State>,
    /// Something came, or nothing more will.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Frame>,
    /// Frames that made room for newer ones.
    dropped: u64,
    /// Whether the sender is still there.
    open: bool,
    /// Why the sender has no more frames, where that is a fault.
    failure: Option<SourceError>,
    /// Whether somebody still reads.
    read: bool,
}

impl Channel {
    /// The state; a thread that panicked with it left it whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a live source that frames are pushed into. The source ends when it is dropped.
#[derive(Debug)]
pub struct LiveSender {
    channel: Arc<Channel>,
    capacity: usize,
}

/// The end of a live source that frames are read from.
#[derive(Debug)]
pub struct LiveSource {
    about: About,
    channel: Arc<Channel>,
}

impl LiveSource {
    /// A source that `about` describes, which holds up to `capacity` frames that nobody has read.
    #[must_use]
    pub fn new(about: About, capacity: usize) -> (LiveSender, Self) {
        let state = State { open: true, read: true, ..State::default() };
        let channel = Arc::new(Channel { state: Mutex::new(state), changed: Condvar::new() });
        let sender = LiveSender { channel: Arc::clone(&channel), capacity: capacity.max(1) };
        (sender, Self { about, channel })
    }

    /// How many frames have been lost so far because they were not read in time.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.channel.lock().dropped
    }
}

impl LiveSender {
    /// Hands `frame` over; where the channel is full, the oldest frame in it is dropped.
    pub fn push(&self, frame: Frame) {
        let mut state = self.channel.lock();
        if state.frames.len() == self.capacity {
            state.frames.pop_front();
            state.dropped += 1;
        }
        state.frames.push_back(frame);
        drop(state);
        self.channel.changed.notify_one();
    }

    /// Whether somebody still reads; where not, frames are pushed for nobody.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.channel.lock().read
    }

    /// Ends the source with a fault: the reader gets the frames that are there, and then `cause`.
    pub fn fail(self, cause: SourceError) {
        self.channel.lock().failure = Some(cause);
    }
}

impl Drop for LiveSender {
    fn drop(&mut self) {
        self.channel.lock().open = false;
        self.channel.changed.notify_all();
    }
}

impl Drop for LiveSource {
    fn drop(&mut self) {
        self.channel.lock().read = false;
    }
}

impl Source for LiveSource {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, deadline: Deadline) -> Result<Next, SourceError> {
        let mut state = self.channel.lock();
        loop {
            if let Some(frame) = state.frames.pop_front() {
                return Ok(Next::Frame(frame));
            }
            if !state.open {
                return state.failure.take().map_or(Ok(Next::End), Err);
            }
            state = match deadline.left() {
                None => self.channel.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return Ok(Next::NotYet),
                Some(left) => {
                    let waited = self.channel.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn finish(self: Box<Self>) -> Closing {
        let frames = self.dropped();
        let notes = if frames > 0 { vec![Note::FramesDropped { frames }] } else { Vec::new() };
        Closing { digest: None, notes }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use ndarray::Array3;

    use super::*;
    use crate::frame::{Elapsed, FrameTime, Kind, Pixels, TimeSource};
    use crate::grid::Grid;
    use crate::source::{SourceOptions, develop};

    fn frame(i: usize) -> Frame {
        let time = FrameTime::since_first(Elapsed::counted(i, 1.0), TimeSource::Host);
        Frame::new(Pixels::U8(Array3::from_elem((32, 32, 1), i as u8)), time)
    }

    fn camera(capacity: usize) -> (LiveSender, LiveSource) {
        LiveSource::new(About::camera("mast", Kind::Thermal, Grid::new(32, 32)), capacity)
    }

    /// Elapsed seconds of each answer until there is none in time.
    fn read(source: &mut LiveSource) -> (Vec<f64>, Next) {
        let mut seen = Vec::new();
        loop {
            match source.next(Deadline::at(Instant::now())).unwrap() {
                Next::Frame(frame) => seen.push(frame.time_s()),
                other => return (seen, other),
            }
        }
    }

    #[test]
    fn the_newest_frames_win_and_the_lost_are_counted() {
        let (sender, mut source) = camera(3);
        assert!(source.about().live);
        (0..5).for_each(|i| sender.push(frame(i)));
        let (seen, then) = read(&mut source);
        assert_eq!(seen, [2.0, 3.0, 4.0]);
        assert!(matches!(then, Next::NotYet));
        assert_eq!(source.dropped(), 2);
        sender.push(frame(5));
        drop(sender);
        let (seen, then) = read(&mut source);
        assert_eq!(seen, [5.0]);
        assert!(matches!(then, Next::End));
        let notes = Box::new(source).finish().notes;
        assert_eq!(notes, [Note::FramesDropped { frames: 2 }]);
    }

    #[test]
    fn a_reader_waits_until_its_deadline_and_no_longer() {
        let (sender, mut source) = camera(3);
        let start = Instant::now();
        let wait = Duration::from_millis(50);
        assert!(matches!(source.next(Deadline::after(wait)).unwrap(), Next::NotYet));
        assert!(start.elapsed() >= wait);
        let pushing = std::thread::spawn(move || {
            std::thread::sleep(wait);
            sender.push(frame(0));
            std::thread::sleep(wait);
        });
        let long = Deadline::after(Duration::from_secs(60));
        assert!(matches!(source.next(long).unwrap(), Next::Frame(_)));
        // The sender goes away while the reader waits for as long as it takes.
        assert!(matches!(source.next(Deadline::NEVER).unwrap(), Next::End));
        pushing.join().unwrap();
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_camera_that_is_lost_is_no_stream_that_ends() {
        let (sender, mut source) = camera(3);
        sender.push(frame(0));
        let name = source.about().name.clone();
        sender.fail(SourceError::Lost { name, what: "no frame for 10 s".to_owned() });
        assert!(matches!(source.next(Deadline::NEVER).unwrap(), Next::Frame(_)));
        let lost = source.next(Deadline::NEVER).unwrap_err().to_string();
        assert_eq!(
            lost,
            "mast: no more frames: no frame for 10 s; look after the camera and its line"
        );
        assert!(matches!(source.next(Deadline::NEVER).unwrap(), Next::End));
    }

    #[test]
    fn a_sender_sees_that_its_reader_has_gone() {
        let (sender, source) = camera(3);
        assert!(sender.is_read());
        drop(source);
        assert!(!sender.is_read());
    }

    #[test]
    fn a_stream_that_has_ended_is_a_film() {
        let (sender, source) = camera(10);
        (0..4).for_each(|i| sender.push(frame(i)));
        drop(sender);
        let film = develop(Box::new(source), &SourceOptions::default()).unwrap();
        assert_eq!((film.frames.len(), film.time_source()), (4, TimeSource::Host));
        assert_eq!((film.name.as_str(), film.notes.len()), ("mast", 0));
    }
}
