//! Blocks of LZ4, unpacked from their beginning as far as they are wanted.
//!
//! A time slice wants one plane of each brick: what comes behind it need not be unpacked. Matches are short here (exponents of
//! neighbouring samples), so that both kinds of copies mostly are one move of sixteen bytes, which writes too much and is written over.
//!
//! Source: the LZ4 block format (`lz4_Block_format.md`).

/// Room that copies may write to behind what is unpacked.
pub(super) const SLACK: usize = 32;

const MOVE: usize = 16;

/// Unpacks a block until `wanted` bytes are there or it ends; how many are. `out` has [`SLACK`] bytes more than the block holds.
pub(super) fn unpack(block: &[u8], out: &mut [u8], wanted: usize) -> Result<usize, String> {
    let all = out.len().saturating_sub(SLACK);
    // The library is faster where most of the block is wanted; it cannot end early.
    if wanted > all / 4 * 3 {
        let out = out.get_mut(..all).unwrap_or_default();
        return lz4_flex::block::decompress_into(block, out).map_err(|e| e.to_string());
    }
    beginning(block, out, wanted).map_err(str::to_owned)
}

fn beginning(block: &[u8], out: &mut [u8], wanted: usize) -> Result<usize, &'static str> {
    const SHORT: &str = "it ends too early";
    const LONG: &str = "it holds more bytes than it should";
    let most = out.len().saturating_sub(SLACK);
    let (mut from, mut to) = (0, 0);
    loop {
        let token = usize::from(*block.get(from).ok_or(SHORT)?);
        from += 1;
        let mut literals = token >> 4;
        if literals < 15
            && let Some(bytes) = block.get(from..from + MOVE)
            && let Some(place) = out.get_mut(to..to + MOVE)
        {
            place.copy_from_slice(bytes);
        } else {
            if literals == 15 {
                literals += more(block, &mut from).ok_or(SHORT)?;
            }
            let bytes = block.get(from..).and_then(|rest| rest.get(..literals)).ok_or(SHORT)?;
            out.get_mut(to..).and_then(|rest| rest.get_mut(..literals)).ok_or(LONG)?.copy_from_slice(bytes);
        }
        from += literals;
        to += literals;
        if to > most {
            return Err(LONG);
        }
        if to >= wanted || from == block.len() {
            return Ok(to);
        }
        let Some(&[low, high]) = block.get(from..from + 2) else { return Err(SHORT) };
        from += 2;
        let distance = usize::from(u16::from_le_bytes([low, high]));
        let mut length = (token & 15) + 4;
        if length == 19 {
            length += more(block, &mut from).ok_or(SHORT)?;
        }
        let Some(start) = to.checked_sub(distance).filter(|_| distance > 0) else {
            return Err("it points before its beginning");
        };
        if length > most - to {
            return Err(LONG);
        }
        if distance >= MOVE && length <= MOVE {
            copy::<MOVE>(out, start, to);
        } else if distance >= 8 {
            for at in (0..length).step_by(8) {
                copy::<8>(out, start + at, to + at);
            }
        } else {
            for at in 0..length {
                copy::<1>(out, start + at, to + at);
            }
        }
        to += length;
    }
}

/// Copies some bytes within; what is not there is left.
#[inline(always)]
fn copy<const N: usize>(out: &mut [u8], from: usize, to: usize) {
    let bytes: Option<[u8; N]> = out.get(from..from + N).and_then(|b| b.try_into().ok());
    if let (Some(bytes), Some(place)) = (bytes, out.get_mut(to..to + N)) {
        place.copy_from_slice(&bytes);
    }
}

/// The rest of a length: bytes of 255 and a last one.
#[cold]
fn more(block: &[u8], from: &mut usize) -> Option<usize> {
    let mut length = 0usize;
    loop {
        let byte = *block.get(*from)?;
        *from += 1;
        length += usize::from(byte);
        if byte != 255 {
            return Some(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(block: &[u8], n: usize) -> Result<Vec<u8>, &'static str> {
        let mut out = vec![0; n + SLACK];
        let size = beginning(block, &mut out, n)?;
        out.truncate(size);
        Ok(out)
    }

    proptest::proptest! {
        #[test]
        fn what_the_library_packs_is_unpacked(seed in proptest::collection::vec(0u8..4, 0..3000), repeat in 1usize..40) {
            let bytes: Vec<u8> = seed.iter().flat_map(|b| std::iter::repeat_n(*b, 1 + usize::from(*b) * repeat / 8)).collect();
            let block = lz4_flex::block::compress(&bytes);
            proptest::prop_assert_eq!(whole(&block, bytes.len()).unwrap(), bytes.clone());
            // And as far as is wanted.
            let wanted = bytes.len() / 2;
            let mut out = vec![0; bytes.len() + SLACK];
            let size = unpack(&block, &mut out, wanted).unwrap();
            proptest::prop_assert!(size >= wanted);
            proptest::prop_assert_eq!(&out[..wanted], &bytes[..wanted]);
        }

        #[test]
        fn bytes_of_any_kind_are_refused_or_read(block in proptest::collection::vec(proptest::num::u8::ANY, 0..300), n in 0usize..600) {
            if let Ok(bytes) = whole(&block, n) {
                proptest::prop_assert!(bytes.len() <= n);
            }
        }
    }
}
