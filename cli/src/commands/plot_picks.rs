//! `outcrop plot map --surface`: the picks of a surface, and the query that maps them.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use outcrop_session::Session;
use outcrop_types::near::nearest;
use outcrop_types::tables::TableName;

use super::plot::{column, one, texts};
use super::plot_grid::{MOST_NODES, thousands};
use crate::context::{quoted, rows};

/// With this many picks or fewer, every node is kriged from all of them: a map without the steps that come where the
/// nearest few change, at a cost that is still small.
const MOST_FOR_ALL: usize = 500;
/// With more, from this many nearest.
const NEAREST: u32 = 16;

/// A variogram, and with it a map, needs as many places.
const LEAST: usize = 3;
/// Surfaces that a message lists.
const LISTED: usize = 40;

/// Picks of a surface that have a position.
pub(super) struct Picks {
    condition: String,
    /// How many there are.
    count: usize,
    /// At how many places.
    places: usize,
    /// How far they reach along x and y, in the project's unit.
    extent: (f64, f64),
}

impl Picks {
    /// The picks of a surface, with positions from surveys where the project has some; else those they came with.
    pub(super) async fn of(session: &Session, surface: &str) -> Result<Picks> {
        let project = session.project().context("--surface needs a project; name one with --project")?;
        let snapshot = project.snapshot().await?;
        if !snapshot.has_table(&TableName::public("tops")) {
            bail!("the project has no tops; import some: outcrop import tops.csv");
        }
        let condition =
            format!("surface = {} AND x IS NOT NULL AND y IS NOT NULL AND tvdss IS NOT NULL", quoted(surface));
        let batch = one(&rows(session, &format!("SELECT x, y FROM tops_xyz WHERE {condition}")).await?)?;
        if let Some(batch) = batch {
            let (x, y) = (column(&batch, "x")?, column(&batch, "y")?);
            let places: HashSet<_> = x.iter().zip(&y).map(|(x, y)| (x.to_bits(), y.to_bits())).collect();
            let (count, places, extent) = (batch.num_rows(), places.len(), (extent(&x), extent(&y)));
            if places < LEAST {
                bail!("picks of `{surface}` with x, y and tvdss are at {places} places; a map needs {LEAST}");
            }
            return Ok(Picks { condition, count, places, extent });
        }
        let known = "SELECT surface, count(*) AS picks FROM tops GROUP BY surface ORDER BY picks DESC, surface";
        let (mut names, mut counts) = (Vec::new(), Vec::new());
        if let Some(batch) = one(&rows(session, known).await?)? {
            names = texts(&batch, "surface")?.unwrap_or_default().into_iter().flatten().collect();
            counts = column(&batch, "picks")?;
        }
        if let Some(at) = names.iter().position(|n| n == surface) {
            bail!(
                "there are {} picks of `{surface}`, but none has x, y and tvdss: import surveys and well heads, or draw your own query: --grid \"SELECT … FROM krige(…)\"",
                counts.get(at).copied().unwrap_or_default()
            );
        }
        if let Some(like) = nearest(surface, names.iter().map(String::as_str)) {
            bail!("there is no surface `{surface}`; did you mean `{like}`?");
        }
        let more = names.len().saturating_sub(LISTED);
        names.truncate(LISTED);
        let dots = if more > 0 { format!(", … and {more} more") } else { String::new() };
        bail!("there is no surface `{surface}`; there are: {}{dots}", names.join(", "))
    }

    /// Which data a node is estimated from, for people: `all 24 picks`, `the nearest 16 of 2310 picks`.
    pub(super) fn used(&self, neighbours: Option<u32>) -> String {
        let picks = if self.count > self.places {
            format!("{} places ({} picks, averaged where several are at one place)", self.places, self.count)
        } else {
            format!("{} picks", self.count)
        };
        match self.nearest(neighbours) {
            None => format!("all {picks}"),
            Some(n) => format!("the nearest {n} of {picks}"),
        }
    }

    /// How many of the nearest; none for all.
    fn nearest(&self, neighbours: Option<u32>) -> Option<u32> {
        neighbours.or((self.places > MOST_FOR_ALL).then_some(NEAREST)).filter(|n| (*n as usize) < self.places)
    }

