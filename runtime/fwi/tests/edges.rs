//! The edges of the weather: which code answers to rain at each threshold, to frost, to damp, to calm.

#![allow(clippy::unwrap_used, reason = "tests state their expectations by unwrapping")]

use std::cmp::Ordering::{self, Equal, Greater, Less};

use emberline_fwi::{Codes, DayLength, FfScale, Method, Month, Noon};

const METHOD: Method = Method { ff_scale: FfScale::Printed1987, day_length: DayLength::Canada };
const BEFORE: Codes = Codes { ffmc: 85.0, dmc: 40.0, dc: 300.0 };
const DRY: Noon = Noon { temp_c: 20.0, rh_percent: 40.0, wind_km_h: 10.0, rain_24h_mm: 0.0 };

fn july(noon: Noon) -> Codes {
    BEFORE.next(&noon, Month::new(7).unwrap(), METHOD).unwrap()
}

fn order(codes: Codes, than: Codes) -> [Ordering; 3] {
    [codes.ffmc.total_cmp(&than.ffmc), codes.dmc.total_cmp(&than.dmc), codes.dc.total_cmp(&than.dc)]
}

#[test]
fn each_code_answers_to_its_own_weather() {
    let rain = |rain_24h_mm| Noon { rain_24h_mm, ..DRY };
    for (name, noon, [ffmc, dmc, dc]) in [
        // Against the same day without rain.
        ("0.5 mm: the canopy keeps it", rain(0.5), [Equal, Equal, Equal]),
        ("0.6 mm reach the litter", rain(0.6), [Less, Equal, Equal]),
        ("1.5 mm do not reach the duff", rain(1.5), [Less, Equal, Equal]),
        ("1.6 mm do", rain(1.6), [Less, Less, Equal]),
        ("2.8 mm do not reach the soil", rain(2.8), [Less, Less, Equal]),
        ("2.9 mm do", rain(2.9), [Less, Less, Less]),
        // Against the same day at 20 °C, 40 % and 10 km/h.
        ("calm", Noon { wind_km_h: 0.0, ..DRY }, [Less, Equal, Equal]),
        ("saturated air", Noon { rh_percent: 100.0, ..DRY }, [Less, Less, Equal]),
        ("bone-dry air", Noon { rh_percent: 0.0, ..DRY }, [Greater, Greater, Equal]),
        ("deep frost", Noon { temp_c: -40.0, ..DRY }, [Less, Less, Less]),
    ] {
        assert_eq!(order(july(noon), july(DRY)), [ffmc, dmc, dc], "{name}");
    }
}

#[test]
fn below_their_frost_duff_and_soil_do_not_feel_more_cold() {
    let at = |temp_c| july(Noon { temp_c, ..DRY });
    assert_eq!(at(-1.1).dmc, at(-90.0).dmc);
    assert_eq!(at(-2.8).dc, at(-90.0).dc);
    assert_ne!(at(-1.1).dc, at(-2.8).dc);
}
