//! Completion: what may stand where the cursor is.

use std::path::Path;

/// The names a project and the program have.
#[derive(Debug, Default, Clone)]
pub(super) struct Names {
    pub tables: Vec<Table>,
    pub functions: Vec<Function>,
}

/// A table or view with its columns.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<String>,
}

/// A function or operator.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub name: String,
    /// Whether it stands in FROM.
    pub relation: bool,
    /// Its inputs and parameters, where they are given by name.
    pub parameters: Vec<String>,
}

const KEYWORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "JOIN",
    "LEFT JOIN",
    "ON",
    "USING",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "IS NULL",
    "IS NOT NULL",
    "IN",
    "BETWEEN",
    "LIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "DISTINCT",
    "UNION ALL",
    "WITH",
    "AS",
    "ASC",
    "DESC",
    "INSERT INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE FROM",
    "MERGE INTO",
    "CREATE TABLE",
    "CREATE VIEW",
    "DROP TABLE",
    "DROP VIEW",
    "DESCRIBE",
    "EXPLAIN",
    "COPY",
    "COMMENT ON",
    "VERSION AS OF",
    "TIMESTAMP AS OF",
    "OVER",
    "PARTITION BY",
    "FILTER",
    "TRUE",
    "FALSE",
];

const COMMANDS: &[&str] = &["\\d", "\\df", "\\l", "\\i", "\\x", "\\timing", "\\pager", "\\?", "\\q"];

/// What may stand there, and where it begins; `base` is what paths count from.
pub(super) fn complete(names: &Names, text: &str, cursor: usize, base: &Path) -> (usize, Vec<String>) {
    let before = text.get(..cursor).unwrap_or(text);
    if let Some(quote) = open_quote(before) {
        let typed = &before[quote + 1..];
        let start = quote + 1 + typed.rfind('/').map_or(0, |s| s + 1);
        return (start, files(typed, base));
    }
    if before.trim_start().starts_with('\\') && !before.trim_start().contains(char::is_whitespace) {
        let start = before.len() - before.trim_start().len();
        return (start, starting(COMMANDS.iter().map(|c| (*c).to_owned()), &before[start..]));
    }
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start..];
    let ahead = &before[..start];
    if let Some(dot) = word.rfind('.') {
        let found = qualified(names, text, &word[..dot], &word[dot + 1..]);
        return (start + dot + 1, found);
    }
    if wants_table(ahead) {
        let tables = names.tables.iter().map(shown);
        let operators = names.functions.iter().filter(|f| f.relation).map(|f| format!("{}(", f.name));
        return (start, starting(tables.chain(operators), word));
    }
    let mut found = Vec::new();
    // Inside a call its parameters come first.
    if let Some(function) =
        call(ahead).and_then(|name| names.functions.iter().find(|f| f.name.eq_ignore_ascii_case(name)))
    {
        found.extend(starting(function.parameters.iter().map(|p| format!("{p} => ")), word));
    }
    let used: Vec<&Table> = used(names, text).into_iter().map(|(_, table)| table).collect();
    if word.is_empty() {
        found.extend(used.iter().flat_map(|t| t.columns.iter().map(|c| column(c))));
        found.dedup();
        return (start, found);
    }
    let of_tables: Vec<&Table> = if used.is_empty() { names.tables.iter().collect() } else { used };
    found.extend(starting(of_tables.iter().flat_map(|t| t.columns.iter().map(|c| column(c))), word));
    found.extend(starting(names.functions.iter().filter(|f| !f.relation).map(|f| format!("{}(", f.name)), word));
    let lower = word.chars().all(|c| !c.is_uppercase());
    let keyword = |k: &&str| if lower { k.to_lowercase() } else { (*k).to_owned() };
    found.extend(starting(KEYWORDS.iter().map(keyword), word));
    (start, unique(found))
}

/// Where a quote was opened that is not closed.
fn open_quote(before: &str) -> Option<usize> {
    let mut open = None;
    for (at, c) in before.char_indices() {
        if c == '\'' {
            open = if open.is_some() { None } else { Some(at) };
        }
    }
    open
}

