//! The header of an array as NumPy writes it, for files that go out value by value.

/// Header of a version 1.0 `.npy`, padded so that the values begin at a multiple of 64 bytes.
pub(crate) fn of(descr: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let sizes = if shape.len() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let dict = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let padded = (10 + dict.len() + 1).next_multiple_of(64) - 10;
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend_from_slice(&(padded as u16).to_le_bytes());
    out.extend_from_slice(format!("{dict:<width$}\n", width = padded - 1).as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_numpys_own() {
        // Oracle: numpy.lib.format.header_data_from_array_1_0 writes the same dictionary.
        for (shape, want) in [(&[3usize][..], "(3,)"), (&[2, 3][..], "(2, 3)")] {
            let h = of("<f4", shape);
            assert_eq!(h.len() % 64, 0);
            assert!(String::from_utf8_lossy(&h).contains(&format!("'shape': {want}, }}")));
        }
    }
}
