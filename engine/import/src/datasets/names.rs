//! Names of the tables that files make: points, surfaces, lines, polygons.

use std::collections::{BTreeSet, HashSet};

use outcrop_store::Snapshot;
use outcrop_types::Issue;
use outcrop_types::identity::column_name;
use outcrop_types::tables::TableName;

use crate::FileOutcome;

/// Names that are taken, by tables of the project and of this import.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashSet<TableName>,
    /// Those made here under a name that nobody stated, or that are to have one file's rows only.
    made: Vec<TableName>,
}

impl Names {
    /// `free`: tables that are made anew.
    pub(crate) fn of(snapshot: &Snapshot, free: &BTreeSet<TableName>) -> Self {
        let mut taken: HashSet<TableName> = snapshot.tables().into_iter().filter(|t| !free.contains(t)).collect();
        taken.extend(snapshot.views().map(|(name, _)| name));
        Names { taken, made: Vec::new() }
    }

    /// The table of a schema that rows go to: the stated name, which may be there already, or the file's, numbered where
    /// other rows have it.
    pub(crate) fn table(
        &mut self,
        schema: &str,
        file: &str,
        stated: Option<&str>,
        outcome: &mut FileOutcome,
    ) -> TableName {
        if let Some(stated) = stated {
            let name = TableName::new(schema, column_name(stated));
            self.taken.insert(name.clone());
            return name;
        }
        let base = TableName::new(schema, column_name(file));
        let mut name = base.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = TableName::new(schema, format!("{}_{number}", base.name));
            number += 1;
        }
        if number > 2 {
            let text = format!("there is a table `{base}` of other rows; these go to `{name}`. Choose: --name");
            outcome.note(None, [Issue::warning(&format!("{schema}-table-taken"), text)]);
        }
        self.taken.insert(name.clone());
        self.made.push(name.clone());
        name
    }

    /// As [`Self::table`], but for a table that takes the rows of one file only.
    pub(crate) fn own(
        &mut self,
        schema: &str,
        file: &str,
        stated: Option<&str>,
        outcome: &mut FileOutcome,
    ) -> Result<TableName, String> {
        let Some(stated) = stated else { return Ok(self.table(schema, file, None, outcome)) };
        let name = TableName::new(schema, column_name(stated));
        if !self.taken.insert(name.clone()) {
            return Err(format!(
                "there is a table `{name}` already, and a surface or volume has a table of its own; choose another --name, or none, or \
                 DROP TABLE {name} first"
            ));
        }
        self.made.push(name.clone());
        Ok(name)
    }

    /// Gives a name back that nothing was written under.
    pub(crate) fn release(&mut self, name: &TableName) {
        if let Some(place) = self.made.iter().position(|m| m == name) {
            self.made.swap_remove(place);
            self.taken.remove(name);
        }
    }

    /// Tables that nobody else may make meanwhile.
    pub(crate) fn into_made(self) -> Vec<TableName> {
        self.made
    }
}
