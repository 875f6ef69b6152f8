//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use outcrop_types::Issue;

use super::error::TableError;
use super::layout::TextEncoding;

/// The text of a file without its byte order mark, and the encoding it was in.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    stated: Option<TextEncoding>,
    issues: &mut Vec<Issue>,
) -> Result<(Cow<'a, str>, TextEncoding), TableError> {
    let (marked, body) = byte_order_mark(bytes);
    let encoding = match (stated, marked) {
        (Some(encoding), _) => encoding,
        (None, Some(encoding)) => encoding,
        (None, None) => match without_mark(body) {
            Some(encoding) => encoding,
            None => {
                refuse_binary(body)?;
                if is_utf8(body) { TextEncoding::Utf8 } else { TextEncoding::Windows1252 }
            }
        },
    };
    // A mark belongs to the text only when it is the mark of another encoding than the one stated.
    let body = if marked == Some(encoding) { body } else { bytes };
    let text = match encoding {
        TextEncoding::Utf8 => utf8(body)?,
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => {
            let decoder = if encoding == TextEncoding::Utf16Le { UTF_16LE } else { UTF_16BE };
            let (text, bad) = decoder.decode_without_bom_handling(body);
            if bad {
                return Err(TableError::Encoding { encoding: encoding.as_str(), offset: first_bad_utf16(&text) });
            }
            text
        }
        TextEncoding::Windows1252 => {
            if stated.is_none() {
                issues.push(Issue::warning(
                    "encoding-assumed",
                    "the text is not UTF-8; read as windows-1252; state the encoding if letters look wrong",
                ));
            }
            WINDOWS_1252.decode_without_bom_handling(body).0
        }
    };
    refuse_binary(text.as_bytes())?;
    Ok((text, encoding))
}

fn byte_order_mark(bytes: &[u8]) -> (Option<TextEncoding>, &[u8]) {
    for (mark, encoding) in [
        (&[0xEF, 0xBB, 0xBF][..], TextEncoding::Utf8),
        (&[0xFF, 0xFE][..], TextEncoding::Utf16Le),
        (&[0xFE, 0xFF][..], TextEncoding::Utf16Be),
    ] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return (Some(encoding), rest);
        }
    }
    (None, bytes)
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn without_mark(bytes: &[u8]) -> Option<TextEncoding> {
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    if sample.len() < 4 || sample.len() % 2 != 0 {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    if odd * 10 >= half * 9 && even * 10 <= half {
        Some(TextEncoding::Utf16Le)
    } else if even * 10 >= half * 9 && odd * 10 <= half {
        Some(TextEncoding::Utf16Be)
    } else {
        None
    }
}

/// Control characters that no text table holds. Tab, line ends, form feed and the end-of-file mark of DOS are allowed.
fn refuse_binary(bytes: &[u8]) -> Result<(), TableError> {
    let allowed = |b: u8| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
    let sample = bytes.get(..bytes.len().min(1 << 16)).unwrap_or(bytes);
    let found = sample.iter().position(|b| !allowed(*b)).or_else(|| memchr::memchr(0, bytes));
    match found {
        Some(offset) => Err(TableError::Binary { offset, byte: bytes.get(offset).copied().unwrap_or(0) }),
        None => Ok(()),
    }
}

/// True also when only the last character is cut, as in the first part of a file.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > bytes.len() && error.valid_up_to() > 0,
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, TableError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) if error.error_len().is_none() => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid)
                .map(Cow::Borrowed)
                .map_err(|e| TableError::Encoding { encoding: "utf-8", offset: e.valid_up_to() })
        }
        Err(error) => Err(TableError::Encoding { encoding: "utf-8", offset: error.valid_up_to() }),
    }
}

fn first_bad_utf16(text: &str) -> usize {
    text.chars().take_while(|c| *c != char::REPLACEMENT_CHARACTER).map(char::len_utf16).sum::<usize>() * 2
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, TextEncoding) {
        let (text, encoding) = decode(bytes, None, &mut Vec::new()).unwrap();
        (text.into_owned(), encoding)
    }

    #[test]
    fn encodings_are_recognised() {
        assert_eq!(text(b"\xEF\xBB\xBFa,b"), ("a,b".to_owned(), TextEncoding::Utf8));
        assert_eq!(text(b"\xFF\xFEa\0,\0b\0"), ("a,b".to_owned(), TextEncoding::Utf16Le));
        assert_eq!(text(b"\0a\0,\0b\0c"), ("a,bc".to_owned(), TextEncoding::Utf16Be));
        assert_eq!(text(b"Sn\xF8hvit"), ("Snøhvit".to_owned(), TextEncoding::Windows1252));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let error = decode(b"a,b\n\x00\x01\x02", None, &mut Vec::new()).unwrap_err();
        assert_eq!(error, TableError::Binary { offset: 4, byte: 0 });
        let error = decode(b"\xFFabc", Some(TextEncoding::Utf8), &mut Vec::new()).unwrap_err();
        assert_eq!(error, TableError::Encoding { encoding: "utf-8", offset: 0 });
    }
}
