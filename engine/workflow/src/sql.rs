//! Pieces of SQL: names and texts quoted, expressions of people checked before they become part of a query.

use std::collections::BTreeSet;

use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use crate::parameter::{Values, literal};

/// A name as an identifier.
pub fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text as a literal.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name of a table, `schema.name` or `name`, whose schema is then `public`.
pub fn table(text: &str) -> String {
    match text.split_once('.') {
        Some((schema, table)) => format!("{}.{}", name(schema), name(table)),
        None => format!("\"public\".{}", name(text)),
    }
}

fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>, String> {
    Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|e| e.to_string())
}

/// One expression, with the values of parameters in their places.
///
/// # Errors
/// A text that is none, or a placeholder without value.
pub(crate) fn expression(sql: &str, values: &Values) -> Result<String, String> {
    let filled = fill(sql, values)?;
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(&filled).map_err(|e| e.to_string())?;
    parser.parse_expr().map_err(|e| format!("`{sql}` is no expression: {e}"))?;
    match parser.peek_token().token {
        Token::EOF => Ok(filled),
        other => Err(format!("`{sql}`: one expression is expected, and `{other}` follows it")),
    }
}

/// One query, with the values of parameters in their places. Whether it can be planned is found later; here it is made sure that it
/// stays within the brackets it is put in.
///
/// # Errors
/// A text that is none, or a placeholder without value.
pub(crate) fn query(sql: &str, values: &Values) -> Result<String, String> {
    let filled = fill(sql, values)?;
    let mut depth = 0i32;
    let tokens: Vec<Token> = tokens(&filled)?.into_iter().map(|t| t.token).collect();
    let mut words = tokens.iter().filter(|t| !matches!(t, Token::Whitespace(_)));
    let begins = match words.next() {
        Some(Token::Word(word)) => {
            matches!(word.value.to_uppercase().as_str(), "SELECT" | "WITH" | "VALUES" | "FROM" | "TABLE")
        }
        Some(Token::LParen) => true,
        _ => false,
    };
    if !begins {
        return Err("the text is a query: it begins with SELECT, WITH or VALUES".to_owned());
    }
    for token in &tokens {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::SemiColon => return Err("the text is one query, without `;`".to_owned()),
            _ => {}
        }
        if depth < 0 {
            return Err("a bracket is closed that was not opened".to_owned());
        }
    }
    if depth > 0 {
        return Err("a bracket is opened and not closed".to_owned());
    }
    Ok(filled)
}

/// A query that sees some relations under the names of its inputs.
pub(crate) fn over(query: &str, inputs: &[(String, String)]) -> Result<String, String> {
    if inputs.is_empty() {
        return Ok(query.to_owned());
    }
    let parts: Vec<String> =
        inputs.iter().map(|(port, relation)| format!("{} AS (SELECT * FROM {relation})", name(port))).collect();
    let parts = parts.join(", ");
    // A query that has a WITH of its own keeps it: one list is made of both.
    let tokens = tokens(query)?;
    let mut words = tokens.iter().filter(|t| !matches!(t.token, Token::Whitespace(_)));
    let is = |token: Option<&TokenWithSpan>, word: &str| matches!(token, Some(TokenWithSpan { token: Token::Word(w), .. }) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word));
    let first = words.next();
    if !is(first, "WITH") {
        return Ok(format!("WITH {parts}\n{query}"));
    }
    let second = words.next();
    let recursive = is(second, "RECURSIVE");
    let last = if recursive { second } else { first };
    let begin = last.map_or(0, |t| offset(query, t.span.end));
    Ok(format!("WITH {}{parts},{}", if recursive { "RECURSIVE " } else { "" }, query.get(begin..).unwrap_or_default()))
}

/// The text with the values of parameters in the places of `$name`.
pub(crate) fn fill(sql: &str, values: &Values) -> Result<String, String> {
    let mut filled = String::with_capacity(sql.len());
    let mut done = 0;
    for token in tokens(sql)? {
        let Token::Placeholder(placeholder) = &token.token else { continue };
        let Some(value) = placeholder.strip_prefix('$').and_then(|name| values.get(name)) else {
            let names: Vec<String> = values.keys().map(|name| format!("${name}")).collect();
            let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(format!("`{placeholder}` has no value; the parameters of the workflow that have one: {has}"));
        };
        let (begin, end) = (offset(sql, token.span.start), offset(sql, token.span.end));
        filled.push_str(sql.get(done..begin).unwrap_or_default());
        filled.push_str(&literal(value));
        done = end;
    }
    filled.push_str(sql.get(done..).unwrap_or_default());
    // A comment would go on over what follows.
    if filled.contains("--") {
        filled.push('\n');
    }
    Ok(filled)
}