    /// The query that makes the map.
    pub(super) fn map(&self, cell_size: Option<f64>, neighbours: Option<u32>) -> Result<String> {
        let cell = match cell_size {
            Some(cell) => self.checked(cell)?,
            None => self.cell_size(),
        };
        let search = match self.nearest(neighbours) {
            None => "global => true".to_owned(),
            Some(n) => format!("neighbours => {n}"),
        };
        let condition = &self.condition;
        // Two picks at one place have no exact surface through both.
        let data = if self.count > self.places {
            format!("SELECT x, y, avg(tvdss) AS tvdss FROM tops_xyz WHERE {condition} GROUP BY x, y")
        } else {
            format!("SELECT x, y, tvdss FROM tops_xyz WHERE {condition}")
        };
        Ok(format!("SELECT * FROM krige(({data}), cell_size => {cell}, {search})"))
    }

    /// The picks with the names of their wells.
    pub(super) fn points(&self) -> String {
        format!("SELECT x, y, well AS label FROM tops_xyz WHERE {}", self.condition)
    }

    /// A round size with about a hundred cells over the extent.
    fn cell_size(&self) -> f64 {
        round_up(self.extent.0.max(self.extent.1) / 100.0)
    }

    /// Refuses a size that makes more nodes than a map takes, or fewer than two.
    fn checked(&self, cell: f64) -> Result<f64> {
        let longest = self.extent.0.max(self.extent.1);
        if longest > 0.0 && cell > longest {
            bail!(
                "a cell size of {cell} is larger than the area of the picks, which is {longest:.0} across; use a smaller one, such as {}",
                self.cell_size()
            );
        }
        let along = |extent: f64| (extent / cell).ceil() + 1.0;
        let (nx, ny) = (along(self.extent.0), along(self.extent.1));
        if nx * ny > MOST_NODES as f64 {
            // Two nodes are allowed for at each end.
            let least = (0..60)
                .map(|k| round_up(longest / 20_000.0 * 1.2f64.powi(k)))
                .find(|c| (self.extent.0 / c + 2.0) * (self.extent.1 / c + 2.0) < MOST_NODES as f64)
                .unwrap_or_else(|| self.cell_size());
            bail!(
                "a cell size of {cell} makes {} × {} = {} nodes, and a map takes {} at most; use a larger one: {least} or more",
                thousands(nx),
                thousands(ny),
                thousands(nx * ny),
                thousands(MOST_NODES as f64)
            );
        }
        Ok(cell)
    }
}

fn extent(values: &[f64]) -> f64 {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    (high - low).max(0.0)
}

/// The next of 1, 2, 2.5 and 5 times a power of ten; 1 where there is no extent.
fn round_up(rough: f64) -> f64 {
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let magnitude = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * magnitude).find(|s| *s >= rough).unwrap_or(rough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(count: usize, x: f64, y: f64) -> Picks {
        Picks { condition: "TRUE".to_owned(), count, places: count, extent: (x, y) }
    }

    #[test]
    fn all_picks_are_used_while_they_are_few() {
        let map = |count, neighbours| picks(count, 9000.0, 5000.0).map(None, neighbours).unwrap_or_default();
        assert!(map(24, None).contains("cell_size => 100, global => true"), "{}", map(24, None));
        assert!(map(24, Some(8)).contains("neighbours => 8"));
        assert!(map(24, Some(40)).contains("global => true"));
        assert!(map(500, None).contains("global => true"));
        assert!(map(501, None).contains("neighbours => 16"));
        assert_eq!(picks(501, 1.0, 1.0).used(None), "the nearest 16 of 501 picks");
        assert_eq!(picks(24, 1.0, 1.0).used(None), "all 24 picks");
        let twice = Picks { places: 23, ..picks(24, 9000.0, 5000.0) };
        assert!(twice.map(None, None).unwrap_or_default().contains("GROUP BY x, y"));
        assert!(twice.used(None).starts_with("all 23 places (24 picks"));
    }

    #[test]
    fn a_slip_in_the_cell_size_is_refused_with_one_that_works() {
        let picks = picks(24, 20_000.0, 10_000.0);
        let error = picks.map(Some(0.01), None).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("2 000 001 × 1 000 001"), "{error}");
        let least = error.rsplit("larger one: ").next().and_then(|t| t.split(' ').next()).unwrap_or_default();
        let least: f64 = least.parse().unwrap_or(f64::NAN);
        assert!(picks.map(Some(least), None).is_ok(), "{error}");
        assert!(picks.map(Some(0.4 * least), None).is_err(), "{error}");
        assert!(picks.map(Some(1e9), None).is_err());
    }
}
