//! The player: the far end of the node's tunnel, where the chips are that QEMU lacks.
//!
//! The lines are described in `firmware/lm3s6965/src/tunnel.rs`.

use std::{
    io::{ErrorKind, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use crate::{
    chip::{Amg8833, Bme280, Chip, Eeprom, Played, Sht4x, Trouble},
    failed::{Failed, at},
};

/// The chips behind the tunnel. A clone is the same chips.
#[derive(Clone, Debug, Default)]
pub struct Chips {
    /// At 0x44.
    pub sht4x: Played<Sht4x>,
    /// At 0x76.
    pub bme280: Played<Bme280>,
    /// At 0x69.
    pub amg8833: Played<Amg8833>,
    /// At 0x50, if the plan says [`crate::Plan::played_memory`].
    pub memory: Played<Eeprom>,
}

impl Chips {
    /// The answer to one line of the node; `None` is silence.
    fn answer(&self, line: &str) -> Option<String> {
        let bytes = |text: &str| -> Option<Vec<u8>> {
            (0..text.len()).step_by(2).map(|i| byte(text.get(i..i + 2)?)).collect()
        };
        let (number, address) = (line.get(..2)?, byte(line.get(2..4)?)?);
        let rest = line.get(4..)?;
        let mut operations = Vec::new();
        let starts = rest.char_indices().filter(|(_, c)| matches!(c, 'w' | 'r')).map(|(i, _)| i);
        let starts: Vec<usize> = starts.chain([rest.len()]).collect();
        for pair in starts.windows(2) {
            operations
                .push((rest.as_bytes()[pair[0]] == b'w', bytes(&rest[pair[0] + 1..pair[1]])?));
        }
        let result = match address {
            0x44 => transfer(&self.sht4x, &operations),
            0x50 => transfer(&self.memory, &operations),
            0x69 => transfer(&self.amg8833, &operations),
            0x76 => transfer(&self.bme280, &operations),
            _ => Ok(None),
        };
        match result {
            Ok(Some(read)) => {
                let read: String = read.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("{number}a{read}\n"))
            }
            Ok(None) => Some(format!("{number}n\n")),
            Err(Trouble::StuckBus) => Some(format!("{number}s\n")),
            Err(_) => None,
        }
    }
}

fn byte(text: &str) -> Option<u8> {
    u8::from_str_radix(text, 16).ok()
}

/// The bytes read, `None` without an acknowledgement, or the trouble that ends the transfer.
fn transfer<C: Chip>(
    chip: &Played<C>,
    operations: &[(bool, Vec<u8>)],
) -> Result<Option<Vec<u8>>, Trouble> {
    let mut chip = chip.lock();
    match chip.1 {
        Trouble::None => {}
        Trouble::Dead => return Ok(None),
        trouble => return Err(trouble),
    }
    let mut all = Vec::new();
    for (is_write, bytes) in operations {
        let acknowledged = if *is_write {
            chip.0.write(bytes)
        } else {
            let count = bytes.first().copied().unwrap_or(0);
            let mut out = vec![0; usize::from(count)];
            let acknowledged = chip.0.read(&mut out);
            all.extend(out);
            acknowledged
        };
        if !acknowledged {
            return Ok(None);
        }
    }
    Ok(Some(all))
}

/// Plays on a socket until it is dropped; QEMU may come and go.
#[derive(Debug)]
pub(crate) struct Player {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Player {
    pub(crate) fn start(socket: &Path, chips: Chips) -> Result<Self, Failed> {
        let what = || format!("socket {}", socket.display());
        let listener = UnixListener::bind(socket).map_err(at(what()))?;
        listener.set_nonblocking(true).map_err(at(what()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            while !stopped.load(Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => play(stream, &chips, &stopped),
                    Err(_) => thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Plays for one start of QEMU.
fn play(mut stream: UnixStream, chips: &Chips, stop: &AtomicBool) {
    let mut line = String::new();
    let mut buffer = [0; 512];
    let ready = stream
        .set_nonblocking(false)
        .and_then(|()| stream.set_read_timeout(Some(Duration::from_millis(50))));
    if ready.is_err() {
        return;
    }
    while !stop.load(Relaxed) {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => count,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => return,
        };
        for character in buffer[..count].iter().copied().map(char::from) {
            if character != '\n' {
                line.push(character);
                continue;
            }
            if let Some(answer) = chips.answer(&line)
                && stream.write_all(answer.as_bytes()).is_err()
            {
                return;
            }
            line.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_a_transfer() {
        let chips = Chips::default();
        let answer = |line: &str| chips.answer(line);
        assert_eq!(answer("0744wfd"), Some("07a\n".into()));
        let read = answer("0844r06").unwrap();
        assert_eq!((&read[..3], read.len()), ("08a", 3 + 12 + 1));
        assert_eq!(answer("0976wd0r01"), Some("09a60\n".into()));
        assert_eq!(answer("0a20w00"), Some("0an\n".into())); // nobody there
        assert_eq!(answer("0b"), None); // half a line
        chips.bme280.trouble(Trouble::StuckBus);
        assert_eq!(answer("0c76wd0r01"), Some("0cs\n".into()));
        chips.bme280.trouble(Trouble::Hangs);
        assert_eq!(answer("0d76wd0r01"), None);
        chips.bme280.trouble(Trouble::Dead);
        assert_eq!(answer("0e76wd0r01"), Some("0en\n".into()));
    }
}
