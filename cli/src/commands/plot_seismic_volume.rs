//! The volume that a seismic section is of, and the offset that is drawn where its places have several traces.

use anyhow::{Context, Result, bail};
use outcrop_session::{Answer, Session};

use super::plot::{column, one};
use crate::context::{quoted, rows};

/// A volume of the project, or a file.
pub(super) struct Volume {
    /// As the user names it.
    pub(super) name: String,
    /// Its table in SQL.
    pub(super) table: String,
    /// Whether it is one of the project's.
    pub(super) own: bool,
    columns: Vec<String>,
}

impl Volume {
    pub(super) async fn of(session: &Session, name: &str) -> Result<Volume> {
        // A file has an ending, a volume of the project has none.
        let own = !name.contains(['.', '/']) || name.starts_with("seismic.");
        let table = if own {
            format!("seismic.\"{}\"", name.trim_start_matches("seismic.").replace('"', "\"\""))
        } else {
            quoted(name)
        };
        let columns = columns(session, &table).await?.into_iter().map(|(name, _)| name).collect();
        Ok(Volume { name: name.to_owned(), table, own, columns })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c == column)
    }

    /// Its name without folder and ending.
    pub(super) fn short(&self) -> &str {
        if self.own {
            return self.name.trim_start_matches("seismic.");
        }
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }
}

/// The columns of a table, and whether they are numbers.
pub(super) async fn columns(session: &Session, table: &str) -> Result<Vec<(String, bool)>> {
    let Answer::Rows(rows) = session.sql(&format!("SELECT * FROM {table} LIMIT 0")).await? else {
        bail!("{table} is no table");
    };
    Ok(rows.schema().fields().iter().map(|f| (f.name().clone(), f.data_type().is_numeric())).collect())
}

/// How many traces there are, at how many places.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) traces: usize,
    pub(super) places: usize,
    /// The first and the last place; NaN where there is none.
    pub(super) first: f64,
    pub(super) last: f64,
}

impl Counts {
    /// Of the traces that meet a condition, by a column.
    pub(super) async fn of(session: &Session, table: &str, condition: &str, by: &str) -> Result<Counts> {
        let sql = format!(
            "SELECT count(*) AS traces, count(DISTINCT {by}) AS places, min({by}) AS first, max({by}) AS last \
             FROM {table} WHERE {condition}"
        );
        let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(Counts::default()) };
        let value = |name: &str| -> Result<f64> { Ok(column(&batch, name)?.first().copied().unwrap_or(f64::NAN)) };
        Ok(Counts {
            traces: value("traces")? as usize,
            places: value("places")? as usize,
            first: value("first")?,
            last: value("last")?,
        })
    }
}

/// The traces of a whole volume for a slice or a line across it, of one offset where its bins have several.
pub(super) async fn whole(session: &Session, volume: &Volume, asked: Option<i64>) -> Result<Option<Chosen>> {
    if asked.is_none() && !volume.has("offset") {
        return Ok(None);
    }
    let numbered = "inline IS NOT NULL AND crossline IS NOT NULL";
    let sql = format!(
        "SELECT count(*) AS places, sum(n) AS traces FROM (SELECT inline, crossline, count(*) AS n FROM {} WHERE {numbered} \
         GROUP BY inline, crossline)",
        volume.table
    );
    let Some(batch) = one(&rows(session, &sql).await?)? else { return Ok(None) };
    let value = |name: &str| -> Result<f64> { Ok(column(&batch, name)?.first().copied().unwrap_or(f64::NAN)) };
    let found = Counts {
        traces: value("traces")? as usize,
        places: value("places")? as usize,
        first: f64::NAN,
        last: f64::NAN,
    };
    chosen(session, volume, numbered, found, asked).await
}

/// The one offset of several that is drawn.
#[derive(Debug, PartialEq)]
pub(super) struct Chosen {
    offset: i64,
    /// Traces that have it.
    pub(super) traces: usize,
    /// Places that there are with any offset.
    places: usize,
    /// How many offsets there are, the least and the greatest.
    all: (usize, i64, i64),
}

impl Chosen {
    /// The traces of a table that have it, as a table.
    pub(super) fn of(&self, table: &str) -> String {
        format!("(SELECT * FROM {table} WHERE \"offset\" = {})", self.offset)
    }

