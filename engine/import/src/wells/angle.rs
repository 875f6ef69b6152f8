//! Longitudes and latitudes as headers write them: decimal degrees, or degrees, minutes and seconds.

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Longitude,
    Latitude,
}

/// Degrees, east and north positive; none for what is not an angle in range. A sign or one of the letters N, S, E, W
/// gives the hemisphere, which is not guessed: without either the number is as it stands.
pub(crate) fn parse(text: &str, axis: Axis) -> Option<f64> {
    let most = if axis == Axis::Longitude { 180.0 } else { 90.0 };
    let upper = text.trim().to_uppercase();
    let degrees = match upper.parse::<f64>() {
        Ok(value) => value,
        Err(_) => sexagesimal(&upper, axis)?,
    };
    (degrees.is_finite() && degrees.abs() <= most).then_some(degrees)
}

fn sexagesimal(text: &str, axis: Axis) -> Option<f64> {
    let mut numbers: Vec<&str> = Vec::new();
    let mut hemisphere = None;
    for part in text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c.is_alphabetic())) {
        for piece in pieces(part) {
            if piece.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
                numbers.push(piece);
                continue;
            }
            match (piece, axis) {
                ("N" | "NORTH", Axis::Latitude) | ("E" | "EAST", Axis::Longitude) => hemisphere = Some(1.0),
                ("S" | "SOUTH", Axis::Latitude) | ("W" | "WEST", Axis::Longitude) => hemisphere = Some(-1.0),
                ("DEG" | "DEGREES" | "D" | "MIN" | "MINUTES" | "M" | "SEC" | "SECONDS" | "DMS" | "", _) => {}
                // `S` after a longitude's seconds, or a word that says something else: not understood.
                _ => return None,
            }
        }
    }
    let mut values = numbers.iter().map(|n| n.parse::<f64>().ok());
    let degrees = values.next()??;
    let minutes = values.next().unwrap_or(Some(0.0))?;
    let seconds = values.next().unwrap_or(Some(0.0))?;
    let in_range = |v: f64| (0.0..60.0).contains(&v);
    if values.next().is_some() || !in_range(minutes) || !in_range(seconds) {
        return None;
    }
    // Whole degrees (and minutes) come before smaller parts.
    if (numbers.len() > 1 && degrees.fract() != 0.0) || (numbers.len() > 2 && minutes.fract() != 0.0) {
        return None;
    }
    let negative = numbers.first().is_some_and(|n| n.starts_with('-'));
    if negative && hemisphere.is_some() {
        return None;
    }
    let size = degrees.abs() + minutes / 60.0 + seconds / 3600.0;
    Some(size * hemisphere.unwrap_or(if negative { -1.0 } else { 1.0 }))
}

/// Splits where digits and letters meet: `43N` is `43` and `N`.
fn pieces(part: &str) -> Vec<&str> {
    let mut result = Vec::new();
    let mut start = 0;
    let mut last: Option<bool> = None;
    for (i, c) in part.char_indices() {
        let letter = c.is_alphabetic();
        if last.is_some_and(|l| l != letter) {
            result.extend(part.get(start..i));
            start = i;
        }
        last = Some(letter);
    }
    result.extend(part.get(start..).filter(|p| !p.is_empty()));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_read() {
        let near = |text: &str, axis, expected: f64| {
            let found = parse(text, axis);
            assert!(found.is_some_and(|v| (v - expected).abs() < 1e-9), "{text}: {found:?}");
        };
        near("37.3153", Axis::Latitude, 37.3153);
        near("-102.34567", Axis::Longitude, -102.34567);
        near("45° 30' 36\" N", Axis::Latitude, 45.51);
        near("002 30 00 W", Axis::Longitude, -2.5);
        near("45 DEG 12' 18'' S", Axis::Latitude, -(45.0 + 12.0 / 60.0 + 18.0 / 3600.0));
        near("N 51 deg 30 min", Axis::Latitude, 51.5);
        near("4:52:48.0E", Axis::Longitude, 4.88);
    }

    #[test]
    fn what_is_not_an_angle_is_none() {
        for text in ["", "unknown", "95.0", "45 70 00 N", "45 10 10 E", "12.5 30 10", "1 2 3 4", "-45 N"] {
            assert_eq!(parse(text, Axis::Latitude), None, "{text}");
        }
    }
}
