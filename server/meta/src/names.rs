//! What users, labels and keys may be called.

use crate::error::{MetaError, Result};

/// The longest name of a user, in bytes.
pub(crate) const LONGEST_NAME: usize = 128;

/// Checks the name of a new user: letters, digits and `. _ - + @` of any script, one to 128 bytes.
pub(crate) fn check_user_name(name: &str) -> Result<()> {
    let refused = |reason: &str| {
        Err(MetaError::InvalidName { what: "name of a user", name: name.to_owned(), reason: reason.to_owned() })
    };
    if name.is_empty() {
        return refused("it is empty; give at least one letter");
    }
    if name.len() > LONGEST_NAME {
        return refused("it is too long; give at most 128 bytes");
    }
    match name.chars().find(|c| !c.is_alphanumeric() && !".-_+@".contains(*c)) {
        Some(c) => refused(&format!("it has the character {c:?}; letters, digits and . _ - + @ are possible")),
        None => Ok(()),
    }
}

/// Checks a text that names something: not empty, no control characters, at most so many bytes.
pub(crate) fn check_text(what: &'static str, text: &str, longest: usize) -> Result<()> {
    let refused = |reason: String| Err(MetaError::InvalidName { what, name: text.to_owned(), reason });
    if text.is_empty() {
        return refused("it is empty; give at least one character".to_owned());
    }
    if text.len() > longest {
        return refused(format!("it has {} bytes; give at most {longest}", text.len()));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => refused(format!("it has the control character {c:?}; leave that out")),
        None => Ok(()),
    }
}
