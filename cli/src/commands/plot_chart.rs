//! `outcrop plot crossplot` and `outcrop plot histogram`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use outcrop_plot::chart::{Axis, Bins, Coloring, Crossplot, Group, Histogram, Regression as Form};
use outcrop_plot::color::ColorMap;
use outcrop_plot::style::Paper;
use outcrop_session::Session;

use super::plot::{numbers, one, texts};
use super::plot_classes::{named, order_of_depth};
use crate::arguments::{Global, PlotCrossplot, PlotHistogram, Regression, Samples};
use crate::context::{project_session, quoted, rows};
use crate::picture::Target;

pub(crate) async fn crossplot(global: &Global, a: PlotCrossplot) -> Result<ExitCode> {
    let session = project_session(global).await?;
    let target = Target::new(global, session.roots(), &a.output)?;
    let map = ColorMap::by_name(&a.color_map)?;
    let mut wanted = vec![("x", a.x.as_str()), ("y", a.y.as_str())];
    wanted.extend(a.color.as_deref().map(|c| ("color", c)));
    let Some(batch) = samples(&session, &a.samples, &wanted).await? else { bail!("{NOTHING}") };
    let ((xs, x_unit), (ys, y_unit)) = (measured(&batch, "x")?, measured(&batch, "y")?);
    let x_unit = stated(x_unit, a.x_unit.clone(), "--x-unit", &a.x)?;
    let y_unit = stated(y_unit, a.y_unit.clone(), "--y-unit", &a.y)?;
    let axis = |label: &str, unit: Option<String>, range: Option<(f64, f64)>, log: bool, reversed: bool| Axis {
        label: title_of(label),
        unit,
        log,
        range: range.unwrap_or((f64::NAN, f64::NAN)),
        reversed,
    };
    let coloring = match a.color.as_deref() {
        None if a.density => Coloring::Density(map),
        None => Coloring::One,
        Some(name) => coloring(&session, &batch, name, a.color_range, map).await?,
    };
    let plot = Crossplot {
        title: a.title.unwrap_or_else(|| format!("{} and {}", title_of(&a.x), title_of(&a.y))),
        subtitle: Some(subtitle(&session, &a.samples)),
        // Density grows downwards, as on every neutron-density crossplot.
        y: axis(&a.y, y_unit.clone(), a.y_range, a.log_y, is_density(y_unit.as_deref())),
        x: axis(&a.x, x_unit, a.x_range, a.log_x, false),
        xs,
        ys,
        coloring,
        regression: a.regression.map(|r| match r {
            Regression::Linear => Form::Linear,
            Regression::Logarithmic => Form::Logarithmic,
            Regression::Exponential => Form::Exponential,
            Regression::Power => Form::Power,
        }),
        footer: None,
        paper: Paper::default(),
    };
    if a.regression.is_some() && plot.fitted().is_none() {
        bail!("there are too few samples with different {} for a regression", a.x);
    }
    target.write(session.roots(), plot.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn histogram(global: &Global, a: PlotHistogram) -> Result<ExitCode> {
    let session = project_session(global).await?;
    let target = Target::new(global, session.roots(), &a.output)?;
    let mut wanted = vec![("x", a.x.as_str())];
    wanted.extend(a.by.as_deref().map(|c| ("color", c)));
    let Some(batch) = samples(&session, &a.samples, &wanted).await? else { bail!("{NOTHING}") };
    let (values, unit) = measured(&batch, "x")?;
    let unit = stated(unit, a.unit.clone(), "--unit", &a.x)?;
    let groups = match &a.by {
        None => vec![Group { name: title_of(&a.x), values, rest: false }],
        Some(by) => {
            let (names, classes) = classes(&session, &batch, by).await?;
            let mut groups: Vec<Group> = names.into_iter().map(|name| Group { name, ..Group::default() }).collect();
            let mut none = Group { name: "none".into(), values: Vec::new(), rest: true };
            for (v, class) in values.into_iter().zip(classes) {
                match class.and_then(|c| groups.get_mut(c)) {
                    Some(group) => group.values.push(v),
                    None => none.values.push(v),
                }
            }
            if !none.values.is_empty() {
                groups.push(none);
            }
            groups
        }
    };
    let plot = Histogram {
        title: a.title.unwrap_or_else(|| title_of(&a.x)),
        subtitle: Some(subtitle(&session, &a.samples)),
        x: Axis {
            label: title_of(&a.x),
            unit,
            log: a.log,
            range: a.range.unwrap_or((f64::NAN, f64::NAN)),
            reversed: false,
        },
        groups,
        group_label: a.by.as_deref().map(class_title).unwrap_or_default(),
        bins: match (a.bins, a.width) {
            (Some(n), _) => Bins::Count(n as usize),
            (None, Some(width)) => Bins::Width(width),
            (None, None) => Bins::Auto,
        },
        percent: a.percent,
        cumulative: a.cumulative,
        footer: None,
        paper: Paper::default(),
    };
    target.write(session.roots(), plot.to_svg()?).await?;
    Ok(ExitCode::SUCCESS)
}

const NOTHING: &str = "there are no samples with values there; check --well, --where and the names of the columns";

/// The columns asked for, under names of ours, where the ones that are numbers have values.
async fn samples(session: &Session, from: &Samples, wanted: &[(&str, &str)]) -> Result<Option<RecordBatch>> {
    let source = match (&from.sql, from.zones) {
        (Some(sql), _) => format!("({})", sql.trim().trim_end_matches(';')),
        (None, true) => {
            "(SELECT * FROM attach_zones((SELECT * FROM logs WHERE md IS NOT NULL), (SELECT well, zone, top_md, base_md FROM zones), by => [well]))".to_owned()
        }
        (None, false) => "logs".to_owned(),
    };
    let mut conditions: Vec<String> = Vec::new();
    if !from.well.is_empty() {
        conditions.push(format!("well IN ({})", from.well.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(", ")));
    }
    conditions.extend(from.condition.as_ref().map(|c| format!("({c})")));
    // The colour may be missing: such samples are grey.
    let numbers = wanted.iter().filter(|(name, _)| *name != "color");
    conditions.extend(numbers.map(|(_, column)| format!("({column}) IS NOT NULL")));
    let columns: Vec<String> = wanted.iter().map(|(name, column)| format!("{column} AS {name}")).collect();
    let sql = format!("SELECT {} FROM {source} AS samples WHERE {}", columns.join(", "), conditions.join(" AND "));
    let batches = rows(session, &sql).await.with_context(|| match &from.sql {
        Some(_) => "the columns are looked for in the result of --sql".to_owned(),
        None => "the columns are looked for in logs; DESCRIBE logs lists them".to_owned(),
    })?;
    one(&batches)
}

async fn coloring(
    session: &Session,
    batch: &RecordBatch,
    name: &str,
    range: Option<(f64, f64)>,
    map: ColorMap,
) -> Result<Coloring> {
    let schema = batch.schema();
    let numeric = schema.field_with_name("color").is_ok_and(|f| f.data_type().is_numeric());
    if !numeric {
        let (names, classes) = classes(session, batch, name).await?;
        return Ok(Coloring::Class { label: class_title(name), names, classes });
    }
    let (values, unit) = measured(batch, "color")?;
    let log = unit.as_deref() == Some("ohm.m");
    let range = range.unwrap_or((f64::NAN, f64::NAN));
    Ok(Coloring::Value { axis: Axis { label: title_of(name), unit, log, range, reversed: false }, values, map })
}

/// A column as numbers with its unit; whole numbers without one are counts, which have none.
fn measured(batch: &RecordBatch, name: &str) -> Result<(Vec<f64>, Option<String>)> {
    let (values, unit) = numbers(batch, name)?;
    let counts = batch.schema().field_with_name(name).is_ok_and(|f| f.data_type().is_integer());
    Ok((values, unit.or_else(|| counts.then(String::new))))
}

/// The unit of a column: its own, or what the user says of one that carries none.
fn stated(own: Option<String>, said: Option<String>, option: &str, column: &str) -> Result<Option<String>> {
    match (own.filter(|own| !own.is_empty() || said.is_none()), said) {
        (Some(own), Some(said)) if own != said => {
            bail!("{option} {said}, but `{column}` is in {own}; leave {option} out, or convert it with convert_unit")
        }
        (own, said) => Ok(own.or(said)),
    }
}

/// The names of a column's texts, zones from the shallowest down and others in natural order, and which each row has.
async fn classes(session: &Session, batch: &RecordBatch, name: &str) -> Result<(Vec<String>, Vec<Option<usize>>)> {
    let (names, classes) = named(&texts(batch, "color")?.unwrap_or_default(), name)?;
    let depths = order_of_depth(session, name.trim_matches('"'), &names).await?;
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&k| depths.iter().position(|d| Some(d) == names.get(k)).unwrap_or(depths.len()));
    let placed = classes.into_iter().map(|c| order.iter().position(|k| Some(*k) == c)).collect();
    Ok((order.iter().filter_map(|k| names.get(*k).cloned()).collect(), placed))
}

/// Columns whose names are as short as mnemonics but are words.
const WORDS: [&str; 10] = ["value", "gamma", "lag", "pairs", "north", "east", "depth", "time", "gross", "net"];

/// Mnemonics as they are written in the field; expressions as they are.
fn title_of(column: &str) -> String {
    let name = column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name {
        true if column.len() <= 5 && !WORDS.contains(&column) => column.to_uppercase(),
        true => column.replace('_', " "),
        false => column.trim_matches('"').to_owned(),
    }
}

/// What classes are, such as zones: their names are words.
fn class_title(column: &str) -> String {
    column.trim_matches('"').replace('_', " ")
}

fn is_density(unit: Option<&str>) -> bool {
    matches!(unit, Some("g/cm3" | "kg/m3"))
}

fn subtitle(session: &Session, from: &Samples) -> String {
    let mut parts: Vec<String> = session.project().map(|p| p.settings().name.clone()).into_iter().collect();
    if !from.well.is_empty() {
        parts.push(from.well.join(", "));
    }
    parts.extend(from.condition.clone());
    parts.join(": ")
}
