//! Whether a file is SEG-Y or Seismic Unix, by its first bytes.

use super::binary::{BINARY_HEADER, BinaryHeader};
use super::field::TRACE_HEADER;
use super::layout::order_mark;
use super::text::{LINE, TEXT_HEADER, TextEncoding};
use super::{ByteOrder, SampleFormat};

const FIRST_TRACE: usize = TEXT_HEADER + BINARY_HEADER;

/// Whether a file that begins with these bytes (3600 at least, more are better) is SEG-Y. `length` is that of the file,
/// where known.
///
/// A text header in EBCDIC is as good as a mark. With any other text header, or none, the binary header decides, in
/// either byte order: it must state a sample format of the standard and be sane besides. Files that end before the
/// binary header does are recognised by an EBCDIC text header, so that their reader can say what is wrong with them.
/// Text tables never are: where the binary header would be they have letters, which make no sample format.
pub fn recognise(prefix: &[u8], length: Option<u64>) -> bool {
    let text = prefix.get(..TEXT_HEADER.min(prefix.len())).unwrap_or_default();
    let ebcdic = text.len() == TEXT_HEADER && is_ebcdic(text);
    let Some(binary) = prefix.get(TEXT_HEADER..FIRST_TRACE) else { return ebcdic };
    if ebcdic {
        // A text that goes on is but a text.
        return !is_ebcdic(binary);
    }
    let told = match text {
        text if is_cards(text) => 3,
        text if text.iter().all(|b| matches!(b, 0 | b' ' | 0x40)) => 1,
        text if TextEncoding::detect(text).1 > 0.5 => 1,
        _ => 0,
    };
    let sane = |order: ByteOrder| {
        let header = BinaryHeader::new(binary.to_vec(), order);
        sanity(&header, prefix.get(FIRST_TRACE..).unwrap_or_default(), length).is_some_and(|points| points + told >= 6)
    };
    match order_mark(binary) {
        Some(order) => sane(order),
        None => sane(ByteOrder::Big) || sane(ByteOrder::Little),
    }
}

/// Whether a text header is EBCDIC: mostly blanks (0x40), letters and digits of that character set, and not of ASCII.
fn is_ebcdic(text: &[u8]) -> bool {
    let (encoding, share) = TextEncoding::detect(text);
    let blanks = text.iter().filter(|b| **b == 0x40).count();
    let letters = text.iter().filter(|b| matches!(b, 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9)).count();
    encoding == TextEncoding::Ebcdic && share > 0.6 && blanks > text.len() / 5 && letters > 20
}

/// Whether an ASCII text header has the lines of a card image: `C 1`, `C01` every 80 characters.
fn is_cards(text: &[u8]) -> bool {
    let card =
        |line: &[u8]| line.first() == Some(&b'C') && line.get(1..3).is_some_and(|n| n.iter().any(u8::is_ascii_digit));
    text.chunks(LINE).filter(|line| card(line)).count() >= 5
}

/// How sane a binary header is, in points; `None` where it can't be one.
fn sanity(header: &BinaryHeader, rest: &[u8], length: Option<u64>) -> Option<u32> {
    let format = SampleFormat::from_code(i32::from(header.i16(3225)));
    // Format 4 is known, though it is not read.
    let width = match &format {
        Ok(format) => format.width() as u64,
        Err(_) if header.i16(3225) == 4 => 4,
        Err(_) => return None,
    };
    let samples = u64::from(header.u16(3221));
    let many = u64::from(header.u32(3269));
    let marked = order_mark(&header.bytes).is_some();
    let mut points = 0;
    points += u32::from(samples > 0 || (marked && many > 0));
    points += u32::from(header.i16(3217) > 0);
    points += 3 * u32::from(marked);
    points += u32::from(header.revision().1 && header.revision_bytes() != [0, 0]);
    let small = |byte: u16, most: i16| (0..=most).contains(&header.i16(byte));
    points += u32::from(small(3229, 9) && small(3255, 2) && small(3503, 1) && (-1..=1000).contains(&header.i16(3505)));
    // What the earlier revisions leave unassigned is mostly empty.
    let empty = header.bytes.get(100..300).is_some_and(|b| b.iter().all(|b| *b == 0));
    points += u32::from(empty);
    if header.i16(3505) == 0 && rest.len() >= TRACE_HEADER {
        let stated = u64::from(header.order.u16(rest, 114));
        points += 2 * u32::from(stated > 0 && stated == samples);
        points += u32::from(header.i16(3217) > 0 && header.order.i16(rest, 116) == header.i16(3217));
    }
    if let Some(traces) = length.and_then(|l| l.checked_sub(FIRST_TRACE as u64)).filter(|l| *l > 0) {
        let stride = TRACE_HEADER as u64 + samples * width;
        points += 3 * u32::from(samples > 0 && traces.is_multiple_of(stride));
    }
    Some(points)
}

/// Whether a file that begins with these bytes is Seismic Unix: traces with SEG-Y trace headers and 32 bit floats, and
/// nothing before them. There is no mark; the number of samples of the first trace must lead to headers that agree, or
/// to the end. A file ending (`.su`) should speak for it too.
pub fn recognise_seismic_unix(prefix: &[u8], length: Option<u64>) -> bool {
    let sane = |order: ByteOrder| {
        let Some(first) = prefix.get(..TRACE_HEADER) else { return false };
        let samples = usize::from(order.u16(first, 114));
        let id = order.i16(first, 28);
        let interval = order.i16(first, 116);
        let stride = TRACE_HEADER + samples * SampleFormat::Float32.width();
        if samples == 0 || interval < 0 || !(0..=255).contains(&id) {
            return false;
        }
        let next: Vec<&[u8]> = prefix.chunks(stride).skip(1).take(8).filter_map(|t| t.get(..TRACE_HEADER)).collect();
        let agree = next.iter().all(|t| usize::from(order.u16(t, 114)) == samples && order.i16(t, 116) == interval);
        let whole = length.is_none_or(|l| l.is_multiple_of(stride as u64));
        let single = length == Some(stride as u64);
        // Without a second header to compare with, the length must fit and the header be that of a trace.
        let alone =
            next.is_empty() && length.is_some() && whole && (single || (interval > 0 && order.i32(first, 0) >= 0));
        whole && agree && (!next.is_empty() || alone)
    };
    sane(ByteOrder::Big) || sane(ByteOrder::Little)
}