/// Files and folders that begin so.
fn files(typed: &str, base: &Path) -> Vec<String> {
    let (folder, prefix) = typed.rsplit_once('/').map_or(("", typed), |(f, p)| (if f.is_empty() { "/" } else { f }, p));
    let Ok(entries) = std::fs::read_dir(base.join(folder)) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|e| {
            let name = e.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !prefix.starts_with('.');
            let folder = e.path().is_dir();
            (name.starts_with(prefix) && !hidden).then(|| if folder { format!("{name}/") } else { name })
        })
        .collect();
    found.sort();
    found
}

fn starting(all: impl Iterator<Item = String>, word: &str) -> Vec<String> {
    let wanted = word.to_lowercase();
    let mut found: Vec<String> = all.filter(|n| n.to_lowercase().starts_with(&wanted)).collect();
    found.sort();
    unique(found)
}

fn unique(mut all: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    all.retain(|n| seen.insert(n.clone()));
    all
}

/// A table as a statement names it.
fn shown(table: &Table) -> String {
    if table.schema == "public" {
        column(&table.name)
    } else {
        format!("{}.{}", column(&table.schema), column(&table.name))
    }
}

/// A name, quoted where it must be.
fn column(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !name.starts_with(|c: char| c.is_ascii_digit()) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Whether the word after this text names a table.
fn wants_table(ahead: &str) -> bool {
    let last = ahead.trim_end();
    // After a comma the word before the list decides.
    let last = last.trim_end_matches(|c: char| c == ',' || c.is_whitespace());
    let before_comma = ahead.trim_end().ends_with(',');
    let words: Vec<String> = last.split_whitespace().map(str::to_lowercase).collect();
    let opens = |w: &String| {
        matches!(w.as_str(), "from" | "join" | "into" | "update" | "table" | "describe" | "\\d" | "\\dt" | "truncate")
    };
    if before_comma {
        // FROM a, b: only names since FROM.
        let since = words.iter().rposition(|w| w == "from");
        return since.is_some_and(|at| {
            words[at + 1..].iter().all(|w| w.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ',' | '"')))
        });
    }
    words.last().is_some_and(opens)
}

/// The function whose parentheses the end of a text is in.
fn call(ahead: &str) -> Option<&str> {
    let mut depth = 0;
    for (at, c) in ahead.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth > 0 => depth -= 1,
            '(' => {
                let name = ahead[..at].trim_end();
                let from = name.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |p| p + 1);
                return Some(&name[from..]).filter(|n| !n.is_empty());
            }
            _ => {}
        }
    }
    None
}

