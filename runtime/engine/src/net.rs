//! A net: one graph inside an engine. What its tensors mean is not known here.

use ndarray::{Array3, Array4, ArrayD, ArrayViewD, Ix4};

/// One output of a graph.
#[derive(Debug)]
pub enum Tensor {
    /// Numbers, of whatever rank.
    Floats(ArrayD<f32>),
    /// Whole numbers that stand for something, such as codes of a codebook; one beyond `u16` becomes
    /// its largest value.
    Codes(ArrayD<u16>),
}

/// Why a run gave nothing, as the engine or whoever used its answer said it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RunError(pub String);

impl From<String> for RunError {
    fn from(what: String) -> Self {
        Self(what)
    }
}

impl From<&str> for RunError {
    fn from(what: &str) -> Self {
        Self(what.to_owned())
    }
}

/// A graph that an engine runs.
pub trait Net: Send + Sync {
    /// Runs it on `inputs`, each in standard layout, in the order of the graph's own inputs; gives
    /// the outputs that it was loaded for, in their order.
    ///
    /// # Errors
    /// What the engine said.
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Tensor>, RunError>;

    /// Gets ready for inputs of these shapes, in the order of the graph's own: what is done once
    /// for a shape is done now. What goes wrong is told when it is run.
    fn prepare(&self, _shapes: &[(&str, Vec<usize>)]) {}
}

/// What a graph gave, taken one by one in the order it was asked for.
#[derive(Debug)]
pub struct Outputs(std::vec::IntoIter<Tensor>);

impl Outputs {
    /// What a run gave.
    #[must_use]
    pub fn of(tensors: Vec<Tensor>) -> Self {
        Self(tensors.into_iter())
    }

    /// The next output, numbers of any rank.
    ///
    /// # Errors
    /// When it is missing or holds codes; so below.
    pub fn floats(&mut self) -> Result<ArrayD<f32>, RunError> {
        match self.0.next() {
            Some(Tensor::Floats(array)) => Ok(array),
            Some(Tensor::Codes(_)) => Err("it gave codes for numbers".into()),
            None => Err("an output is missing".into()),
        }
    }

    /// The next output as maps `[N, H, W]`: axes of length 1 before or after N go away.
    ///
    /// # Errors
    /// As [`Self::floats`], and for any other rank.
    pub fn maps(&mut self) -> Result<Array3<f32>, RunError> {
        maps(self.floats()?)
    }

    /// The next output as planes `[1, C, h, w]`.
    ///
    /// # Errors
    /// As [`Self::floats`], and for any other rank.
    pub fn planes(&mut self) -> Result<Array4<f32>, RunError> {
        let array = self.floats()?;
        let rank = array.ndim();
        array
            .into_dimensionality::<Ix4>()
            .map_err(|_| format!("an output has rank {rank}, not 4").into())
    }

    /// The next output, codes `[1, N, h, w]` or `[1, h, w]`, as `[N, h, w]`.
    ///
    /// # Errors
    /// When it is missing, holds numbers, or has another rank.
    pub fn codes(&mut self) -> Result<Array3<u16>, RunError> {
        match self.0.next() {
            Some(Tensor::Codes(array)) => maps(array),
            Some(Tensor::Floats(_)) => Err("it gave numbers for codes".into()),
            None => Err("an output is missing".into()),
        }
    }
}

/// `[1, N, 1, H, W]`, `[1, N, H, W]` or `[1, H, W]` as `[N, H, W]`.
fn maps<T>(array: ArrayD<T>) -> Result<Array3<T>, RunError> {
    let shape = match *array.shape() {
        [1, n, 1, h, w] | [1, n, h, w] | [n, h, w] => (n, h, w),
        ref other => return Err(format!("it gave {other:?} where maps were due").into()),
    };
    array
        .into_shape_with_order(shape)
        .map_err(|e| format!("an output is not contiguous: {e}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_taken_in_order_and_by_kind() {
        let floats = |shape: &[usize]| Tensor::Floats(ArrayD::zeros(shape));
        let codes = |shape: &[usize]| Tensor::Codes(ArrayD::zeros(shape));
        let mut given = Outputs::of(vec![
            floats(&[1, 3, 1, 4, 5]),
            floats(&[1, 2, 4, 5]),
            codes(&[1, 4, 5]),
            codes(&[1, 4, 5]),
            floats(&[2, 2]),
            floats(&[2, 2]),
            floats(&[1, 2, 4, 5]),
        ]);
        assert_eq!(given.maps().map(|m| m.dim()), Ok((3, 4, 5)));
        assert_eq!(given.maps().map(|m| m.dim()), Ok((2, 4, 5)));
        assert_eq!(given.codes().map(|m| m.dim()), Ok((1, 4, 5)));
        assert_eq!(given.maps(), Err("it gave codes for numbers".into()));
        assert!(given.maps().is_err_and(|e| e.0.contains("[2, 2]")));
        assert!(given.planes().is_err_and(|e| e.0.contains("rank 2, not 4")));
        assert_eq!(given.planes().map(|p| p.dim()), Ok((1, 2, 4, 5)));
        assert_eq!(given.codes(), Err("an output is missing".into()));
    }
}
