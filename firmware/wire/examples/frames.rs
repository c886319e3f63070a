//! Frames for scripts: reads lines, answers each with one or more lines and an empty one.
//!
//! `HEX` are bytes from a node, answered with the messages that they complete; `ack LOG SEQ` is answered
//! with the bytes of that ack.
//!
//! ```text
//! cargo run -p emberline-wire --example frames
//! ```

use std::io::{BufRead, Write};

use emberline_wire::{Ack, Decoder, Frame, Message};

fn main() -> std::io::Result<()> {
    let mut decoder = Decoder::new();
    let (stdin, mut out) = (std::io::stdin(), std::io::stdout());
    for line in stdin.lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["ack", log, seq] => match (log.parse(), seq.parse()) {
                (Ok(log), Ok(seq)) => {
                    let frame = Frame::new(&Message::Ack(Ack { log, seq, window: 8 }));
                    let hex: String = frame.bytes().iter().map(|b| format!("{b:02x}")).collect();
                    writeln!(out, "{hex}")?;
                }
                _ => writeln!(out, "error: {line}: a log and a number")?,
            },
            [hex] if hex.len().is_multiple_of(2) && hex.is_ascii() => {
                for pair in hex.as_bytes().chunks(2) {
                    let byte =
                        str::from_utf8(pair).ok().and_then(|s| u8::from_str_radix(s, 16).ok());
                    let Some(byte) = byte else {
                        writeln!(out, "error: {hex}: no hexadecimal")?;
                        break;
                    };
                    match decoder.push(byte) {
                        Some(Ok(Message::Fault(fault))) => writeln!(out, "Fault: {fault}")?,
                        Some(Ok(message)) => writeln!(out, "{message:?}")?,
                        Some(Err(bad)) => writeln!(out, "bad frame: {bad:?}")?,
                        None => {}
                    }
                }
            }
            _ => writeln!(out, "error: {line}: neither hexadecimal bytes nor `ack LOG SEQ`")?,
        }
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}
