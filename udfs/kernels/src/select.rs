//! The k-th smallest of many numbers, in eight lanes at once.

use crate::simd::{LANES, Lanes};

/// The `k`-th smallest (k from 1) of the candidates in each lane; infinite where there are fewer.
/// `K` is a power of two, at least `k`. NaN must not occur.
///
/// Blocks of K candidates are sorted by a bitonic network and merged into the K smallest so far, so
/// every lane does the same work whatever its numbers are.
#[inline(always)]
pub(crate) fn smallest<const K: usize>(candidates: &[Lanes], k: usize) -> Lanes {
    let mut best = [Lanes::splat(f64::INFINITY); K];
    let mut block = [Lanes::splat(f64::INFINITY); K];
    for (number, chunk) in candidates.chunks(K).enumerate() {
        for (to, from) in block.iter_mut().zip(chunk) {
            *to = *from;
        }
        for to in block.iter_mut().skip(chunk.len()) {
            *to = Lanes::splat(f64::INFINITY);
        }
        sort(&mut block);
        if number == 0 {
            best = block;
            continue;
        }
        // The smaller of opposite ends of two sorted sequences are the K smallest, as a bitonic
        // sequence, which the last step of the network sorts.
        for i in 0..K {
            best[i] = min(&best[i], &block[K - 1 - i]);
        }
        merge(&mut best, K);
    }
    best[(k - 1).min(K - 1)]
}

#[inline(always)]
fn sort<const K: usize>(block: &mut [Lanes; K]) {
    let mut size = 2;
    while size <= K {
        // First step of each merge compares mirrored elements, so both halves stay ascending.
        let mut start = 0;
        while start < K {
            for i in 0..size / 2 {
                exchange(block, start + i, start + size - 1 - i);
            }
            start += size;
        }
        merge(block, size / 2);
        size *= 2;
    }
}

/// Sorts each bitonic run of `size` elements.
#[inline(always)]
fn merge<const K: usize>(block: &mut [Lanes; K], size: usize) {
    let mut half = size / 2;
    while half > 0 {
        let mut start = 0;
        while start < K {
            for i in 0..half {
                exchange(block, start + i, start + i + half);
            }
            start += 2 * half;
        }
        half /= 2;
    }
}

#[inline(always)]
fn exchange<const K: usize>(block: &mut [Lanes; K], a: usize, b: usize) {
    let (x, y) = (block[a], block[b]);
    block[a] = min(&x, &y);
    block[b] = max(&x, &y);
}

#[inline(always)]
fn min(a: &Lanes, b: &Lanes) -> Lanes {
    let mut out = *a;
    for l in 0..LANES {
        out.0[l] = if a.0[l] < b.0[l] { a.0[l] } else { b.0[l] };
    }
    out
}

#[inline(always)]
fn max(a: &Lanes, b: &Lanes) -> Lanes {
    let mut out = *a;
    for l in 0..LANES {
        out.0[l] = if a.0[l] < b.0[l] { b.0[l] } else { a.0[l] };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const K: usize>(count: usize, k: usize) {
        let value = |c: usize, l: usize| ((c * 7919 + l * 104_729 + c * c * 31) % 1009) as f64 / 7.0;
        let candidates: Vec<Lanes> = (0..count).map(|c| Lanes(std::array::from_fn(|l| value(c, l)))).collect();
        let found = smallest::<K>(&candidates, k);
        for l in 0..8 {
            let mut sorted: Vec<f64> = (0..count).map(|c| value(c, l)).collect();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(found.0[l], sorted.get(k - 1).copied().unwrap_or(f64::INFINITY), "{count} {k} {l}");
        }
    }

    #[test]
    fn agrees_with_sorting() {
        for count in [1, 3, 16, 17, 40, 100, 300] {
            check::<4>(count, 3);
            check::<8>(count, 8);
            check::<16>(count, 16);
            check::<16>(count, 11);
            check::<32>(count, 20);
            check::<64>(count, 64);
        }
    }
}
