//! What is wrong with a workflow, and where.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The node it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The parameter, of the node or, without one, of the workflow: `columns[1].expression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The input of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// What was expected, what was found, what to do.
    pub message: String,
}

impl Problem {
    /// Of the document as a whole.
    pub fn of_document(message: impl Into<String>) -> Self {
        Problem { node: None, parameter: None, port: None, message: message.into() }
    }

    /// Of a parameter of the workflow.
    pub fn of_parameter(name: &str, message: impl Into<String>) -> Self {
        Problem { parameter: Some(name.to_owned()), ..Self::of_document(message) }
    }

    /// Of a node.
    pub fn of_node(node: &str, message: impl Into<String>) -> Self {
        Problem { node: Some(node.to_owned()), ..Self::of_document(message) }
    }

    /// The same, about a parameter of the node.
    #[must_use]
    pub fn parameter(mut self, path: impl Into<String>) -> Self {
        self.parameter = Some(path.into());
        self
    }

    /// The same, about an input of the node.
    #[must_use]
    pub fn port(mut self, port: impl Into<String>) -> Self {
        self.port = Some(port.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: Vec<String> = [("node", &self.node), ("input", &self.port), ("parameter", &self.parameter)]
            .into_iter()
            .filter_map(|(word, name)| name.as_ref().map(|name| format!("{word} `{name}`")))
            .collect();
        if !place.is_empty() {
            write!(f, "{}: ", place.join(", "))?;
        }
        f.write_str(&self.message)
    }
}

/// Everything that is wrong, as an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "{one}"),
            several => {
                write!(f, "the workflow has {} problems", several.len())?;
                several.iter().try_for_each(|p| write!(f, "\n  {p}"))
            }
        }
    }
}

impl std::error::Error for Problems {}
