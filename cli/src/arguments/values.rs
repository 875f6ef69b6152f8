//! Values of arguments, as they are typed.

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((a, b)) if !a.trim().is_empty() && !b.trim().is_empty() => Ok((a.trim().to_owned(), b.trim().to_owned())),
        _ => Err(format!("`{text}`: expected NAME=VALUE, such as x=Easting")),
    }
}

pub(super) fn degrees(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("`{text}`: expected degrees, such as -1.25"))?;
    if (-180.0..=180.0).contains(&value) { Ok(value) } else { Err(format!("{value}: expected -180 to 180 degrees")) }
}

pub(super) fn age(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let seconds = match unit {
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    match number.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(seconds)) {
        Some(age) if seconds > 0 => Ok(std::time::Duration::from_secs(age)),
        _ => Err(format!("`{text}`: expected an age such as 30m, 12h or 7d")),
    }
}

pub(super) fn finite(text: &str) -> Result<f64, String> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|v| v.is_finite())
        .ok_or_else(|| format!("`{text}`: expected a number such as 250"))
}

/// Two different finite numbers, such as `0,150`.
pub(super) fn range(text: &str) -> Result<(f64, f64), String> {
    let expected = || format!("expected two different numbers such as 0,150, found `{text}`");
    let (a, b) = text.split_once(',').ok_or_else(expected)?;
    let (a, b): (f64, f64) = (a.trim().parse().map_err(|_| expected())?, b.trim().parse().map_err(|_| expected())?);
    if a.is_finite() && b.is_finite() && a != b { Ok((a, b)) } else { Err(expected()) }
}

pub(super) fn positive(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|v| *v > 0.0).ok_or_else(|| format!("`{text}`: expected a number above 0, such as 250"))
}

pub(super) fn not_negative(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|v| *v >= 0.0).ok_or_else(|| format!("`{text}`: expected 0 or a number above it"))
}

pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let lower = text.trim().to_lowercase();
    let (number, unit) = lower.split_at(lower.find(|c: char| c.is_alphabetic()).unwrap_or(lower.len()));
    let factor: f64 = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 1.0,
        "k" => 1024.0,
        "m" => 1_048_576.0,
        "g" => 1_073_741_824.0,
        _ => return Err(format!("`{text}`: expected a size such as 512MiB or 4GiB")),
    };
    match number.trim().parse::<f64>() {
        Ok(n) if n * factor >= 1_048_576.0 => Ok((n * factor) as usize),
        _ => Err(format!("`{text}`: expected a size of at least 1MiB, such as 512MiB or 4GiB")),
    }
}
