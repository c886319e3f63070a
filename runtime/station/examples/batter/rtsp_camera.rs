//! A camera of this machine that speaks RTSP, and spoils what it says. It does a step when it is asked for one, and
//! never waits.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use fastrand::Rng;

use super::damage::damage;
use super::rtsp_packets::{Packets, Spoils};

/// So many steps without a request, and the camera hangs up.
const PATIENCE: u32 = 100;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There will be others.
    On,
    /// The camera has hung up.
    Over,
}

/// The camera.
#[derive(Debug)]
pub(super) struct RtspCamera {
    listener: TcpListener,
    line: Option<TcpStream>,
    packets: Packets,
    random: Rng,
    /// Whether it asks for a password first.
    asks: bool,
    /// Pictures that it has yet to send.
    left: u32,
    /// Whether it sends, and since how many steps it has heard nothing.
    plays: bool,
    idle: u32,
    heard: Vec<u8>,
    /// What is to be written yet.
    says: Vec<u8>,
    /// Bytes that were written.
    pub(super) written: u64,
}

impl RtspCamera {
    pub(super) fn new(packets: Packets, asks: bool, mut random: Rng) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let left = random.u32(10..150);
        Self {
            listener,
            line: None,
            packets,
            random,
            asks,
            left,
            plays: false,
            idle: 0,
            heard: Vec::new(),
            says: Vec::new(),
            written: 0,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// Hears, answers, and sends up to eight pictures.
    pub(super) fn step(&mut self) -> Step {
        self.idle += 1;
        if self.line.is_none()
            && let Ok((line, _)) = self.listener.accept()
        {
            line.set_nonblocking(true).unwrap();
            line.set_nodelay(true).unwrap();
            self.line = Some(line);
        }
        if self.line.is_some() && !self.hears() {
            return Step::Over;
        }
        while let Some(end) = self.heard.windows(4).position(|window| window == b"\r\n\r\n") {
            let request: Vec<u8> = self.heard.drain(..end + 4).collect();
            self.answer(&String::from_utf8_lossy(&request));
            self.idle = 0;
        }
        if self.plays && self.says.is_empty() {
            for _ in 0..self.random.u32(1..=8).min(self.left) {
                self.left -= 1;
                let picture = self.packets.picture(&mut self.random);
                self.says.extend(picture);
            }
        }
        let is_done = self.plays && self.left == 0 && self.says.is_empty();
        match self.tells() && !is_done && self.idle < PATIENCE {
            true => Step::On,
            false => Step::Over,
        }
    }

    /// Reads what has come; false where the other end hung up.
    fn hears(&mut self) -> bool {
        let Some(line) = &mut self.line else { return true };
        let mut buffer = [0; 4096];
        loop {
            match line.read(&mut buffer) {
                Ok(0) => return false,
                Ok(n) => self.heard.extend(&buffer[..n]),
                Err(cause) => return cause.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// Writes what can be; false where the other end hung up.
    fn tells(&mut self) -> bool {
        let Some(line) = &mut self.line else { return true };
        while !self.says.is_empty() {
            match line.write(&self.says) {
                Ok(n) => {
                    self.says.drain(..n);
                    self.written += n as u64;
                    self.idle = 0;
                }
                Err(cause) => return cause.kind() == ErrorKind::WouldBlock,
            }
        }
        true
    }

    fn answer(&mut self, request: &str) {
        let address = self.address();
        let method = request.split(' ').next().unwrap_or("");
        let number = request.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap_or("0");
        let session = "Session: 12345678;timeout=60\r\n";
        let (mut status, mut body) = ("200 OK", String::new());
        let headers = match method {
            "DESCRIBE" if self.asks && !request.contains("Authorization: ") => {
                status = "401 Unauthorized";
                "WWW-Authenticate: Digest realm=\"cam\", nonce=\"0a1b2c\", algorithm=MD5\r\n\
                 WWW-Authenticate: Basic realm=\"cam\"\r\n"
                    .to_owned()
            }
            "DESCRIBE" => {
                body = self.packets.description();
                format!(
                    "Content-Base: rtsp://{address}/film/\r\nContent-Type: application/sdp\r\n\
                     Content-Length: {}\r\n",
                    body.len()
                )
            }
            "SETUP" => format!(
                "{session}Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0BADCAFE;mode=\"PLAY\"\r\n"
            ),
            "PLAY" => {
                self.plays = true;
                let begins = self.packets.begins();
                format!(
                    "{session}Range: npt=0.000-\r\nRTP-Info: url=rtsp://{address}/film/trackID=0;{begins}\r\n"
                )
            }
            _ => "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n".to_owned(),
        };
        let mut says =
            format!("RTSP/1.0 {status}\r\nCSeq: {number}\r\nServer: film\r\n{headers}\r\n{body}")
                .into_bytes();
        // Each answer is to be reached.
        if self.packets.spoils == Spoils::Answers && self.random.u32(..3) == 0 {
            damage(&mut self.random, &mut says);
        }
        self.says.extend(says);
    }
}
