//! A `WHERE` that is put together from the conditions of a filter, with every value bound.

use sqlx::AssertSqlSafe;

use crate::database::Arg;

/// Conditions that must all hold.
#[derive(Debug, Default)]
pub(crate) struct Where {
    sql: String,
    args: Vec<Arg>,
}

impl Where {
    /// Adds a condition; each `?` of it stands for the value.
    pub(crate) fn and(&mut self, condition: &'static str, value: impl Into<Arg>) {
        self.args.push(value.into());
        self.join(&condition.replace('?', &format!("${}", self.args.len())));
    }

    /// Adds a condition where there is a value.
    pub(crate) fn and_if(&mut self, condition: &'static str, value: Option<impl Into<Arg>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// Adds that a column is one of some values, unless there are none.
    pub(crate) fn and_among<'a>(&mut self, column: &'static str, values: impl IntoIterator<Item = &'a str>) {
        let places: Vec<String> = values
            .into_iter()
            .map(|value| {
                self.args.push(value.into());
                format!("${}", self.args.len())
            })
            .collect();
        if !places.is_empty() {
            self.join(&format!("{column} IN ({})", places.join(", ")));
        }
    }

    fn join(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push('(');
        self.sql.push_str(condition);
        self.sql.push(')');
    }

    /// The statement between two pieces of SQL, and its values.
    pub(crate) fn statement(self, before: &str, after: &str) -> (AssertSqlSafe<String>, Vec<Arg>) {
        // Safe: conditions and columns are literals of this crate, values are bound.
        (AssertSqlSafe(format!("{before}{}{after}", self.sql)), self.args)
    }
}
