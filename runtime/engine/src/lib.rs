//! Runs ONNX graphs.
