//! A row of a horizon.

/// From here on a value stands for none: IESX writes 3.4028235E+38, OpendTect 1e30.
const UNDEFINED: f64 = 1e29;

/// The largest number of 32 bits without an exponent, as it is written for a z that is undefined. It is wider than its column, so that
/// everything behind it is out of place.
const WIDE: &str = "340282346638528859811704183484516925440.00";

/// What stands in a row; `None` where it is blank or undefined.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    /// Place of its horizon in the file.
    pub(super) horizon: usize,
    pub(super) at: u64,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) z: Option<f64>,
    pub(super) segment: Option<i64>,
    pub(super) code: Option<i64>,
    pub(super) shotpoint: Option<f64>,
    pub(super) cdp: Option<f64>,
    pub(super) trace: Option<i64>,
    pub(super) amplitude: Option<f64>,
    pub(super) inline: Option<i64>,
    /// Name of a 2D line.
    pub(super) line: Option<String>,
    /// What stands behind the number of an inline.
    pub(super) remark: Option<String>,
    /// The numbers of the row below, where it has nothing but numbers.
    pub(super) further: Vec<Option<f64>>,
}

impl Row {
    /// Reads a row by its columns or, where a number is wider than its column, by the blanks between.
    pub(super) fn of(text: &str, horizon: usize, at: u64) -> Option<Row> {
        let text = if text.contains(WIDE) { &*text.replacen(WIDE, " 1.00E+30", 1) } else { text };
        let row = by_columns(text).or_else(|| by_words(text))?;
        Some(Row { horizon, at, ..row })
    }
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    fast_float2::parse::<f64, _>(text).ok().filter(|n| n.is_finite())
}

/// The numbers of a row that has nothing else.
pub(super) fn numbers(text: &str) -> Option<Vec<Option<f64>>> {
    text.split_whitespace().map(|w| number(w).map(defined)).collect::<Option<Vec<_>>>().filter(|n| !n.is_empty())
}

fn defined(value: f64) -> Option<f64> {
    Some(value).filter(|v| v.abs() < UNDEFINED)
}

/// A blank column is `Some(None)`; one that holds no number is `None`.
fn decimal(text: &str) -> Option<Option<f64>> {
    if text.is_empty() { Some(None) } else { number(text).map(defined) }
}

/// As [`decimal`], where a number has a point or an exponent: without one it is a part of something else.
fn pointed(text: &str) -> Option<Option<f64>> {
    if text.is_empty() || text.contains(['.', 'E', 'e']) { decimal(text) } else { None }
}

fn whole(text: &str) -> Option<Option<i64>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

fn by_columns(text: &str) -> Option<Row> {
    // A row reaches z at least: a row of one or two numbers may have them where x and y are.
    if text.trim_end().len() < 39 {
        return None;
    }
    let part = |from: usize, to: usize| {
        if from >= text.len() { Some("") } else { text.get(from..to.min(text.len())).map(str::trim) }
    };
    let mut row = Row {
        x: decimal(part(0, 16)?)??,
        y: decimal(part(16, 32)?)??,
        segment: whole(part(32, 35)?)?,
        code: whole(part(35, 38)?)?,
        z: pointed(part(38, 47)?)?,
        shotpoint: pointed(part(47, 57)?)?,
        cdp: pointed(part(57, 67)?)?,
        trace: whole(part(67, 72)?)?,
        amplitude: decimal(part(72, 86)?)?,
        ..Row::default()
    };
    // The column between the amplitude and the kind of line is blank.
    if !part(86, 87)?.is_empty() {
        return None;
    }
    row.line_of(part(87, usize::MAX)?);
    Some(row)
}

fn by_words(text: &str) -> Option<Row> {
    let mut rest = text;
    let mut word = || {
        let from = rest.trim_start();
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        let (word, behind) = from.split_at_checked(end)?;
        rest = behind;
        Some(word).filter(|w| !w.is_empty())
    };
    let mut row = Row {
        x: decimal(word()?)??,
        y: decimal(word()?)??,
        segment: whole(word()?)?,
        code: whole(word()?)?,
        z: pointed(word()?)?,
        shotpoint: pointed(word()?)?,
        cdp: pointed(word()?)?,
        trace: whole(word()?)?,
        ..Row::default()
    };
    let rest = rest.trim();
    let (next, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // An amplitude has a point; without one it is the kind of the line.
    let amplitude = pointed(next).filter(|_| !next.is_empty());
    row.amplitude = amplitude.flatten();
    row.line_of(if amplitude.is_some() { behind.trim() } else { rest });
    Some(row)
}

impl Row {
    /// `I    376 XX` or `2 276-109::normTOv`; anything else is a name as a whole.
    fn line_of(&mut self, text: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if let Some(rest) = text.strip_prefix('I').filter(|r| r.starts_with(' ')) {
            let rest = rest.trim();
            let (number, remark) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            if let Ok(number) = number.parse() {
                self.inline = Some(number);
                self.remark = some(remark.trim());
                return;
            }
        }
        self.line = match text.strip_prefix("2 ") {
            Some(name) => some(name.trim()),
            None => some(text),
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn columns_decide_and_wide_numbers_are_read_by_the_blanks() {
        let row = Row::of(
            "  6.20986880E+05  6.08088236E+06  0 14   648.62    914.00    914.00  914 5.3956040E+03 I    376 XX",
            0,
            3,
        );
        let row = row.unwrap();
        assert_eq!((row.x, row.y, row.z, row.trace), (620_986.88, 6_080_882.36, Some(648.62), Some(914)));
        assert_eq!((row.inline, row.remark.as_deref(), row.amplitude), (Some(376), Some("XX"), Some(5395.604)));
        // Numbers may touch each other.
        let row = Row::of(
            "  6.20986880E+05  6.08088236E+06  0 14-12345.62    914.00    914.0012914 5.3956040E+03 I    376",
            0,
            3,
        );
        let row = row.unwrap();
        assert_eq!((row.z, row.trace), (Some(-12345.62), Some(12914)));
        // An undefined z is wider than its column.
        let wide = "  6.20986880E+05  6.08088236E+06  0 14340282346638528859811704183484516925440.00    914.00    914.00  914 5.3956040E+03 I    376 XX";
        let row = Row::of(wide, 0, 3).unwrap();
        assert_eq!((row.z, row.cdp, row.inline, row.amplitude), (None, Some(914.0), Some(376), Some(5395.604)));
        let row =
            Row::of("  1.0E+05  2.0E+05  1 14  27.85   5460.00  16382.00 4262               2 276-109::normTOv", 0, 1);
        assert_eq!(row.unwrap().line.as_deref(), Some("276-109::normTOv"));
    }
}
