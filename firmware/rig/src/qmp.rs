//! QEMU's two doors: QMP (JSON) for what its machine is, qtest (text) for pins and bytes of memory.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};

use crate::failed::{Failed, at};

const LIMIT: Duration = Duration::from_secs(60);

/// A connection to QMP.
#[derive(Debug)]
pub(crate) struct Qmp(BufReader<UnixStream>);

impl Qmp {
    pub(crate) fn connect(socket: &Path) -> Result<Self, Failed> {
        let mut qmp = Self(connect(socket)?);
        qmp.line()?; // its greeting
        qmp.execute("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Does `command` and gives what came back.
    pub(crate) fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, Failed> {
        let text = json!({"execute": command, "arguments": arguments}).to_string();
        writeln!(self.0.get_mut(), "{text}").map_err(at("QMP"))?;
        loop {
            let mut answer = self.line()?;
            if answer.get("error").is_some() {
                return Err(Failed::Qemu { command: text, answer: answer.to_string() });
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
            // An event.
        }
    }

    fn line(&mut self) -> Result<Value, Failed> {
        let mut line = String::new();
        self.0.read_line(&mut line).map_err(at("QMP"))?;
        serde_json::from_str(&line)
            .map_err(|_| Failed::Qemu { command: "QMP".into(), answer: format!("{line:?}") })
    }
}

/// A connection to qtest.
#[derive(Debug)]
pub(crate) struct Qtest(BufReader<UnixStream>);

impl Qtest {
    pub(crate) fn connect(socket: &Path) -> Result<Self, Failed> {
        connect(socket).map(Self)
    }

    pub(crate) fn execute(&mut self, command: &str) -> Result<(), Failed> {
        writeln!(self.0.get_mut(), "{command}").map_err(at("qtest"))?;
        let mut answer = String::new();
        self.0.read_line(&mut answer).map_err(at("qtest"))?;
        if answer.starts_with("OK") {
            return Ok(());
        }
        Err(Failed::Qemu { command: command.into(), answer: answer.trim().into() })
    }
}

fn connect(socket: &Path) -> Result<BufReader<UnixStream>, Failed> {
    let stream = UnixStream::connect(socket).map_err(at(socket.display().to_string()))?;
    stream.set_read_timeout(Some(LIMIT)).map_err(at("socket"))?;
    Ok(BufReader::new(stream))
}
