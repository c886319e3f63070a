//! The budget: what the image may take, from `firmware/budget.toml`.

use std::{fs, path::Path};

use crate::{failed::Failed, image::Image};

/// Most bytes of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// [`Failed::Budget`] when it is missing or not three numbers.
    pub fn read() -> Result<Self, Failed> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../budget.toml");
        let text = fs::read_to_string(&path).map_err(|e| Failed::Budget(e.to_string()))?;
        Self::parse(&text).map_err(Failed::Budget)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut budget = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let (name, number) = line.split_once('=').ok_or(format!("no `=` in {line:?}"))?;
            let number = number.trim().parse().map_err(|_| format!("no number in {line:?}"))?;
            match name.trim() {
                "flash_bytes" => budget.flash_bytes = number,
                "static_ram_bytes" => budget.static_ram_bytes = number,
                "stack_bytes" => budget.stack_bytes = number,
                other => return Err(format!("unknown entry {other:?}")),
            }
        }
        if [budget.flash_bytes, budget.static_ram_bytes, budget.stack_bytes].contains(&0) {
            return Err("an entry is missing, or zero".into());
        }
        Ok(budget)
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
        let good = "# most\nflash_bytes = 3\nstatic_ram_bytes = 2\n\nstack_bytes = 1\n";
        let want = Budget { flash_bytes: 3, static_ram_bytes: 2, stack_bytes: 1 };
        assert_eq!(Budget::parse(good), Ok(want));
        for bad in ["flash_bytes = 3", "flash_bytes 3", "flash_bytes = x", "heap_bytes = 1"] {
            assert!(Budget::parse(bad).is_err(), "{bad}");
        }
    }
}
