//! Motion of any film: optical flow by polynomial expansion (Farnebäck 2003).
//!
//! Around each cell both images are written as quadratics; where the second is the first, displaced,
//! their coefficients give the displacement. Means over a window make it stable, a pyramid makes
//! large displacements small. The fine points (borders, the weight near them, the small constant
//! against division by zero) are those of OpenCV's `calcOpticalFlowFarneback(a, b, None, pyr_scale=.5,
//! levels=3, winsize=15, iterations=3, poly_n=7, poly_sigma=1.5, flags=0)`, which is the oracle.

mod advection_speed;
mod expansion;
mod optical_flow;
mod pyramid;

pub use advection_speed::advection_speed_px;
pub(crate) use optical_flow::STEPS;
pub use optical_flow::{flow_at_end, optical_flow};