/// The place in bytes of a line and column, counted from 1 in characters.
fn offset(sql: &str, at: Location) -> usize {
    let (mut line, mut column) = (1, 1);
    for (place, c) in sql.char_indices() {
        if line == at.line && column == at.column {
            return place;
        }
        if c == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    sql.len()
}

/// Every word of a text, in lower case: what it may call a table.
pub(crate) fn words(sql: &str) -> BTreeSet<String> {
    let words = tokens(sql).unwrap_or_default().into_iter().filter_map(|t| match t.token {
        Token::Word(word) => Some(word.value.to_lowercase()),
        _ => None,
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use outcrop_operators::Value;

    use super::{expression, fill, over, query, table, words};
    use crate::parameter::Values;

    fn values() -> Values {
        let pairs = [
            ("cut", Value::Number(-5.0)),
            ("n", Value::Number(5.0)),
            ("well", Value::Text("O'Brien".to_owned())),
            ("list", Value::Numbers(vec![1.0, 2.5])),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn values_stand_in_their_places_and_nowhere_else() {
        let sql = "md -$cut > $n /* $cut */ AND \"$n\" = '$n'\n  AND é = $well AND x IN $list";
        let expected = "md -(-5.0) > 5.0 /* $cut */ AND \"$n\" = '$n'\n  AND é = 'O''Brien' AND x IN [1.0, 2.5]";
        assert_eq!(fill(sql, &values()).unwrap(), expected);
        let message = fill("a > $missing", &values()).unwrap_err();
        assert!(message.contains("`$missing` has no value") && message.contains("$cut"), "{message}");
    }

    #[test]
    fn an_expression_is_one_expression() {
        assert_eq!(expression("gr < $n", &values()).unwrap(), "gr < 5.0");
        assert_eq!(expression("gr < 3 -- shale", &values()).unwrap(), "gr < 3 -- shale\n");
        for wrong in ["gr <", "gr < 3) OR (1 = 1", "gr; DROP TABLE logs", "gr, rt", ""] {
            assert!(expression(wrong, &values()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_query_stays_within_its_brackets() {
        assert!(query("SELECT ')' AS a FROM t", &values()).is_ok());
        for wrong in ["SELECT 1) , b AS (SELECT 2", "SELECT (1", "SELECT 1; SELECT 2", "DROP TABLE logs", ""] {
            assert!(query(wrong, &values()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn inputs_come_before_the_parts_a_query_has() {
        let inputs = [("a".to_owned(), "\"x\"".to_owned())];
        assert_eq!(over("SELECT * FROM a", &inputs).unwrap(), "WITH \"a\" AS (SELECT * FROM \"x\")\nSELECT * FROM a");
        assert_eq!(
            over("with b as (SELECT * FROM a) SELECT * FROM b", &inputs).unwrap(),
            "WITH \"a\" AS (SELECT * FROM \"x\"), b as (SELECT * FROM a) SELECT * FROM b"
        );
        assert_eq!(
            over("-- é\nWITH RECURSIVE b AS (SELECT 1) SELECT * FROM b", &inputs).unwrap(),
            "WITH RECURSIVE \"a\" AS (SELECT * FROM \"x\"), b AS (SELECT 1) SELECT * FROM b"
        );
        assert_eq!(over("SELECT 1", &[]).unwrap(), "SELECT 1");
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(table("logs"), "\"public\".\"logs\"");
        assert_eq!(table("seismic.cube"), "\"seismic\".\"cube\"");
        assert_eq!(table("a\"; DROP"), "\"public\".\"a\"\"; DROP\"");
        assert_eq!(words("SELECT a FROM Logs").into_iter().collect::<Vec<_>>(), ["a", "from", "logs", "select"]);
    }
}
