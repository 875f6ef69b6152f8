//! The plainest reader of well-formed LAS: just enough to check files, and no code of the engine.

use std::collections::HashMap;
use std::path::Path;

pub struct PlainLas {
    pub raw: String,
    /// Version and well items: mnemonic → (unit, what stands before the colon, what stands behind it).
    pub items: HashMap<String, (String, String, String)>,
    /// Mnemonic, unit, values (NaN for null), the depth first.
    pub curves: Vec<(String, String, Vec<f64>)>,
}

impl PlainLas {
    pub fn read(path: &Path) -> PlainLas {
        let raw = std::fs::read_to_string(path).unwrap();
        let mut las = PlainLas { items: HashMap::new(), curves: Vec::new(), raw: raw.clone() };
        let mut section = ' ';
        let mut numbers: Vec<f64> = Vec::new();
        for line in raw.lines() {
            if let Some(title) = line.strip_prefix('~') {
                section = title.chars().next().unwrap();
            } else if line.starts_with('#') {
            } else if section == 'A' {
                assert!(line.len() <= 100, "{}: a line of {} characters", path.display(), line.len());
                numbers.extend(line.split_whitespace().map(|t| t.parse::<f64>().unwrap()));
            } else {
                let (mnemonic, rest) = line.split_once('.').unwrap();
                let (before, behind) = rest.split_once(" : ").unwrap();
                let (unit, value) = before.split_once(' ').unwrap();
                let [mnemonic, unit, value, behind] = [mnemonic, unit, value, behind].map(|t| t.trim().to_owned());
                match section {
                    'C' => las.curves.push((mnemonic, unit, Vec::new())),
                    'V' | 'W' => drop(las.items.insert(mnemonic, (unit, value, behind))),
                    _ => {}
                }
            }
        }
        let count = las.curves.len();
        assert_eq!(numbers.len() % count, 0, "{}: {} numbers for {count} curves", path.display(), numbers.len());
        for row in numbers.chunks_exact(count) {
            for (curve, value) in las.curves.iter_mut().zip(row) {
                curve.2.push(if *value == -999.25 { f64::NAN } else { *value });
            }
        }
        las
    }

    pub fn curve(&self, mnemonic: &str) -> Option<&[f64]> {
        self.curves.iter().find(|c| c.0 == mnemonic).map(|c| c.2.as_slice())
    }

    pub fn number(&self, mnemonic: &str) -> f64 {
        self.items[mnemonic].1.parse().unwrap()
    }
}
