//! A graph inside an engine: named tensors in, tensors out. What they mean is not known here.

use ndarray::{Array3, ArrayD, ArrayViewD, Ix4};

/// One output of a graph.
#[derive(Debug)]
pub(super) enum Value {
    /// Numbers, of whatever rank.
    Floats(ArrayD<f32>),
    /// Codes; one beyond `u16` becomes its largest value.
    Codes(ArrayD<u16>),
}

/// A graph that an engine runs.
pub(super) trait Net: Send + Sync {
    /// Runs it on `inputs`, each in standard layout, in the order of the graph's own inputs; gives
    /// the outputs that it was loaded for, in their order.
    ///
    /// # Errors
    /// What the engine said.
    fn run(&self, inputs: &[(&str, ArrayViewD<'_, f32>)]) -> Result<Vec<Value>, String>;

    /// Gets ready for inputs of these shapes, in the order of the graph's own: what is done once
    /// for a shape is done now. What goes wrong is told when it is run.
    fn prepare(&self, _shapes: &[(&str, Vec<usize>)]) {}
}

/// What a graph gave, taken one by one in the order it was asked for.
pub(super) struct Given(std::vec::IntoIter<Value>);

impl Given {
    pub(super) fn of(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next output, numbers of any rank.
    pub(super) fn floats(&mut self) -> Result<ArrayD<f32>, String> {
        match self.0.next() {
            Some(Value::Floats(array)) => Ok(array),
            Some(Value::Codes(_)) => Err("it gave codes for numbers".to_owned()),
            None => Err("an output is missing".to_owned()),
        }
    }

    /// The next output as maps `[N, H, W]`: axes of length 1 before or after N go away.
    pub(super) fn maps(&mut self) -> Result<Array3<f32>, String> {
        maps(self.floats()?)
    }

    /// The next output, codes `[1, N, h, w]` or `[1, h, w]`, as `[N, h, w]`.
    pub(super) fn codes(&mut self) -> Result<Array3<u16>, String> {
        match self.0.next() {
            Some(Value::Codes(array)) => maps(array),
            Some(Value::Floats(_)) => Err("it gave numbers for codes".to_owned()),
            None => Err("an output is missing".to_owned()),
        }
    }
}

/// `[1, N, 1, H, W]`, `[1, N, H, W]` or `[1, H, W]` as `[N, H, W]`.
fn maps<T>(array: ArrayD<T>) -> Result<Array3<T>, String> {
    let shape = match *array.shape() {
        [1, n, 1, h, w] | [1, n, h, w] | [n, h, w] => (n, h, w),
        ref other => return Err(format!("it gave {other:?} where maps were due")),
    };
    array.into_shape_with_order(shape).map_err(|e| format!("an output is not contiguous: {e}"))
}

/// The next output kept as `[1, C, h, w]`.
pub(super) fn planes(array: ArrayD<f32>) -> Result<ndarray::Array4<f32>, String> {
    let rank = array.ndim();
    array.into_dimensionality::<Ix4>().map_err(|_| format!("an output has rank {rank}, not 4"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_taken_in_order_and_by_kind() {
        let floats = |shape: &[usize]| Value::Floats(ArrayD::zeros(shape));
        let codes = |shape: &[usize]| Value::Codes(ArrayD::zeros(shape));
        let mut given = Given::of(vec![
            floats(&[1, 3, 1, 4, 5]),
            floats(&[1, 2, 4, 5]),
            codes(&[1, 4, 5]),
            codes(&[1, 4, 5]),
            floats(&[2, 2]),
        ]);
        assert_eq!(given.maps().map(|m| m.dim()), Ok((3, 4, 5)));
        assert_eq!(given.maps().map(|m| m.dim()), Ok((2, 4, 5)));
        assert_eq!(given.codes().map(|m| m.dim()), Ok((1, 4, 5)));
        assert_eq!(given.maps(), Err("it gave codes for numbers".to_owned()));
        assert!(given.maps().is_err_and(|e| e.contains("[2, 2]")));
        assert_eq!(given.codes(), Err("an output is missing".to_owned()));
        assert!(planes(ArrayD::zeros(&[2, 2][..])).is_err());
    }
}
