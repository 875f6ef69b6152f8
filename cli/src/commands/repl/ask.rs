//! Lines that are no SQL: what they ask for, and where they stand among statements.

/// What `\\?` shows.
pub(super) const HELP: &str = "\
\\d            tables and views, with their rows
\\d NAME       columns of a table or view, with their units
\\df           functions and operators of the geosciences
\\df NAME      the page of one
\\l            the project
\\i FILE       runs the statements of a file
\\x            a line for each column instead of each row, on and off
\\timing       how long statements take, on and off
\\pager        long results page by page, on and off
\\?  help      this list
\\q  quit      leave (also exit and Ctrl-D)

A statement ends with `;` and may take several lines; Ctrl-C cancels it. Tab completes names.
Files are tables too: SELECT * FROM 'wells/*.las' LIMIT 10;";

/// A line that is no SQL.
#[derive(Debug, PartialEq)]
pub(super) enum Ask<'a> {
    Tables,
    Table(&'a str),
    Functions,
    Function(&'a str),
    Project,
    File(&'a str),
    Switch(Switch, Option<bool>),
    Help,
    Quit,
    Unknown(&'a str),
}

/// What can be on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    Expanded,
    Timing,
    Pager,
}

impl<'a> Ask<'a> {
    /// What a line asks for; none where it is SQL.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let line = line.trim().trim_end_matches(';').trim_end();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let switch = |which: Switch| match rest {
            "" => Some(Ask::Switch(which, None)),
            "on" => Some(Ask::Switch(which, Some(true))),
            "off" => Some(Ask::Switch(which, Some(false))),
            _ => Some(Ask::Unknown(line)),
        };
        match (word, rest.is_empty()) {
            ("\\d" | "\\dt" | "\\dv", true) => Some(Ask::Tables),
            ("\\d" | "\\dt" | "\\dv", false) => Some(Ask::Table(rest)),
            ("\\df", true) => Some(Ask::Functions),
            ("\\df", false) => Some(Ask::Function(rest)),
            ("\\l" | "\\conninfo", true) => Some(Ask::Project),
            ("\\i", false) => Some(Ask::File(rest.trim_matches('\''))),
            ("\\x", _) => switch(Switch::Expanded),
            ("\\timing", _) => switch(Switch::Timing),
            ("\\pager", _) => switch(Switch::Pager),
            // As psql spells it.
            ("\\pset", false) if rest.starts_with("pager") => match rest.strip_prefix("pager").map(str::trim) {
                Some("off") => Some(Ask::Switch(Switch::Pager, Some(false))),
                Some("on" | "always") => Some(Ask::Switch(Switch::Pager, Some(true))),
                _ => Some(Ask::Switch(Switch::Pager, None)),
            },
            ("\\?" | "\\h" | "help" | "HELP" | "?", true) => Some(Ask::Help),
            ("\\q" | "quit" | "exit", true) => Some(Ask::Quit),
            _ => word.starts_with('\\').then_some(Ask::Unknown(word)),
        }
    }
}

/// Whether a text of SQL is whole: nothing is open at its end, and the last that stands there is a `;`.
pub(super) fn is_whole(text: &str) -> bool {
    let (mut rest, mut ended) = (text.chars().peekable(), true);
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' => {
                ended = false;
                // A doubled quote closes and opens at once, which comes to the same.
                if !rest.by_ref().any(|d| d == c) {
                    return false;
                }
            }
            '-' if rest.peek() == Some(&'-') => {
                rest.by_ref().find(|d| *d == '\n');
            }
            '/' if rest.peek() == Some(&'*') => {
                let mut before = ' ';
                if !rest.by_ref().skip(1).any(|d| std::mem::replace(&mut before, d) == '*' && d == '/') {
                    return false;
                }
            }
            ';' => ended = true,
            c if c.is_whitespace() => {}
            _ => ended = false,
        }
    }
    ended
}

/// A part of a text that comes from elsewhere than the keyboard.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    Sql(String),
    Ask(Ask<'a>),
}

/// Statements and lines between them that are no SQL.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut pending = String::new();
    for line in text.lines() {
        if is_whole(&pending)
            && line.trim_start().starts_with('\\')
            && let Some(ask) = Ask::of(line)
        {
            if !pending.trim().is_empty() {
                parts.push(Part::Sql(std::mem::take(&mut pending)));
            }
            pending.clear();
            parts.push(Part::Ask(ask));
        } else {
            pending.push_str(line);
            pending.push('\n');
        }
    }
    if !pending.trim().is_empty() {
        parts.push(Part::Sql(pending));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Ask, Part, Switch, is_whole, parts};

    #[test]
    fn lines_that_are_no_sql_are_known() {
        assert_eq!(Ask::of(" \\d "), Some(Ask::Tables));
        assert_eq!(Ask::of("\\d logs;"), Some(Ask::Table("logs")));
        assert_eq!(Ask::of("\\df krige"), Some(Ask::Function("krige")));
        assert_eq!(Ask::of("\\df"), Some(Ask::Functions));
        assert_eq!(Ask::of("\\i 'a b.sql'"), Some(Ask::File("a b.sql")));
        assert_eq!(Ask::of("\\x"), Some(Ask::Switch(Switch::Expanded, None)));
        assert_eq!(Ask::of("\\timing off"), Some(Ask::Switch(Switch::Timing, Some(false))));
        assert_eq!(Ask::of("\\pset pager off"), Some(Ask::Switch(Switch::Pager, Some(false))));
        assert_eq!(Ask::of("help;"), Some(Ask::Help));
        assert_eq!(Ask::of("\\?"), Some(Ask::Help));
        assert_eq!(Ask::of("exit"), Some(Ask::Quit));
        assert_eq!(Ask::of("\\copy on"), Some(Ask::Unknown("\\copy")));
        assert_eq!(Ask::of("SELECT 1;"), None);
        assert_eq!(Ask::of("quit_rate FROM t"), None);
        assert_eq!(Ask::of(""), None);
    }

    #[test]
    fn a_statement_ends_with_its_semicolon() {
        for whole in ["SELECT 1;", "SELECT ';' ; -- done", "", "SELECT 1; /* all */ ", "SELECT 'it''s';", "-- note"] {
            assert!(is_whole(whole), "{whole}");
        }
        for open in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT 2", "SELECT \";", "SELECT 1 -- ;", "/* ; ", "; 'a"] {
            assert!(!is_whole(open), "{open}");
        }
    }

    #[test]
    fn scripts_have_both() {
        let text = "\\timing on\nSELECT 1;\nSELECT\n'\\d'\n;\n\\d logs\nSELECT 2";
        let found = parts(text);
        assert_eq!(
            found,
            [
                Part::Ask(Ask::Switch(Switch::Timing, Some(true))),
                Part::Sql("SELECT 1;\nSELECT\n'\\d'\n;\n".to_owned()),
                Part::Ask(Ask::Table("logs")),
                Part::Sql("SELECT 2\n".to_owned()),
            ]
        );
        // Inside a statement a backslash is its own affair.
        assert_eq!(parts("SELECT\n\\d\n;").len(), 1);
    }
}
