//! Natural order: names in the order that people count, `f9` before `f10`.

use std::cmp::Ordering;

/// Compares names as people count: `f9` before `f10`. Numbers that are equal but written
/// differently (`7`, `07`) fall back to the letters.
pub(crate) fn order(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(&p), Some(&q)) = (x.first(), y.first()) {
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, rest_x) = number(x);
            let (n, rest_y) = number(y);
            let by_number = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
            if by_number.is_ne() {
                return by_number;
            }
            (x, y) = (rest_x, rest_y);
        } else if p == q {
            (x, y) = (&x[1..], &y[1..]);
        } else {
            return p.cmp(&q);
        }
    }
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

/// Leading digits without leading zeros, and what follows.
fn number(s: &[u8]) -> (&[u8], &[u8]) {
    let end = s.iter().position(|c| !c.is_ascii_digit()).unwrap_or(s.len());
    let zeros = s[..end].iter().position(|&c| c != b'0').unwrap_or(end);
    (&s[zeros..end], &s[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_people_do() {
        let mut names = ["f10", "f9", "f09", "f1a2", "f1a10", "f", "e99999999999999999999", "f1"];
        names.sort_by(|a, b| order(a, b));
        assert_eq!(
            names,
            ["e99999999999999999999", "f", "f1", "f1a2", "f1a10", "f09", "f9", "f10"]
        );
    }
}
