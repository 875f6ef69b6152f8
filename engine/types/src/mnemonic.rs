//! Standard mnemonics: which standard curve a file's mnemonic means, and in which unit it is kept.
//!
//! The built-in table is `mnemonics.csv` beside this file; a project extends or overrides it with a file of the same form.

use std::collections::HashMap;

use crate::unit::Unit;

/// A standard curve.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardCurve {
    /// The standard mnemonic, upper case; its lower case is the column name in `logs`.
    pub mnemonic: String,
    /// The unit values are kept in.
    pub unit: Unit,
    /// Lower bound of a plausible median in `unit`.
    pub low: f64,
    /// Upper bound of a plausible median in `unit`.
    pub high: f64,
    /// One line for people.
    pub description: String,
}

/// The standard curves and the mnemonics that mean them.
#[derive(Debug, Clone)]
pub struct MnemonicTable {
    curves: Vec<StandardCurve>,
    /// Upper-case alias → (curve, priority; lower is better).
    aliases: HashMap<String, (usize, usize)>,
}

/// What a mnemonic means.
#[derive(Debug, Clone, Copy)]
pub struct Match<'a> {
    /// The standard curve.
    pub curve: &'a StandardCurve,
    /// How good the alias is for that curve: 0 is best. Where several curves of a file mean one standard curve, the lowest wins.
    pub priority: usize,
}

/// A line of a mnemonic table that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("mnemonic table, line {line}: {message}")]
pub struct MnemonicTableError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl MnemonicTable {
    /// The table that ships with the program.
    pub fn standard() -> Self {
        // A test parses the built-in table, so an empty fallback is never met.
        Self::parse(include_str!("mnemonics.csv"))
            .unwrap_or_else(|_| MnemonicTable { curves: Vec::new(), aliases: HashMap::new() })
    }

    /// Reads a table: `mnemonic,unit,low,high,description,aliases`, blank-separated aliases, `#` begins a comment line.
    pub fn parse(text: &str) -> Result<Self, MnemonicTableError> {
        let mut table = MnemonicTable { curves: Vec::new(), aliases: HashMap::new() };
        table.extend(text)?;
        Ok(table)
    }

    /// The built-in table with a user's entries before it: a user's alias wins over a built-in one.
    pub fn with_user_entries(text: &str) -> Result<Self, MnemonicTableError> {
        let mut table = Self::parse(text)?;
        table.extend(include_str!("mnemonics.csv"))?;
        Ok(table)
    }

    /// Adds entries; aliases that are already taken keep their meaning, curves that exist keep their unit.
    fn extend(&mut self, text: &str) -> Result<(), MnemonicTableError> {
        for (i, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let error = |message: String| MnemonicTableError { line: i + 1, message };
            let fields: Vec<&str> = line.splitn(6, ',').map(str::trim).collect();
            let &[mnemonic, unit, low, high, description, aliases] = fields.as_slice() else {
                return Err(error(format!(
                    "expected six fields (mnemonic,unit,low,high,description,aliases), found {}",
                    fields.len()
                )));
            };
            let unit: Unit = unit.parse().map_err(|e| error(format!("{e}")))?;
            let number = |text: &str| text.parse::<f64>().map_err(|_| error(format!("`{text}` is not a number")));
            let (low, high) = (number(low)?, number(high)?);
            let mnemonic = mnemonic.to_uppercase();
            let curve = match self.curves.iter().position(|c| c.mnemonic == mnemonic) {
                Some(existing) => existing,
                None => {
                    self.curves.push(StandardCurve {
                        mnemonic: mnemonic.clone(),
                        unit,
                        low,
                        high,
                        description: description.to_owned(),
                    });
                    self.curves.len() - 1
                }
            };
            for (priority, alias) in std::iter::once(mnemonic.as_str()).chain(aliases.split_whitespace()).enumerate() {
                self.aliases.entry(alias.to_uppercase()).or_insert((curve, priority));
            }
        }
        Ok(())
    }

    /// The standard curve a file's mnemonic means; case and a `:n` behind repeats do not matter.
    pub fn find(&self, mnemonic: &str) -> Option<Match<'_>> {
        let base = match mnemonic.rsplit_once(':') {
            Some((base, n)) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => base,
            _ => mnemonic,
        };
        self.aliases
            .get(&base.trim().to_uppercase())
            .map(|&(curve, priority)| Match { curve: &self.curves[curve], priority })
    }

    /// Every standard curve, in table order.
    pub fn curves(&self) -> &[StandardCurve] {
        &self.curves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_parses_and_finds_the_usual_curves() {
        let table = MnemonicTable::parse(include_str!("mnemonics.csv")).unwrap();
        for (alias, standard) in
            [("GR", "GR"), ("rhoz", "RHOB"), ("ILD", "RDEP"), ("DTC", "DT"), ("GR:2", "GR"), ("CAL", "CALI")]
        {
            assert_eq!(table.find(alias).unwrap().curve.mnemonic, standard);
        }
        assert!(table.find("NOSUCH").is_none());
    }

    #[test]
    fn a_users_alias_wins() {
        let table = MnemonicTable::with_user_entries("XRES,ohm.m,0,1e5,My resistivity,ILD MYRES").unwrap();
        assert_eq!(table.find("ILD").unwrap().curve.mnemonic, "XRES");
        assert_eq!(table.find("LLD").unwrap().curve.mnemonic, "RDEP");
    }

    #[test]
    fn a_bad_line_names_its_number() {
        let error = MnemonicTable::parse("# x\nGR,parsec,0,1,a,b").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.message.contains("parsec"));
    }
}
