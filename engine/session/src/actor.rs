//! For whom statements run.

/// Who a session acts for, and what they may do.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who commits are by.
    pub author: String,
    /// Whether statements may change the project or write files.
    pub writes: bool,
    /// What it is for, where that may be done once only, such as a job: a second commit of the same is refused. A workflow makes one for
    /// each of its sinks, see [`Actor::key_of_node`].
    pub once: Option<String>,
}

impl Actor {
    /// The key of the commit of a workflow's sink.
    pub fn key_of_node(&self, once: &str, node: &str) -> String {
        format!("{once} node {node}")
    }
}

impl Default for Actor {
    /// The user of this machine, who may do all.
    fn default() -> Self {
        let author = ["USER", "USERNAME"].iter().find_map(|v| std::env::var(v).ok());
        Actor { author: author.unwrap_or_else(|| "unknown".to_owned()), writes: true, once: None }
    }
}
