//! Surfaces on a seismic section.

use anyhow::{Context, Result, bail};
use outcrop_seismic::Domain;
use outcrop_session::Session;

use super::plot::{column, numbers, one};
use super::plot_seismic_line::Line;
use super::plot_seismic_volume::columns;
use crate::context::rows;

/// A surface at the traces of a line.
pub(super) async fn along(session: &Session, surface: &str, line: &Line) -> Result<Vec<f64>> {
    let places: Vec<String> = line
        .x
        .iter()
        .zip(&line.y)
        .zip(0..)
        .filter(|((x, y), _)| x.is_finite() && y.is_finite())
        .map(|((x, y), n)| format!("({n}, {x:?}, {y:?})"))
        .collect();
    if places.is_empty() {
        bail!("the traces have no coordinates, so that `{surface}` can't be drawn on them");
    }
    let from = if surface.contains('.') { surface.to_owned() } else { format!("surfaces.{surface}") };
    let found = columns(session, &from).await.with_context(|| format!("--horizon {surface}"))?;
    let name = vertical(&found, line.axis.domain).with_context(|| format!("--horizon {surface}"))?;
    let sql = format!(
        "SELECT n, value FROM sample_grid((SELECT * FROM (VALUES {}) AS p(n, x, y)), \
         (SELECT x, y, \"{}\" AS z FROM {from})) ORDER BY n",
        places.join(", "),
        name.replace('"', "\"\"")
    );
    let batch = one(&rows(session, &sql).await?)?.with_context(|| format!("`{surface}` has no rows"))?;
    let (values, unit) = numbers(&batch, "value")?;
    if unit.as_deref().is_some_and(|u| u != line.axis.unit) {
        bail!(
            "`{surface}` is in {}, the volume in {}; take one of them to the domain of the other first",
            unit.unwrap_or_default(),
            line.axis.unit
        );
    }
    let mut all = vec![f64::NAN; line.x.len()];
    for (n, value) in column(&batch, "n")?.into_iter().zip(values) {
        if let Some(target) = all.get_mut(n as usize) {
            *target = value;
        }
    }
    Ok(all)
}

/// Names of times, and of depths.
const TIMES: [&str; 2] = ["twt", "time"];
const DEPTHS: [&str; 2] = ["depth", "tvdss"];

/// The column that is the time or depth of a surface: `z`; else one of the volume's domain, else that which operators give;
/// else the only other number, as horizon_amplitude takes it.
///
/// # Errors
/// No such column, several of one kind, or one of the other domain; x and y that are not there.
fn vertical(columns: &[(String, bool)], domain: Domain) -> Result<String> {
    let is = |name: &str, among: &[&str]| among.iter().any(|a| a.eq_ignore_ascii_case(name));
    let all = || columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(missing) = ["x", "y"].iter().find(|c| !columns.iter().any(|(name, _)| is(name, &[**c]))) {
        bail!("a surface is drawn by its x and y, and there is no column `{missing}`; it has: {}", all());
    }
    let (own, other): (&[&str], &[&str]) = match domain {
        Domain::Time => (&TIMES, &DEPTHS),
        Domain::Depth => (&DEPTHS, &TIMES),
        Domain::Frequency => (&[], &[]),
    };
    let numeric = || columns.iter().filter(|(_, numeric)| *numeric).map(|(name, _)| name);
    let sole: Vec<&String> = numeric().filter(|n| !is(n, &["x", "y", "inline", "crossline"])).collect();
    let kinds: [Vec<&String>; 4] = [
        numeric().filter(|n| is(n, &["z"])).collect(),
        numeric().filter(|n| is(n, own)).collect(),
        numeric().filter(|n| is(n, &["estimate", "value"])).collect(),
        sole,
    ];
    match kinds.iter().find(|k| !k.is_empty()).map(Vec::as_slice) {
        Some([one]) if is(one, other) => bail!(
            "`{one}` is a {}, and the volume is in {}; take one of them to the domain of the other first",
            if domain == Domain::Time { "depth" } else { "time" },
            domain.as_str()
        ),
        Some([one]) => Ok((*one).clone()),
        Some(several) => {
            let names: Vec<&str> = several.iter().map(|n| n.as_str()).collect();
            bail!(
                "any of {} could be the {} of the surface; keep one as z: CREATE VIEW surfaces.top AS SELECT x, y, \"{}\" AS z FROM …",
                names.join(", "),
                domain.as_str(),
                names.first().copied().unwrap_or_default()
            )
        }
        None => bail!(
            "no column of numbers is the {} of the surface, such as z, twt, time, depth, estimate or value; it has: {}",
            domain.as_str(),
            all()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_of_a_surface_is_found_or_named() {
        let of = |names: &str, domain| {
            let columns: Vec<(String, bool)> =
                names.split(' ').map(|n| (n.to_owned(), !["name", "crs"].contains(&n))).collect();
            vertical(&columns, domain).map_err(|e| e.to_string())
        };
        let time = |names| of(names, Domain::Time);
        for (names, found) in [
            ("x y z twt", "z"),
            ("x y twt depth", "twt"),
            ("inline crossline X Y TIME", "TIME"),
            ("x y estimate variance", "estimate"),
            ("x y value", "value"),
            ("name x y picked crs", "picked"),
        ] {
            assert_eq!(time(names).as_deref(), Ok(found), "{names}");
        }
        assert_eq!(of("x y twt depth", Domain::Depth).as_deref(), Ok("depth"));
        for (names, told) in [
            ("x y depth", "`depth` is a depth, and the volume is in time"),
            ("x y twt time", "any of twt, time could be"),
            ("x y a b", "any of a, b could be"),
            ("x y name", "it has: x, y, name"),
            ("inline crossline twt", "no column `x`"),
        ] {
            let text = time(names).unwrap_err();
            assert!(text.contains(told), "{names}: {text}");
        }
        assert!(of("x y twt", Domain::Depth).unwrap_err().contains("`twt` is a time"));
    }
}
