//! The budget: what the image may take, from `firmware/budget.toml`.

use std::{fs, path::Path};

use serde::Deserialize;

use crate::{
    failed::{Failed, at},
    image::Image,
};

/// Most bytes of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Flash, settings included.
    pub flash_bytes: usize,
    /// RAM for what lives for ever.
    pub static_ram_bytes: usize,
    /// The deepest the stack may get.
    pub stack_bytes: usize,
}

impl Budget {
    /// The budget in the tree.
    ///
    /// # Errors
    /// [`Failed::Io`] when it is missing, [`Failed::Budget`] when it is not these three numbers.
    pub fn read() -> Result<Self, Failed> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../budget.toml");
        let text = fs::read_to_string(&path).map_err(at(path.display().to_string()))?;
        Ok(toml::from_str(&text)?)
    }

    /// One line a kind for what the image and a measured stack take; `Err` if something is over.
    ///
    /// # Errors
    /// The same lines, when something is over.
    pub fn check(&self, image: &Image, stack: Option<usize>) -> Result<String, String> {
        let mut lines = Vec::new();
        let mut over = false;
        for (what, used, most) in [
            ("flash", Some(image.flash_used()), self.flash_bytes),
            ("static RAM", Some(image.static_ram()), self.static_ram_bytes),
            ("deepest stack", stack, self.stack_bytes),
        ] {
            let Some(used) = used else { continue };
            let verdict = if used > most { "OVER" } else { "of" };
            over |= used > most;
            lines.push(format!("{what:<14} {used:>6} {verdict} {most} bytes"));
        }
        let lines = lines.join("\n");
        if over { Err(lines) } else { Ok(lines) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_three_numbers() {
        let good = "# most\nflash_bytes = 3\nstatic_ram_bytes = 2\n\nstack_bytes = 1 # deepest\n";
        let want = Budget { flash_bytes: 3, static_ram_bytes: 2, stack_bytes: 1 };
        assert_eq!(toml::from_str(good), Ok(want));
        for bad in [
            "flash_bytes = 3",
            &good.replace("flash_bytes = 3", "flash_bytes 3"),
            &good.replace('3', "x"),
            &good.replace('3', "-3"),
            &format!("{good}heap_bytes = 1"),
        ] {
            assert!(toml::from_str::<Budget>(bad).is_err(), "{bad}");
        }
    }
}
