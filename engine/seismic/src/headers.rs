//! Trace headers as they are kept: those of neighbouring traces together, the first byte of each, then the second byte of
//! each, and so on. Of 240 bytes few differ from trace to trace, so that the kept bytes shrink to about one a trace.

/// Headers that are kept together at most.
pub const HEADERS_TOGETHER: usize = 4096;

/// Headers of `length` bytes each, one after the other, as they are kept.
pub fn fold_headers(headers: &[u8], length: usize) -> Vec<u8> {
    transposed(headers, length)
}

/// Kept headers of `traces` traces, one after the other.
pub fn unfold_headers(kept: &[u8], traces: usize) -> Vec<u8> {
    transposed(kept, traces)
}

/// Rows of `width` bytes as columns.
fn transposed(bytes: &[u8], width: usize) -> Vec<u8> {
    let height = bytes.len() / width.max(1);
    let mut out = vec![0; height * width];
    for (column, target) in out.chunks_exact_mut(height.max(1)).enumerate() {
        for (row, byte) in bytes.chunks_exact(width.max(1)).zip(target) {
            *byte = row.get(column).copied().unwrap_or(0);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back() {
        let headers: Vec<u8> = (0..7 * 240).map(|i| (i * 31 % 251) as u8).collect();
        let kept = fold_headers(&headers, 240);
        assert_eq!(kept[..7], [0, 1, 2, 3, 4, 5, 6].map(|t| headers[t * 240]));
        assert_eq!(unfold_headers(&kept, 7), headers);
        assert_eq!(fold_headers(&headers, headers.len()), headers);
        assert!(fold_headers(&[], 240).is_empty() && unfold_headers(&[], 0).is_empty());
    }
}
