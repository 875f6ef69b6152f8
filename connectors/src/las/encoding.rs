//! From bytes to text: which encoding a file is in.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::LasError;

/// A file's bytes in an ASCII-compatible encoding, and the encoding its text is in.
pub(super) struct Source<'a> {
    /// The bytes, without byte order mark; UTF-16 and other encodings that do not contain ASCII as bytes have become UTF-8.
    pub bytes: Cow<'a, [u8]>,
    /// What the file was in.
    pub name: &'static str,
    /// The encoding of `bytes`; `None` when to be decided from the header: UTF-8 if it is valid, else windows-1252.
    encoding: Option<&'static Encoding>,
}

/// Finds the encoding by byte order mark, by the zero bytes of UTF-16, or as the caller says.
pub(super) fn open<'a>(bytes: &'a [u8], label: Option<&str>) -> Result<Source<'a>, LasError> {
    if bytes.starts_with(b"LASF") {
        return Err(LasError::Lidar);
    }
    let asked = match label {
        None => None,
        Some(label) => Some(
            Encoding::for_label(label.trim().as_bytes())
                .ok_or_else(|| LasError::UnknownEncoding { label: label.to_owned() })?,
        ),
    };
    let marked = Encoding::for_bom(bytes);
    let wide = marked.map(|(e, _)| e).or(asked).or_else(|| utf16_without_mark(bytes));
    match wide {
        Some(encoding) if !encoding.is_ascii_compatible() => {
            let (text, used, _) = encoding.decode(bytes);
            Ok(Source { bytes: Cow::Owned(text.into_owned().into_bytes()), name: used.name(), encoding: Some(UTF_8) })
        }
        other => {
            let skip = marked.map_or(0, |(_, length)| length);
            let body = bytes.get(skip..).unwrap_or_default();
            if let Some(offset) = body.iter().take(4096).position(|&b| b == 0) {
                return Err(LasError::Binary { offset: offset + skip, byte: 0, hint: hint(bytes) });
            }
            Ok(Source { bytes: Cow::Borrowed(body), name: other.map_or("UTF-8", Encoding::name), encoding: other })
        }
    }
}

/// UTF-16 without a byte order mark: ASCII text leaves every other byte zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(512))?;
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in head.chunks_exact(2) {
        if let [a, b] = pair {
            even += usize::from(*a == 0);
            odd += usize::from(*b == 0);
        }
    }
    let pairs = head.len() / 2;
    if pairs == 0 {
        return None;
    }
    let mostly = |n: usize| n * 10 >= pairs * 7;
    match (mostly(even), mostly(odd)) {
        (false, true) if even == 0 => Some(UTF_16LE),
        (true, false) if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// What a binary file may be.
fn hint(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(80)).unwrap_or_default();
    if head.windows(6).any(|w| w == b"RECORD") {
        "It looks like DLIS or LIS: import it as such"
    } else if head.starts_with(b"PK") || head.starts_with(&[0x1f, 0x8b]) {
        "It looks compressed: unpack it first"
    } else {
        "Export the log as LAS again"
    }
}

impl Source<'_> {
    /// Settles the encoding by the bytes of the header, unless it is known.
    pub(super) fn settle(&mut self, header_end: usize) {
        if self.encoding.is_some() {
            return;
        }
        let utf8 = match std::str::from_utf8(self.bytes.get(..header_end).unwrap_or_default()) {
            Ok(_) => true,
            // A header-only read may be given bytes that end inside a character.
            Err(e) => e.error_len().is_none(),
        };
        let encoding = if utf8 { UTF_8 } else { WINDOWS_1252 };
        self.name = encoding.name();
        self.encoding = Some(encoding);
    }

    /// A decoder for parts of `bytes`.
    pub(super) fn decoder(&self) -> Decoder {
        Decoder(self.encoding.unwrap_or(UTF_8))
    }
}

/// Turns parts of the bytes into text.
#[derive(Clone, Copy)]
pub(super) struct Decoder(&'static Encoding);

impl Decoder {
    /// The text; bytes that are not UTF-8 in a file taken for UTF-8 are read as windows-1252.
    pub(super) fn text<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        if self.0 == UTF_8 {
            match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
            }
        } else {
            self.0.decode_without_bom_handling(bytes).0
        }
    }
}
