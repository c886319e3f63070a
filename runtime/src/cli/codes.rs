//! Codes of the fire weather index as a person types them, known or after a winter.

use emberline_fwi::{CarryOver, Codes, Wetting, Winter, overwintered_dc};

/// `85,6,310`: FFMC, DMC and DC.
pub(super) fn codes(typed: &str) -> Result<Codes, String> {
    let [ffmc, dmc, dc] = numbers(typed)?[..] else {
        return Err("give FFMC,DMC,DC such as 85,6,310".to_owned());
    };
    let codes = Codes { ffmc, dmc, dc };
    codes.check().map_err(|e| e.to_string())?;
    Ok(codes)
}

/// `480,120`: the DC of the end of last season and the rain and melted snow since, mm; `480,120,0.75,0.5`
/// also has the carry-over fraction and the effectiveness of winter precipitation.
pub(super) fn after_winter(typed: &str) -> Result<Codes, String> {
    let (last_dc, precipitation_mm, a, b) = match numbers(typed)?[..] {
        [dc, mm] => (dc, mm, 0.75, 0.75),
        [dc, mm, a, b] => (dc, mm, a, b),
        _ => return Err("give DC,MM such as 480,120, or DC,MM,A,B".to_owned()),
    };
    let of = [CarryOver::Full, CarryOver::Part, CarryOver::Half];
    let carry_over = of.into_iter().find(|c| c.fraction() == a);
    let carry_over =
        carry_over.ok_or("A is 1, 0.75 or 0.5: how much of autumn's moisture stayed")?;
    let of = [Wetting::Boggy, Wetting::Moderate, Wetting::Drained];
    let wetting = of.into_iter().find(|w| w.fraction() == b);
    let wetting =
        wetting.ok_or("B is 0.9, 0.75 or 0.5: how much of the snow went into the ground")?;
    let winter = Winter { precipitation_mm, carry_over, wetting };
    let dc = overwintered_dc(last_dc, &winter).map_err(|e| e.to_string())?;
    Ok(Codes { dc, ..Codes::START })
}

fn numbers(typed: &str) -> Result<Vec<f64>, String> {
    let number = |t: &str| t.trim().parse().map_err(|_| format!("'{t}' is no number"));
    typed.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_or_refused() {
        for (typed, want) in [
            ("85,6,310", Some(310.0)),
            ("85, 6, 15", Some(15.0)),
            ("85,6", None),
            ("850,6,15", None),
        ] {
            assert_eq!(codes(typed).ok().map(|c| c.dc), want, "{typed}");
        }
        // Oracle: Lawson and Armitage (2008), equations 2 to 4, by hand.
        let left = 0.75 * 800.0 * (-300.0_f64 / 400.0).exp() + 0.75 * 3.94 * 110.0;
        let want = 400.0 * (800.0 / left).ln();
        assert!((after_winter("300,110").unwrap().dc - want).abs() < 1e-9);
        assert!(after_winter("300,110,1,0.9").unwrap().dc < want);
        for bad in ["300", "300,110,0.8,0.5", "300,110,1,1", "x,1", "-5,10"] {
            assert!(after_winter(bad).is_err(), "{bad}");
        }
    }
}
