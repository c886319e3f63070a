//! Whether and to whom fronts are told as Cursor on Target.

use std::path::Path;

use clap::Args;
use emberline::pipeline::CotTo;

/// Whether and to whom fronts are told as Cursor on Target.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CotPick {
    /// Send the front, now and at up to six leads, to TAK as Cursor on Target: udp:239.2.3.1:6969, its usual group
    /// (each in a datagram, to the network that this machine is in), or tcp:HOST:8087. The film needs a map and
    /// wall times; a failure to send ends with 2 after the folder is written.
    #[arg(long, value_name = "TO")]
    pub(crate) cot: Option<CotTo>,
    /// Name that TAK knows these fronts by: the next forecast of the same name replaces them [default: the
    /// input's name].
    #[arg(long, value_name = "NAME", requires = "cot", value_parser = name)]
    pub(crate) cot_name: Option<String>,
}

impl CotPick {
    /// What fronts of this input are called in TAK; `None` where nothing is sent.
    pub(crate) fn name_for(&self, input: &str) -> Option<String> {
        self.cot.as_ref()?;
        let stem = Path::new(input).file_stem().unwrap_or_default().to_string_lossy();
        let plain = |c: char| if is_plain(c) { c } else { '-' };
        let usual: String = stem.chars().map(plain).take(NAME).collect();
        let usual = if usual.is_empty() { "film".to_owned() } else { usual };
        Some(self.cot_name.clone().unwrap_or(usual))
    }
}

/// Letters of a name, at most.
const NAME: usize = 60;

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_".contains(c)
}

/// A name that is part of an identifier.
fn name(typed: &str) -> Result<String, String> {
    match (1..=NAME).contains(&typed.len()) && typed.chars().all(is_plain) {
        true => Ok(typed.to_owned()),
        false => Err("give a name of letters, digits, - and _, such as ridge".to_owned()),
    }
}
