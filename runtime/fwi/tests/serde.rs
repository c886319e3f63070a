//! What a station carries survives writing and reading, and bad values do not get in that way.

#![allow(clippy::unwrap_used, reason = "tests state their expectations by unwrapping")]

use emberline_fwi::{Codes, Date, DayLength, FfScale, Latitude, Method, State};

#[test]
fn a_state_comes_back_as_it_was() {
    let day_length = DayLength::At(Latitude::new(-33.5).unwrap());
    let method = Method { ff_scale: FfScale::Exact, day_length };
    let state = State::start(Codes::START, Date::new(2025, 2, 28).unwrap(), method).unwrap();
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state, "{text}");
}

#[test]
fn a_date_or_latitude_that_does_not_exist_is_not_read() {
    assert!(serde_json::from_str::<Date>("[2025, 2, 28]").is_ok());
    assert!(serde_json::from_str::<Date>("[2025, 2, 29]").is_err());
    assert!(serde_json::from_str::<Latitude>("90").is_ok());
    assert!(serde_json::from_str::<Latitude>("90.5").is_err());
}