/// The tables a statement reads, with the names it gives them.
fn used<'a>(names: &'a Names, text: &str) -> Vec<(String, &'a Table)> {
    let statement = text.rsplit(';').find(|s| !s.trim().is_empty()).unwrap_or(text);
    let words: Vec<&str> = statement
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'))
        .filter(|w| !w.is_empty())
        .collect();
    let table = |word: &str| {
        let (schema, name) = word.rsplit_once('.').unwrap_or(("public", word));
        let same = |a: &str, b: &str| a.trim_matches('"').eq_ignore_ascii_case(b);
        names.tables.iter().find(|t| same(name, &t.name) && same(schema, &t.schema))
    };
    let mut found = Vec::new();
    let mut in_from = false;
    for (at, word) in words.iter().enumerate() {
        match word.to_lowercase().as_str() {
            "from" | "join" | "update" | "into" | "describe" => in_from = true,
            "where" | "on" | "using" | "group" | "order" | "set" | "select" | "limit" => in_from = false,
            _ if in_from => {
                if let Some(table) = table(word) {
                    found.push((table.name.clone(), table));
                    let mut next = words[at + 1..].iter().copied();
                    let alias = match next.next() {
                        Some(w) if w.eq_ignore_ascii_case("as") => next.next(),
                        other => other,
                    };
                    let keyword = |a: &&str| KEYWORDS.iter().any(|k| k.split(' ').any(|w| w.eq_ignore_ascii_case(a)));
                    if let Some(alias) = alias.filter(|a| !keyword(a)) {
                        found.push((alias.to_owned(), table));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// What may stand after a point.
fn qualified(names: &Names, text: &str, qualifier: &str, word: &str) -> Vec<String> {
    let same = |a: &str| a.eq_ignore_ascii_case(qualifier);
    let mut found: Vec<String> = Vec::new();
    for (name, table) in used(names, text) {
        if same(&name) || same(&shown(table)) {
            found.extend(starting(table.columns.iter().map(|c| column(c)), word));
        }
    }
    let tables = names.tables.iter().filter(|t| same(&t.schema)).map(|t| column(&t.name));
    found.extend(starting(tables, word));
    unique(found)
}

#[cfg(test)]
mod tests {
    use super::{Function, Names, Table, complete};

    fn names() -> Names {
        let table = |schema: &str, name: &str, columns: &[&str]| Table {
            schema: schema.into(),
            name: name.into(),
            columns: columns.iter().map(|c| (*c).into()).collect(),
        };
        let function = |name: &str, relation: bool, parameters: &[&str]| Function {
            name: name.into(),
            relation,
            parameters: parameters.iter().map(|p| (*p).into()).collect(),
        };
        Names {
            tables: vec![
                table("public", "logs", &["well", "md", "gr", "Größe [m]"]),
                table("public", "tops", &["well", "surface", "md"]),
                table("outcrop", "imports", &["file", "status"]),
            ],
            functions: vec![
                function("krige", true, &["data", "range", "radius"]),
                function("round", false, &[]),
                function("archie_sw", false, &["rt"]),
            ],
        }
    }

    /// What completes the text at the bar.
    fn at(text: &str) -> Vec<String> {
        let cursor = text.find('|').unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("wells")).unwrap();
        std::fs::write(folder.path().join("wells/a.las"), "").unwrap();
        std::fs::write(folder.path().join("week.csv"), "").unwrap();
        let whole = text.replace('|', "");
        let (start, found) = complete(&names(), &whole, cursor, folder.path());
        assert!(start <= cursor && whole.is_char_boundary(start));
        found
    }

    #[test]
    fn tables_stand_after_from() {
        assert_eq!(at("SELECT * FROM |"), ["krige(", "logs", "outcrop.imports", "tops"]);
        assert_eq!(at("SELECT * FROM logs JOIN t|"), ["tops"]);
        assert_eq!(at("SELECT * FROM logs, t|"), ["tops"]);
        assert_eq!(at("SELECT * FROM outcrop.|"), ["imports"]);
        assert_eq!(at("\\d lo|"), ["logs"]);
        assert_eq!(at("DELETE FROM T|"), ["tops"]);
    }

    #[test]
    fn columns_are_those_of_the_tables_of_the_statement() {
        assert_eq!(at("SELECT s| FROM tops")[0], "surface");
        assert!(!at("SELECT s| FROM logs").contains(&"surface".to_owned()));
        assert_eq!(at("SELECT l.| FROM logs AS l"), ["\"Größe [m]\"", "gr", "md", "well"]);
        assert_eq!(at("SELECT * FROM tops t WHERE t.su|"), ["surface"]);
        assert_eq!(at("SELECT 1 FROM imports; SELECT * FROM tops WHERE su|"), ["surface"]);
        assert_eq!(at("SELECT * FROM outcrop.imports WHERE sta|"), ["status"]);
    }

    #[test]
    fn parameters_stand_in_calls() {
        assert_eq!(at("SELECT * FROM krige((SELECT x FROM logs), ra|"), ["radius => ", "range => "]);
        assert_eq!(at("SELECT archie_sw(rt, r|")[0], "rt => ");
        assert_eq!(at("SELECT ro|"), ["round("]);
    }

    #[test]
    fn keywords_keep_the_letters_typed() {
        assert!(at("SELECT * FROM logs WH|").contains(&"WHERE".to_owned()));
        assert!(at("select * from logs wh|").contains(&"where".to_owned()));
    }

    #[test]
    fn files_stand_in_quotes() {
        assert_eq!(at("SELECT * FROM 'we|"), ["week.csv", "wells/"]);
        assert_eq!(at("SELECT * FROM 'wells/|"), ["a.las"]);
        assert_eq!(at("SELECT 'a' FROM 'nowhere/|"), Vec::<String>::new());
        assert_eq!(at("\\t|"), ["\\timing"]);
        assert_eq!(at("|"), Vec::<String>::new());
    }
}
