//! Tables that refer to others by id: the names are fetched from the dictionary, or from the table of wells.

use std::collections::HashMap;

use outcrop_types::Issue;

use super::detect::{Detection, detect, is_id_name};
use super::model::{Column, ColumnData, Table};
use super::role::{Kind, Role, key};

/// Completes the tables of one call by each other's names.
///
/// A table of kind [`Kind::Dictionary`] (an id each once, and a text) or [`Kind::Wells`] (with an id column beside well
/// name or UWI) explains every column of the same name in the other tables, provided that at least half of the ids there
/// are found in it. The names are added as columns with their role; the ids stay. What was joined, what was not found and
/// what two tables explain is said in the issues of the completed table. The order of the tables is kept.
pub fn resolve(tables: Vec<(String, Table)>) -> Vec<(String, Table)> {
    let detections: Vec<Detection> = tables.iter().map(|(_, t)| detect(t)).collect();
    let mut completed = Vec::with_capacity(tables.len());
    for (i, (name, table)) in tables.iter().enumerate() {
        let mut table = table.clone();
        let explains_itself = |c: usize| {
            matches!(detections.get(i).map(|d| d.kind), Some(Kind::Dictionary | Kind::Wells))
                && table_column(&tables, i, c).is_some_and(|column| Lookup::new(column).is_some())
        };
        let ids: Vec<usize> = (0..table.columns.len())
            .filter(|c| table.columns.get(*c).is_some_and(|c| is_id_name(&c.name)) && !explains_itself(*c))
            .collect();
        for id in ids {
            let id_name = table.columns.get(id).map(|c| c.name.clone()).unwrap_or_default();
            let explaining: Vec<(&String, &Table, &Detection)> = tables
                .iter()
                .zip(&detections)
                .enumerate()
                .filter(|(j, _)| *j != i)
                .map(|(_, ((n, t), d))| (n, t, d))
                .filter(|(_, t, d)| explanation(t, d, &id_name).is_some())
                .collect();
            match explaining[..] {
                [] => {}
                [(from, dictionary, found)] => join(&mut table, id, dictionary, found, from),
                _ => {
                    let names: Vec<&str> = explaining.iter().map(|(n, _, _)| n.as_str()).collect();
                    table.issues.push(
                        Issue::warning(
                            "dictionary-ambiguous",
                            format!(
                                "{} all explain the ids of {name}; not joined; import with one of them only",
                                names.join(", ")
                            ),
                        )
                        .about(id_name),
                    );
                }
            }
        }
        completed.push((name.clone(), table));
    }
    completed
}

/// Joins the names of one dictionary (or table of wells) to the id columns of a table, as [`resolve`] does; true when
/// something was joined. `dictionary_name` is for the issues.
pub fn join_dictionary(table: &mut Table, dictionary: &Table, dictionary_name: &str) -> bool {
    let found = detect(dictionary);
    let before = table.columns.len();
    for id in 0..before {
        let name = table.columns.get(id).map(|c| c.name.clone()).unwrap_or_default();
        if is_id_name(&name) && explanation(dictionary, &found, &name).is_some() {
            join(table, id, dictionary, &found, dictionary_name);
        }
    }
    table.columns.len() > before
}

fn table_column(tables: &[(String, Table)], table: usize, column: usize) -> Option<&Column> {
    tables.get(table).and_then(|(_, t)| t.columns.get(column))
}

/// Row of each value of a column, where every value stands once.
struct Lookup(HashMap<String, usize>);

impl Lookup {
    fn new(column: &Column) -> Option<Self> {
        let mut rows = HashMap::with_capacity(column.data.len());
        for row in 0..column.data.len() {
            if let Some(value) = column.data.text(row)
                && rows.insert(value, row).is_some()
            {
                return None;
            }
        }
        (!rows.is_empty()).then_some(Lookup(rows))
    }
}

/// The id column of a dictionary and the columns that explain it.
fn explanation(dictionary: &Table, found: &Detection, id_name: &str) -> Option<(usize, Vec<usize>)> {
    let id = dictionary.columns.iter().position(|c| key(&c.name) == key(id_name))?;
    let is_name = |i: usize, c: &Column| match found.kind {
        Kind::Dictionary => !c.data.is_number(),
        Kind::Wells => matches!(found.role(i), Some(Role::Well | Role::Uwi)),
        _ => false,
    };
    let names: Vec<usize> =
        dictionary.columns.iter().enumerate().filter(|(i, c)| *i != id && is_name(*i, c)).map(|(i, _)| i).collect();
    let unique = dictionary.columns.get(id).is_some_and(|c| Lookup::new(c).is_some());
    (unique && !names.is_empty()).then_some((id, names))
}

fn join(table: &mut Table, id: usize, dictionary: &Table, found: &Detection, from: &str) {
    let Some((key_column, names)) = explanation(dictionary, found, table.columns.get(id).map_or("", |c| &c.name))
    else {
        return;
    };
    let Some(lookup) = dictionary.columns.get(key_column).and_then(Lookup::new) else { return };
    let Some(ids) = table.columns.get(id) else { return };
    let id_name = ids.name.clone();
    let places: Vec<Option<usize>> =
        (0..table.rows).map(|r| ids.data.text(r).and_then(|v| lookup.0.get(&v).copied())).collect();
    let unknown: Vec<usize> = (0..table.rows)
        .filter(|r| ids.data.text(*r).is_some() && places.get(*r).copied().flatten().is_none())
        .collect();
    let filled = table.rows - ids.data.nulls();
    if let Some(first) = unknown.first() {
        let example = ids.data.text(*first).unwrap_or_default();
        let half = unknown.len() * 2 > filled;
        let done = if half { "not joined" } else { "these rows have no name" };
        table.issues.push(
            Issue::warning(
                "id-unknown",
                format!("{} of {filled} ids are not in {from}, the first is {example}; {done}", unknown.len()),
            )
            .at_line(table.line(*first))
            .about(id_name.clone()),
        );
        if half {
            return;
        }
    }
    let mut joined = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let Some(source) = dictionary.columns.get(*name) else { continue };
        let values: Vec<Option<String>> = places.iter().map(|p| p.and_then(|row| source.data.text(row))).collect();
        let taken = table.columns.iter().any(|c| key(&c.name) == key(&source.name));
        let column_name = if taken { format!("{id_name} {}", source.name) } else { source.name.clone() };
        let role = match found.kind {
            Kind::Wells => found.role(*name),
            _ if n == 0 && names_surfaces(&id_name) => Some(Role::Surface),
            _ => None,
        }
        .filter(|role| !table.columns.iter().any(|c| c.role == Some(*role)));
        joined.push(match role {
            Some(role) => format!("`{column_name}` ({role})"),
            None => format!("`{column_name}`"),
        });
        table.layout.names.push(column_name.clone());
        if !table.layout.headings.is_empty() {
            table.layout.headings.push(String::new());
        }
        table.layout.units.push(None);
        table.layout.types.push(super::layout::ColumnType::Utf8);
        table.columns.push(Column { name: column_name, data: ColumnData::Text(values), unit: None, role });
    }
    table.issues.push(
        Issue::info("dictionary-joined", format!("{} joined from {from} by `{id_name}`", joined.join(", ")))
            .about(id_name),
    );
}

/// Ids of surfaces, by what their column is called.
fn names_surfaces(id_name: &str) -> bool {
    let id = key(id_name);
    Role::SurfaceId.synonyms().contains(&id.as_str())
        || ["hor", "surf", "marker", "form", "strat"].iter().any(|start| id.starts_with(start))
}
