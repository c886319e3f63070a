//! The serial ports of this machine, with the names that stay the same.

use std::fs;
use std::path::{Path, PathBuf};

use serialport::{SerialPortType, UsbPortInfo};

use crate::holder::{Holder, holders};

/// One serial port.
#[derive(Clone, Debug)]
pub struct ListedPort {
    /// Its device: `/dev/ttyUSB0`.
    pub path: PathBuf,
    /// Names that stay the same when plugs are pulled: those that udev keeps.
    pub names: Vec<PathBuf>,
    /// What it is.
    pub what: String,
    /// Who has it open.
    pub holders: Vec<Holder>,
}

/// The system does not list its serial ports.
#[derive(Debug, thiserror::Error)]
#[error("serial ports cannot be listed: {cause}")]
pub struct NoList {
    /// Why; it stands in the message.
    pub cause: serialport::Error,
}

/// The serial ports of this machine.
///
/// # Errors
/// [`NoList`] when the system refuses.
pub fn list() -> Result<Vec<ListedPort>, NoList> {
    let ports = serialport::available_ports().map_err(|cause| NoList { cause })?;
    let links = links();
    let listed = ports.into_iter().map(|port| {
        let path = PathBuf::from(&port.port_name);
        let device = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        let names = links.iter().filter(|(_, to)| *to == device).map(|(from, _)| from.clone());
        ListedPort {
            names: names.collect(),
            what: what(&port.port_type),
            holders: holders(&path),
            path,
        }
    });
    Ok(listed.collect())
}

/// Links below `/dev` that udev keeps for serial ports, and where they lead.
fn links() -> Vec<(PathBuf, PathBuf)> {
    let mut links = Vec::new();
    for folder in ["/dev/serial/by-id", "/dev/serial/by-path", "/dev"] {
        let Ok(entries) = fs::read_dir(Path::new(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let ours = folder != "/dev" || name.to_string_lossy().starts_with("emberline");
            if let Ok(to) = fs::canonicalize(entry.path())
                && ours
                && entry.file_type().is_ok_and(|t| t.is_symlink())
            {
                links.push((entry.path(), to));
            }
        }
    }
    links.sort();
    links
}

fn what(kind: &SerialPortType) -> String {
    match kind {
        SerialPortType::UsbPort(UsbPortInfo { vid, pid, manufacturer, product, .. }) => {
            let words = [manufacturer.as_deref(), product.as_deref()];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            format!("USB {vid:04x}:{pid:04x} {}", words.join(" ")).trim_end().to_owned()
        }
        SerialPortType::PciPort => "on board".to_owned(),
        SerialPortType::BluetoothPort => "Bluetooth".to_owned(),
        SerialPortType::Unknown => "unknown".to_owned(),
    }
}
