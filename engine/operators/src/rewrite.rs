//! Bare names as inputs: `krige(pts, …)` becomes `krige((SELECT * FROM pts), …)` before planning.
//!
//! The planner resolves table names before it plans and does not look into function arguments; a subquery it does.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, GroupByExpr, Ident, ObjectName, ObjectNamePart, Query, Select, SelectFlavor,
    SelectItem, SetExpr, TableFactor, TableWithJoins, Value, VisitMut, VisitorMut, WildcardAdditionalOptions,
    helpers::attached_token::AttachedToken,
};

use crate::registry::OperatorRegistry;

/// Rewrites the inputs of every operator call in a statement, or part of one.
pub fn name_inputs<T: VisitMut>(registry: &OperatorRegistry, statement: &mut T) {
    let mut visitor = NameInputs { registry };
    let _ = statement.visit(&mut visitor);
}

struct NameInputs<'a> {
    registry: &'a OperatorRegistry,
}

impl VisitorMut for NameInputs<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        let (name, args) = match factor {
            TableFactor::Table { name, args: Some(args), .. } => (&*name, &mut args.args),
            TableFactor::Function { name, args, .. } => (&*name, args),
            _ => return ControlFlow::Continue(()),
        };
        let [ObjectNamePart::Identifier(ident)] = name.0.as_slice() else { return ControlFlow::Continue(()) };
        let Some(operator) = self.registry.get(&ident.value.to_lowercase()) else {
            return ControlFlow::Continue(());
        };
        let definition = operator.definition();
        let mut position = 0;
        for arg in args {
            let (is_input, value) = match arg {
                FunctionArg::Named { name, arg, .. } => {
                    (definition.inputs.iter().any(|i| i.name == name.value.to_lowercase()), arg)
                }
                FunctionArg::ExprNamed { name: Expr::Identifier(name), arg, .. } => {
                    (definition.inputs.iter().any(|i| i.name == name.value.to_lowercase()), arg)
                }
                FunctionArg::ExprNamed { .. } => continue,
                FunctionArg::Unnamed(arg) => {
                    position += 1;
                    (position <= definition.inputs.len(), arg)
                }
            };
            if !is_input {
                continue;
            }
            let FunctionArgExpr::Expr(expr) = value else { continue };
            let name = match expr {
                Expr::Identifier(ident) => vec![ident.clone()],
                Expr::CompoundIdentifier(idents) => idents.clone(),
                Expr::Value(v) => match &v.value {
                    Value::SingleQuotedString(path) => vec![Ident::with_quote('\'', path)],
                    _ => continue,
                },
                _ => continue,
            };
            *expr = Expr::Subquery(Box::new(select_all(name)));
        }
        ControlFlow::Continue(())
    }
}

/// `SELECT * FROM name`.
fn select_all(name: Vec<Ident>) -> Query {
    let table = TableFactor::Table {
        name: ObjectName(name.into_iter().map(ObjectNamePart::Identifier).collect()),
        alias: None,
        args: None,
        with_hints: vec![],
        version: None,
        with_ordinality: false,
        partitions: vec![],
        json_path: None,
        sample: None,
        index_hints: vec![],
    };
    let select = Select {
        select_token: AttachedToken::empty(),
        optimizer_hints: vec![],
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection: vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())],
        exclude: None,
        into: None,
        from: vec![TableWithJoins { relation: table, joins: vec![] }],
        lateral_views: vec![],
        prewhere: None,
        selection: None,
        connect_by: vec![],
        group_by: GroupByExpr::Expressions(vec![], vec![]),
        cluster_by: vec![],
        distribute_by: vec![],
        sort_by: vec![],
        having: None,
        named_window: vec![],
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: SelectFlavor::Standard,
    };
    Query {
        with: None,
        body: Box::new(SetExpr::Select(Box::new(select))),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: vec![],
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: vec![],
    }
}
