//! The names of curves, and what an index curve counts.

use std::collections::{HashMap, HashSet};

use outcrop_types::{Dimension, Unit};

use super::{CurveHeader, HeaderItem, IndexType};

/// Curve headers with unique names.
pub(super) fn curve_headers(items: &[HeaderItem]) -> Vec<CurveHeader> {
    let mut headers: Vec<CurveHeader> = items
        .iter()
        .map(|i| CurveHeader {
            mnemonic: i.mnemonic.clone(),
            name: String::new(),
            unit: i.unit.clone(),
            description: i.description.clone(),
            value: i.value.clone(),
            format: i.format.clone(),
            line: i.line,
        })
        .collect();
    name_curves(&mut headers);
    headers
}

/// Gives every curve a name of its own: repeated mnemonics are numbered from 1 in their order, empty ones are `UNKNOWN`.
pub(crate) fn name_curves(headers: &mut [CurveHeader]) {
    let base = |h: &CurveHeader| if h.mnemonic.is_empty() { "UNKNOWN".to_owned() } else { h.mnemonic.clone() };
    let mut totals: HashMap<String, usize> = HashMap::new();
    for h in headers.iter() {
        *totals.entry(base(h).to_lowercase()).or_default() += 1;
    }
    let mut taken: HashSet<String> = totals.iter().filter(|(_, n)| **n == 1).map(|(k, _)| k.clone()).collect();
    let mut used: HashMap<String, usize> = HashMap::new();
    for h in headers.iter_mut() {
        let name = base(h);
        let key = name.to_lowercase();
        if totals.get(&key) == Some(&1) {
            h.name = name;
            continue;
        }
        let number = used.entry(key.clone()).or_default();
        loop {
            *number += 1;
            if taken.insert(format!("{key}:{number}")) {
                break;
            }
        }
        h.name = format!("{name}:{number}");
    }
}

/// What an index curve counts, by unit first and then by mnemonic.
pub(super) fn index_type(index: &CurveHeader) -> IndexType {
    let name = index.mnemonic.to_ascii_uppercase();
    let dimension = index.unit.as_deref().and_then(Unit::parse).map(Unit::dimension);
    let clock = index.unit.as_deref().is_some_and(|u| u.to_ascii_uppercase().starts_with("HH"));
    let tvd = name.starts_with("TVD") || name.starts_with("SSTVD") || name == "TVDE";
    let md = ["DEPT", "DEPTH", "MD", "DMEA", "BDEP", "TDEP", "MDEPTH", "DEP", "DPTH", "HDEP", "INDEX_DEPTH"]
        .contains(&name.as_str())
        || name.starts_with("DEPT")
        || name.starts_with("DEPTH");
    match dimension {
        Some(Dimension::Time) => IndexType::Time,
        Some(Dimension::Length) if tvd => IndexType::Tvd,
        Some(Dimension::Length) if md => IndexType::Md,
        Some(Dimension::Length) => IndexType::Other,
        _ if tvd => IndexType::Tvd,
        _ if md => IndexType::Md,
        _ if clock || ["TIME", "ETIM", "ETIME", "TWT", "OWT", "TIMEDATE", "DATETIME"].contains(&name.as_str()) => {
            IndexType::Time
        }
        _ => IndexType::Other,
    }
}
