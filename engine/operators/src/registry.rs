//! The operators of a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::operator::Operator;

/// Operators by name.
#[derive(Debug, Clone, Default)]
pub struct OperatorRegistry {
    operators: BTreeMap<String, Arc<dyn Operator>>,
}

impl OperatorRegistry {
    /// Adds an operator; one of the same name is replaced.
    pub fn register(&mut self, operator: Arc<dyn Operator>) {
        self.operators.insert(operator.definition().name.to_owned(), operator);
    }

    /// The operator of a name, in lower case.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Operator>> {
        self.operators.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Operator>> {
        self.operators.values()
    }
}

impl FromIterator<Arc<dyn Operator>> for OperatorRegistry {
    fn from_iter<T: IntoIterator<Item = Arc<dyn Operator>>>(operators: T) -> Self {
        let mut registry = OperatorRegistry::default();
        for operator in operators {
            registry.register(operator);
        }
        registry
    }
}