    /// For the subtitle.
    pub(super) fn said(&self, by: &str) -> String {
        let (count, first, last) = self.all;
        let of = if count > 1 { format!(" of {count} ({first} to {last})") } else { String::new() };
        let part = if self.traces < self.places {
            format!(", at {} of {} {by}s", self.traces, self.places)
        } else {
            String::new()
        };
        format!("offset {}{of}{part}", self.offset)
    }
}

/// The offset that is drawn of traces that meet a condition: the one asked for, or the nearest where places have several
/// traces; none where each place has one trace.
///
/// # Errors
/// An offset that is not there; places that have several traces which no offset tells apart.
pub(super) async fn chosen(
    session: &Session,
    volume: &Volume,
    condition: &str,
    found: Counts,
    asked: Option<i64>,
) -> Result<Option<Chosen>> {
    let repeated = found.traces > found.places;
    if !repeated && asked.is_none() {
        return Ok(None);
    }
    let mut offsets = Vec::new();
    if volume.has("offset") {
        let sql = format!(
            "SELECT \"offset\" AS distance, count(*) AS traces FROM {} WHERE {condition} AND \"offset\" IS NOT NULL \
             GROUP BY \"offset\" ORDER BY \"offset\"",
            volume.table
        );
        if let Some(batch) = one(&rows(session, &sql).await?)? {
            let traces = column(&batch, "traces")?;
            offsets =
                column(&batch, "distance")?.into_iter().zip(traces).map(|(o, n)| (o as i64, n as usize)).collect();
        }
    }
    let chosen = choose(&offsets, found.places, asked)?;
    match chosen {
        Some(chosen) if chosen.traces <= found.places => Ok(Some(chosen)),
        Some(chosen) => bail!(
            "{} traces with offset {} are at {} places, so that several are at one; {ONE}",
            chosen.traces,
            chosen.offset,
            found.places
        ),
        None => bail!("{} traces are at {} places, and no offset tells them apart; {ONE}", found.traces, found.places),
    }
}

/// What to do about traces that nothing known here tells apart.
const ONE: &str = "keep one of each as a volume and draw that: CREATE TABLE seismic.one AS SELECT … WHERE …";

/// Of offsets, ascending, with the traces that each has: the one asked for, or the nearest.
fn choose(offsets: &[(i64, usize)], places: usize, asked: Option<i64>) -> Result<Option<Chosen>> {
    let (Some((first, _)), Some((last, _))) = (offsets.first(), offsets.last()) else {
        if let Some(asked) = asked {
            bail!("--offset {asked}: the traces state no offset; leave --offset out");
        }
        return Ok(None);
    };
    let all = (offsets.len(), *first, *last);
    let near = asked.unwrap_or(0);
    let (offset, traces) =
        *offsets.iter().min_by_key(|(o, _)| (o.abs_diff(near), *o < 0)).context("there are no offsets")?;
    if let Some(asked) = asked.filter(|a| *a != offset) {
        bail!("there is no offset {asked}; of {} from {first} to {last} the nearest is {offset}", all.0);
    }
    // A single offset tells nothing apart.
    Ok((asked.is_some() || all.0 > 1).then_some(Chosen { offset, traces, places, all }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_offset_is_drawn_or_the_one_asked_for() -> Result<()> {
        let offsets = [(-300, 4), (-100, 4), (100, 3), (500, 4)];
        let of = |asked| choose(&offsets, 4, asked);
        let nearest = of(None)?.context("none")?;
        assert_eq!((nearest.offset, nearest.traces), (100, 3));
        assert_eq!(nearest.said("cdp"), "offset 100 of 4 (-300 to 500), at 3 of 4 cdps");
        assert_eq!(nearest.of("t"), "(SELECT * FROM t WHERE \"offset\" = 100)");
        assert_eq!(of(Some(500))?.context("none")?.said("cdp"), "offset 500 of 4 (-300 to 500)");
        let text = of(Some(450)).err().context("there is none")?.to_string();
        assert!(text.contains("no offset 450") && text.contains("nearest is 500"), "{text}");
        assert_eq!(choose(&[(0, 9)], 4, None)?, None);
        assert!(choose(&[], 4, Some(1)).is_err());
        Ok(())
    }
}
