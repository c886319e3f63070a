//! The Canadian Forest Fire Weather Index System: from the weather at noon to how a fire would burn.
//!
//! Each day at noon **local standard time** a station reads temperature, humidity, wind and the rain
//! of 24 hours. From these and the codes of the day before come three moisture codes and four indices:
//!
//! ```text
//! temp rh wind rain ──▶ FFMC (litter) ──┬─ wind ─▶ ISI (spread) ──┐
//! temp rh      rain ──▶ DMC  (duff)  ───┼────────▶ BUI (fuel)  ───┴─▶ FWI (intensity) ─▶ DSR
//! temp         rain ──▶ DC   (soil)  ───┘
//! ```
//!
//! # A season
//!
//! ```
//! use emberline_fwi::{Codes, Date, DayLength, FfScale, Latitude, Method, Noon, State};
//!
//! # fn main() -> Result<(), emberline_fwi::Refused> {
//! let method = Method {
//!     ff_scale: FfScale::default(),
//!     day_length: DayLength::At(Latitude::new(37.9)?),
//! };
//! let mut state = State::start(Codes::START, Date::new(2025, 6, 30)?, method)?;
//! for (day, temp_c, rh_percent, wind_km_h, rain_24h_mm) in
//!     [(1, 33.0, 22.0, 19.0, 0.0), (2, 35.5, 17.0, 28.0, 0.0), (3, 24.0, 61.0, 12.0, 4.2)]
//! {
//!     let noon = Noon { temp_c, rh_percent, wind_km_h, rain_24h_mm };
//!     let step = state.step(Date::new(2025, 7, day)?, &noon)?;
//!     println!("{}: FWI {:.1}", step.state.date, step.indices.fwi);
//!     state = step.state;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - **Start**: [`Codes::START`] after a wet winter; [`overwintered_dc`] after a dry one.
//! - **Carry**: [`State`] is the whole memory of a station. Its fields are public, and
//!   `Serialize`/`Deserialize` with the feature `serde`; [`State::step`] checks them again.
//! - **Gaps**: a day counts once. Up to [`MAX_GAP_DAYS`] missing days are carried as they were and
//!   flagged in [`Step::gap_days`]; a longer gap needs [`State::start`].
//! - **Hours**: [`hourly_ffmc`] follows litter through the day, beside the daily codes and never
//!   instead of them.
//! - **Bad readings** never pass: every function that takes a number returns [`Refused`] for NaN and
//!   for values outside the range that its documentation gives.
//!
//! # Choices
//!
//! Two constants between FFMC and moisture are in use; [`FfScale`] names them, and the printed 147.2 is
//! the default. Day lengths follow the latitude by bands or stay those of Canada; [`DayLength`] names
//! that. There are no danger classes here, because each agency sets its own.
//!
//! # Room
//!
//! `no_std`, no allocation, no `unsafe`; `f64` through [`libm`], so every target runs the same code.
//! A state is 56 bytes.
//!
//! # Sources
//!
//! - C. E. Van Wagner (1987), *Development and structure of the Canadian Forest Fire Weather Index
//!   System*, Canadian Forestry Service, Forestry Technical Report 35.
//! - C. E. Van Wagner and T. L. Pickett (1985), *Equations and FORTRAN program for the Canadian Forest
//!   Fire Weather Index System*, Forestry Technical Report 33.
//! - C. E. Van Wagner (1977), *A method of computing fine fuel moisture content throughout the diurnal
//!   cycle*, Information Report PS-X-69.
//! - B. D. Lawson and O. B. Armitage (2008), *Weather guide for the Canadian Forest Fire Danger Rating
//!   System*, Northern Forestry Centre: the winter.
//! - Y. Wang, K. R. Anderson and R. M. Suddaby (2015), *Updated source code for calculating fire danger
//!   indices in the Canadian Forest Fire Weather Index System*, Information Report NOR-X-424: day
//!   lengths outside Canada.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod codes;
mod date;
mod day_length;
mod dc;
mod dmc;
mod ff_scale;
mod ffmc;
mod indices;
mod method;
mod refused;
mod state;
mod weather;
mod winter;

pub use codes::Codes;
pub use date::{Date, Month, NoSuchDate};
pub use day_length::{DayLength, Latitude};
pub use dc::{MAX_DC, daily_dc};
pub use dmc::{MAX_DMC, daily_dmc};
pub use ff_scale::FfScale;
pub use ffmc::{daily_ffmc, hourly_ffmc};
pub use indices::{Indices, buildup, daily_severity, fire_weather, initial_spread};
pub use method::Method;
pub use refused::{Quantity, Refused};
pub use state::{MAX_GAP_DAYS, State, Step};
pub use weather::{Hour, Noon};
pub use winter::{CarryOver, Wetting, Winter, overwintered_dc};
