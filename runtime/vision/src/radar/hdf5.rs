//! HDF5 containers: groups, attributes and 2-D arrays, by name. The only file that names hdf5-reader.

use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions};
use ndarray::{Array2, Ix2};

use super::limits::CELLS_MAX;

/// Most bytes of one chunk of an array, unpacked.
const CHUNK_MAX: usize = 1 << 29;

/// One open file.
pub(super) struct Container(Hdf5File);

/// A text or a number beside an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Attribute {
    Text(String),
    Number(f64),
}

impl Container {
    /// Opens a file that is in memory whole. Links to other files are not followed.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, String> {
        let options = OpenOptions::default()
            .with_max_read_bytes(CELLS_MAX * 8)
            .with_max_chunk_bytes(CHUNK_MAX);
        Hdf5File::from_bytes_with_options(bytes, options)
            .map(Self)
            .map_err(|e| format!("not a whole HDF5 file: {}", line(&e)))
    }

    /// Whether there is such a group.
    pub(super) fn has(&self, group: &str) -> Result<bool, String> {
        self.group(group).map(|g| g.is_some())
    }

    fn group(&self, path: &str) -> Result<Option<Group>, String> {
        match self.0.group(path) {
            Ok(group) => Ok(Some(group)),
            Err(e) if is_absence(&e) => Ok(None),
            Err(e) => Err(format!("{path} cannot be read: {}", line(&e))),
        }
    }

    /// Attribute `key` of a group, `None` where either is not there.
    pub(super) fn attribute(&self, group: &str, key: &str) -> Result<Option<Attribute>, String> {
        let Some(there) = self.group(group)? else { return Ok(None) };
        let attribute = match there.attribute(key) {
            Ok(attribute) => attribute,
            Err(e) if is_absence(&e) => return Ok(None),
            Err(e) => return Err(format!("{group}/{key} cannot be read: {}", line(&e))),
        };
        if let Ok(text) = attribute.read_string() {
            let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
            return Ok(Some(Attribute::Text(text.to_owned())));
        }
        let number = attribute.read_as_f64();
        let number = number.map_err(|e| format!("{group}/{key} cannot be read: {}", line(&e)))?;
        Ok(Some(Attribute::Number(number)))
    }

    /// Text `key` of a group.
    pub(super) fn text(&self, group: &str, key: &str) -> Result<Option<String>, String> {
        match self.attribute(group, key)? {
            Some(Attribute::Number(v)) => Err(format!("{group}/{key} is {v}, no text")),
            Some(Attribute::Text(text)) => Ok(Some(text)),
            None => Ok(None),
        }
    }

    /// Finite number `key` of a group; numbers written as text count.
    pub(super) fn number(&self, group: &str, key: &str) -> Result<Option<f64>, String> {
        let number = match self.attribute(group, key)? {
            None => return Ok(None),
            Some(Attribute::Number(v)) => v,
            Some(Attribute::Text(text)) => text.parse().unwrap_or(f64::NAN),
        };
        match number.is_finite() {
            true => Ok(Some(number)),
            false => Err(format!("{group}/{key} is no number")),
        }
    }

    /// Number `key` of a group that may be not a number (NaN) or infinite, as values of cells may.
    pub(super) fn value(&self, group: &str, key: &str) -> Result<Option<f64>, String> {
        match self.attribute(group, key)? {
            None => Ok(None),
            Some(Attribute::Number(v)) => Ok(Some(v)),
            Some(Attribute::Text(text)) => {
                let number = text.parse().map(Some);
                number.map_err(|_| format!("{group}/{key} is no number"))
            }
        }
    }

    /// Numbers `key` of a group, however many.
    pub(super) fn numbers(&self, group: &str, key: &str) -> Result<Option<Vec<f64>>, String> {
        let Some(there) = self.group(group)? else { return Ok(None) };
        let numbers = match there.attribute(key) {
            Ok(attribute) => match attribute.read_1d::<f64>() {
                Ok(numbers) => Ok(numbers),
                Err(_) => {
                    attribute.read_1d::<f32>().map(|all| all.into_iter().map(f64::from).collect())
                }
            },
            Err(e) if is_absence(&e) => return Ok(None),
            Err(e) => Err(e),
        };
        numbers.map(Some).map_err(|e| format!("{group}/{key} cannot be read: {}", line(&e)))
    }

    /// Array `path` `[H, W]` as real numbers, and whether it is stored as integers.
    pub(super) fn array(&self, path: &str) -> Result<(Array2<f64>, bool), String> {
        let failed = |e: Error| format!("{path} cannot be read: {}", line(&e));
        let array = self.0.dataset(path).map_err(failed)?;
        let [h, w] = array.shape() else {
            return Err(format!("{path} has {} axes, not 2", array.shape().len()));
        };
        if h.checked_mul(*w).is_none_or(|n| n == 0 || n > CELLS_MAX as u64) {
            return Err(format!("{path} says it is {h}×{w} cells"));
        }
        let values = match array.dtype() {
            Datatype::FixedPoint { size: 8, signed: false, .. } => {
                long_numbers::<u64>(&array, |v| v as f64)
            }
            Datatype::FixedPoint { size: 8, signed: true, .. } => {
                long_numbers::<i64>(&array, |v| v as f64)
            }
            Datatype::FixedPoint { size: 1, signed: false, .. } => numbers::<u8>(&array),
            Datatype::FixedPoint { size: 1, signed: true, .. } => numbers::<i8>(&array),
            Datatype::FixedPoint { size: 2, signed: false, .. } => numbers::<u16>(&array),
            Datatype::FixedPoint { size: 2, signed: true, .. } => numbers::<i16>(&array),
            Datatype::FixedPoint { size: 4, signed: false, .. } => numbers::<u32>(&array),
            Datatype::FixedPoint { size: 4, signed: true, .. } => numbers::<i32>(&array),
            Datatype::FloatingPoint { size: 4, .. } => numbers::<f32>(&array),
            Datatype::FloatingPoint { size: 8, .. } => numbers::<f64>(&array),
            Datatype::FloatingPoint { size, .. } => {
                return Err(format!(
                    "{path} holds floats of {} bit, which are not read: write float32",
                    8 * usize::from(*size)
                ));
            }
            _ => return Err(format!("{path} holds no numbers")),
        };
        let whole = matches!(array.dtype(), Datatype::FixedPoint { .. });
        Ok((values.map_err(failed)?, whole))
    }
}

fn numbers<T>(array: &Dataset) -> Result<Array2<f64>, Error>
where
    T: hdf5_reader::H5Type + Copy + Into<f64>,
{
    long_numbers::<T>(array, Into::into)
}

/// Numbers that `real` makes real ones, whole numbers over 2⁵³ rounded.
fn long_numbers<T>(array: &Dataset, real: impl Fn(T) -> f64) -> Result<Array2<f64>, Error>
where
    T: hdf5_reader::H5Type + Copy,
{
    let values = array.read_array::<T>()?;
    let flat = values.into_dimensionality::<Ix2>();
    flat.map(|a| a.mapv(real)).map_err(|e| Error::Other(e.to_string()))
}

/// Whether an error says that something is not there, and not that it is damaged.
fn is_absence(e: &Error) -> bool {
    match e {
        Error::GroupNotFound(_) | Error::AttributeNotFound(_) => true,
        Error::Context { source, .. } => is_absence(source),
        _ => false,
    }
}

fn line(e: &Error) -> String {
    e.to_string().lines().next().unwrap_or("unknown reason").to_owned()
}
