//! Order statistics: the n-th of many values, and quantiles.

/// Values that are put in order in one go.
const FEW: usize = 1 << 16;

/// The value that `k` values are below or equal to, 0 the smallest: exact, of many values in two passes
/// and in under a megabyte whatever the count. 0 where there are none.
pub(crate) fn nth<I: Iterator<Item = f32>>(values: impl Fn() -> I, k: usize) -> f32 {
    // Bits in the order of the numbers: the sign flips them all, or only itself.
    let ordered = |v: f32| {
        let b = v.to_bits();
        if b >> 31 == 1 { !b } else { b | 1 << 31 }
    };
    let mut few: Vec<u32> = values().take(FEW + 1).map(ordered).collect();
    let number = |b: u32| f32::from_bits(if b >> 31 == 1 { b & !(1 << 31) } else { !b });
    if few.len() <= FEW && k < few.len() {
        return number(*few.select_nth_unstable(k).1);
    }
    drop(few);
    let mut k = k as u64;
    let find = |count: &[u64], k: &mut u64| {
        for (i, &c) in count.iter().enumerate() {
            if *k < c {
                return i as u32;
            }
            *k -= c;
        }
        0
    };
    let mut count = vec![0u64; 1 << 16];
    values().for_each(|v| count[(ordered(v) >> 16) as usize] += 1);
    if count.iter().all(|&c| c == 0) {
        return 0.0;
    }
    let high = find(&count, &mut k);
    count.fill(0);
    values()
        .map(ordered)
        .filter(|b| b >> 16 == high)
        .for_each(|b| count[(b & 0xffff) as usize] += 1);
    number(high << 16 | find(&count, &mut k))
}

/// The `q` quantile (0..1) between neighbours in order, as NumPy's default gives it.
#[must_use]
pub fn quantile<I: Iterator<Item = f32>>(values: impl Fn() -> I, n: usize, q: f64) -> f32 {
    let place = q * n.saturating_sub(1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let low = f64::from(nth(&values, below));
    if part <= 0.0 {
        return low as f32;
    }
    let high = f64::from(nth(&values, below + 1));
    (low + (high - low) * part) as f32
}

/// The `q` quantile (0..1) of values in order (at least one), linear between neighbours.
pub(crate) fn quantile_of_sorted(values: &[f64], q: f64) -> f64 {
    let at = q * (values.len() - 1) as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    low + (at - at.floor()) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nth_of_all() {
        let v = [3.5f32, -1.0, 0.0, 7.0, -8.25, 1e-20, 7.0, -0.0, f32::MAX];
        let mut sorted = v;
        sorted.sort_by(f32::total_cmp);
        for (k, want) in sorted.iter().enumerate() {
            assert_eq!(nth(|| v.iter().copied(), k).to_bits(), want.to_bits());
            // Each of them so often that they are many.
            let many = || v.iter().copied().cycle().take(10_000 * v.len());
            assert_eq!(nth(many, 10_000 * k + 5000).to_bits(), want.to_bits());
        }
        // numpy.percentile([1, 2, 4, 8], [1, 25, 50, 100]) = 1.03, 1.75, 3, 8 (NumPy 2).
        let v = [4.0f32, 1.0, 8.0, 2.0];
        for (q, want) in [(0.01, 1.03), (0.25, 1.75), (0.5, 3.0), (1.0, 8.0)] {
            assert_eq!(quantile(|| v.iter().copied(), 4, q), want);
        }
    }
}
