//! Values held against what can be; each refusal says where, what is wrong and what to write.

use super::error::ConfigError;

/// Most characters of a name.
const NAME_CHARS: usize = 32;

/// Holds values against what can be.
pub(super) struct Check<'a> {
    /// The file's name in messages.
    pub(super) file: &'a str,
}

impl Check<'_> {
    pub(super) fn value<T>(&self, place: &str, what: &str, fix: &str) -> Result<T, ConfigError> {
        let (place, what, fix) = (place.to_owned(), what.to_owned(), fix.to_owned());
        Err(ConfigError::Value { file: self.file.to_owned(), place, what, fix })
    }

    pub(super) fn need<T>(
        &self,
        v: Option<T>,
        place: &str,
        example: &'static str,
    ) -> Result<T, ConfigError> {
        let (file, place) = (self.file.to_owned(), place.to_owned());
        v.ok_or(ConfigError::Missing { file, place, example })
    }

    pub(super) fn name(&self, name: String, place: &str) -> Result<String, ConfigError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > NAME_CHARS || !name.chars().all(plain) {
            let fix = "give up to 32 small letters, digits and dashes, such as \"north-ridge\"";
            return self.value(place, "no such name can be", fix);
        }
        Ok(name)
    }

    pub(super) fn number(
        &self,
        value: f64,
        [least, most]: [f64; 2],
        place: &str,
    ) -> Result<f64, ConfigError> {
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        self.value(place, &format!("{value} cannot be"), &format!("give {least} to {most}"))
    }
}
