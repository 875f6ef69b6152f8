//! Reference numbers from the shared folder.

use std::path::PathBuf;

use serde_json::Value;

/// The reference file of this name, or `None` (with a note) where the shared data are absent.
pub fn load(name: &str) -> Option<Value> {
    let data = std::env::var_os("OUTCROP_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = data.join("../reference").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: OUTCROP_DATA not found");
            None
        }
    }
}

pub fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

pub fn number(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

/// Fails unless all pairs agree within `tolerance` (absolute plus relative).
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "row {i}: found {a}, expected {b}");
    }
}
