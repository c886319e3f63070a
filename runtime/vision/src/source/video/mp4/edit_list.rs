//! Edit lists: which span of a track players show.

use super::boxes::{u32_at, u64_at};
use super::shown::{Shown, Span};

/// One row of an edit list.
struct Edit {
    /// How long it is shown, in ticks of the film; 0 is to the end.
    lasts: u64,
    /// Where it begins in the track, in ticks of the track; negative where nothing is shown.
    from: i64,
    /// How fast it is played, 16.16 fixed point.
    rate: u32,
}

fn edits(elst: &[u8]) -> Option<Vec<Edit>> {
    let wide = elst.first()? == &1;
    let n = u32_at(elst, 4)? as usize;
    let row = if wide { 20 } else { 12 };
    let rows = elst.get(8..)?.get(..n.checked_mul(row)?)?.chunks_exact(row);
    rows.map(|r| {
        let (lasts, from) = if wide {
            (u64_at(r, 0)?, u64_at(r, 8)? as i64)
        } else {
            (u64::from(u32_at(r, 0)?), i64::from(u32_at(r, 4)? as i32))
        };
        Some(Edit { lasts, from, rate: u32_at(r, row - 4)? })
    })
    .collect()
}

/// Reads an edit list of a film of `film_ticks_s` ticks a second, of a track of `ticks_s`.
///
/// Pieces that follow each other without a gap are one span; nothing shown before the first is a
/// delay, which no forecast cares for. Anything else is a film cut together, in which times between
/// pictures are not those of the fire.
pub(super) fn read(elst: &[u8], film_ticks_s: u32, ticks_s: u32, shown: &mut Shown) -> Option<()> {
    let edits = edits(elst)?;
    let in_track = |lasts: u64| {
        let ticks = u128::from(lasts) * u128::from(ticks_s) / u128::from(film_ticks_s.max(1));
        i64::try_from(ticks).unwrap_or(i64::MAX)
    };
    // A tick of the film, in ticks of the track: ends of pieces are rounded to it.
    let slack = in_track(1) + 1;
    let mut span: Option<Span> = None;
    let mut paused = false;
    for (k, edit) in edits.iter().enumerate() {
        if edit.from < 0 {
            paused = span.is_some();
            continue;
        }
        if edit.rate != 0x1_0000 {
            let rate = f64::from(edit.rate as i32) / 65536.0;
            shown.cut_together = Some(format!("its edit list plays piece {k} at {rate} times"));
            return Some(());
        }
        let to = match edit.lasts {
            0 => i64::MAX,
            lasts => edit.from.saturating_add(in_track(lasts)),
        };
        match &mut span {
            None => span = Some(Span { from: edit.from, to }),
            Some(before) if !paused && (before.to.saturating_sub(edit.from)).abs() <= slack => {
                before.to = to;
            }
            Some(_) => {
                let pieces = edits.iter().filter(|e| e.from >= 0).count();
                shown.cut_together =
                    Some(format!("its edit list puts {pieces} pieces together, with gaps"));
                return Some(());
            }
        }
    }
    shown.span = span;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: ticks shown (of 1000 a second), first tick of the track (of 12800), rate.
    fn list(rows: &[(u32, i32, u32)]) -> Vec<u8> {
        let mut out = vec![0; 4];
        out.extend((rows.len() as u32).to_be_bytes());
        for (lasts, from, rate) in rows {
            out.extend(
                [lasts.to_be_bytes(), (*from as u32).to_be_bytes(), rate.to_be_bytes()].concat(),
            );
        }
        out
    }

    #[test]
    fn a_span_is_shown_and_a_film_cut_together_is_told() {
        const ONE: u32 = 0x1_0000;
        let span = |from, to| Some(Span { from, to });
        for (rows, want, told) in [
            (vec![], None, None),
            (vec![(8000, 0, ONE)], span(0, 102_400), None),
            (vec![(3000, 25_600, ONE)], span(25_600, 64_000), None),
            (vec![(0, 1024, ONE)], span(1024, i64::MAX), None),
            (vec![(500, -1, ONE), (3000, 0, ONE)], span(0, 38_400), None),
            // In two pieces, without a gap but for what rounding makes.
            (vec![(1000, 0, ONE), (1000, 12_805, ONE)], span(0, 25_605), None),
            (vec![(1000, 0, ONE), (1000, 25_600, ONE)], None, Some("2 pieces together")),
            (vec![(1000, 0, ONE), (1000, 0, ONE)], None, Some("2 pieces together")),
            (vec![(1000, 0, ONE), (9, -1, ONE), (1000, 12_800, ONE)], None, Some("2 pieces")),
            (vec![(1000, 0, ONE / 2)], None, Some("at 0.5 times")),
            (vec![(1000, 0, 0)], None, Some("at 0 times")),
        ] {
            let mut shown = Shown::default();
            read(&list(&rows), 1000, 12_800, &mut shown).unwrap();
            assert_eq!(shown.span, want, "{rows:?}");
            assert_eq!(shown.cut_together.is_some(), told.is_some(), "{rows:?}");
            assert!(told.is_none_or(|t| shown.cut_together.as_ref().unwrap().contains(t)));
        }
        assert!(read(&list(&[(1, 0, ONE)])[..15], 1, 1, &mut Shown::default()).is_none());
    }
}
