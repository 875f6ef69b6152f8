//! Text headers: 40 lines of 80 characters, EBCDIC or ASCII.

/// Bytes of a text header, and of a stanza record.
pub const TEXT_HEADER: usize = 3200;

/// Characters of a line of it.
pub const LINE: usize = 80;

/// The character set of a text header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextEncoding {
    /// EBCDIC, code page 037.
    Ebcdic,
    /// ASCII; bytes from 128 on are taken as Latin-1.
    Ascii,
}

impl TextEncoding {
    /// `EBCDIC` or `ASCII`.
    pub fn name(self) -> &'static str {
        match self {
            TextEncoding::Ebcdic => "EBCDIC",
            TextEncoding::Ascii => "ASCII",
        }
    }

    /// Which of the two makes more letters, digits and blanks of the bytes, and which part of the bytes those are (0 to 1).
    pub fn detect(bytes: &[u8]) -> (TextEncoding, f64) {
        let common = |c: u8| {
            c.is_ascii_alphanumeric() || matches!(c, b' ' | b'.' | b',' | b':' | b'-' | b'/' | b'=' | b'(' | b')')
        };
        let ascii = bytes.iter().filter(|b| common(**b)).count();
        let ebcdic = bytes.iter().filter(|b| common(latin1(**b))).count();
        let total = bytes.len().max(1) as f64;
        // A header of blanks and NULs: the blank decides.
        if ebcdic >= ascii {
            (TextEncoding::Ebcdic, ebcdic as f64 / total)
        } else {
            (TextEncoding::Ascii, ascii as f64 / total)
        }
    }

    /// The text of bytes: control characters become blanks.
    pub fn decode(self, bytes: &[u8]) -> String {
        let character = |b: &u8| match self {
            TextEncoding::Ebcdic => latin1(*b) as char,
            TextEncoding::Ascii => *b as char,
        };
        bytes.iter().map(character).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    /// The bytes of text, a `?` for every character the set does not have.
    pub fn encode(self, text: &str) -> Vec<u8> {
        text.chars()
            .map(|c| match self {
                TextEncoding::Ascii => u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?'),
                TextEncoding::Ebcdic => {
                    let byte = |c: char| u8::try_from(c).ok().and_then(|c| CP037.iter().position(|e| *e == c));
                    byte(c).unwrap_or(0x6f) as u8
                }
            })
            .collect()
    }
}

/// The character of an EBCDIC byte, in Latin-1.
fn latin1(byte: u8) -> u8 {
    CP037.get(usize::from(byte)).copied().unwrap_or(b' ')
}

/// A text header or an extended one, as it is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHeader {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its character set, as detected.
    pub encoding: TextEncoding,
}

impl TextHeader {
    /// A header of these bytes, its character set detected.
    pub fn new(bytes: Vec<u8>) -> Self {
        let (encoding, _) = TextEncoding::detect(&bytes);
        TextHeader { bytes, encoding }
    }

    /// A header of 40 lines of 80 characters; longer lines and further lines are cut off, `C 1 ` and so on are put before lines that do
    /// not begin with `C`.
    pub fn from_lines<S: AsRef<str>>(lines: &[S], encoding: TextEncoding) -> Self {
        let mut text = String::with_capacity(TEXT_HEADER);
        for number in 0..TEXT_HEADER / LINE {
            let line = lines.get(number).map_or("", |l| l.as_ref());
            // Lines that bear their number have it already.
            let numbered = matches!(line.as_bytes(), [b'C', b' ' | b'0'..=b'9', b'0'..=b'9', ..]);
            let line = if numbered { line.to_owned() } else { format!("C{:2} {line}", number + 1) };
            let line: String = line.chars().take(LINE).collect();
            text.push_str(&format!("{line:LINE$}"));
        }
        TextHeader { bytes: encoding.encode(&text), encoding }
    }

    /// The lines, without blanks at their ends. Texts with line breaks are split there, others every 80 characters.
    pub fn lines(&self) -> Vec<String> {
        let breaks = self.encoding == TextEncoding::Ascii && self.bytes.iter().filter(|b| **b == b'\n').count() > 1;
        let decode = |b: &[u8]| self.encoding.decode(b).trim_end().to_owned();
        if breaks {
            self.bytes.split(|b| *b == b'\n').map(decode).collect()
        } else {
            self.bytes.chunks(LINE).map(decode).collect()
        }
    }

    /// The whole text on one line.
    pub fn text(&self) -> String {
        self.encoding.decode(&self.bytes)
    }
}

/// EBCDIC code page 037 in Latin-1.
#[rustfmt::skip]
const CP037: [u8; 256] = [
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
    0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c,
    0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0xac,
    0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f,
    0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22,
    0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
    0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4,
    0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0xdd, 0xde, 0xae,
    0x5e, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0x5b, 0x5d, 0xaf, 0xa8, 0xb4, 0xd7,
    0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5,
    0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff,
    0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0x9f,
];
