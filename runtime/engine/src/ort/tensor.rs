//! A tensor of ONNX Runtime as one of ours.

use ort::value::{DynValue, TensorElementType, ValueType};

use crate::buffers::Buffers;
use crate::net::Tensor;

/// A tensor of this machine's memory as one of ours.
pub(super) fn tensor(value: &DynValue, buffers: &Buffers) -> ort::Result<Tensor> {
    if matches!(value.dtype(), ValueType::Tensor { ty: TensorElementType::Int64, .. }) {
        let codes = value.try_extract_array::<i64>()?;
        return Ok(Tensor::Codes(codes.mapv(|k| u16::try_from(k).unwrap_or(u16::MAX))));
    }
    Ok(Tensor::Floats(buffers.copy(&value.try_extract_array::<f32>()?)))
}
