//! No data: what a person says of the stored values that mean "not seen".

/// What a person says of the stored values that mean no data.
#[derive(Clone, Debug, PartialEq)]
pub enum NoData {
    /// These mean no data.
    Values(Vec<f64>),
    /// None does: what the file calls no data was seen, and has no rain.
    Dry,
}

impl NoData {
    /// The values that mean no data.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let values = match self {
            Self::Values(values) => &values[..],
            Self::Dry => &[],
        };
        values.iter().copied()
    }
}

/// A text that names no stored values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{text}' is no stored value: write a number such as -9999, several as in -999,-99, or none"
)]
pub struct NoStoredValue {
    /// What was written.
    pub text: String,
}

/// Values as people write them: `-9999`, `-999,-99`, or `none`.
impl std::str::FromStr for NoData {
    type Err = NoStoredValue;

    fn from_str(text: &str) -> Result<Self, NoStoredValue> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Self::Dry);
        }
        let values: Result<Vec<f64>, _> = text.split(',').map(|t| t.trim().parse()).collect();
        values.map(Self::Values).map_err(|_| NoStoredValue { text: text.to_owned() })
    }
}
