//! The SQL dialect: the engine's own, and versions of tables (`FROM logs VERSION AS OF 3`).

use std::any::TypeId;
use std::collections::VecDeque;

use datafusion::common::Result;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use sqlparser::dialect::{Dialect, GenericDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// The generic dialect, which the engine speaks, with `VERSION AS OF` and its kin.
#[derive(Debug)]
struct OutcropDialect(GenericDialect);

/// Answers as the generic dialect does. A flag that a later parser adds keeps the parser's default until it is
/// listed here.
macro_rules! as_generic {
    ($($flag:ident)*) => {
        $(fn $flag(&self) -> bool {
            self.0.$flag()
        })*
    };
}

impl Dialect for OutcropDialect {
    /// The parser asks by type whether a dialect is the generic one.
    fn dialect(&self) -> TypeId {
        self.0.dialect()
    }

    fn supports_table_versioning(&self) -> bool {
        true
    }

    /// `offset` is a column of seismic traces: behind a comma of a SELECT it is one, unless a number follows, as in
    /// `SELECT well, OFFSET 5`.
    fn is_column_alias(&self, keyword: &Keyword, parser: &mut Parser) -> bool {
        let behind_comma = || {
            let mut before = (0..parser.get_current_index()).rev().map(|at| &parser.token_at(at).token);
            before.find(|t| !matches!(t, Token::Whitespace(_))) == Some(&Token::Comma)
        };
        let counts = || matches!(parser.peek_token_ref().token, Token::Number(..) | Token::Placeholder(_));
        match keyword {
            Keyword::OFFSET if behind_comma() && !counts() => true,
            keyword => self.0.is_column_alias(keyword, parser),
        }
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.0.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.0.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.0.is_identifier_part(ch)
    }

    as_generic! {
    supports_unicode_string_literal supports_partition_by_after_order_by supports_array_join_syntax
        supports_group_by_expr supports_group_by_with_modifier supports_left_associative_joins_without_parens
        supports_connect_by supports_match_recognize supports_pipe_operator supports_start_transaction_modifier
        supports_window_function_null_treatment_arg supports_dictionary_syntax
        supports_window_clause_named_window_reference supports_parenthesized_set_variables
        supports_select_wildcard_except support_map_literal_syntax allow_extract_custom allow_extract_single_quotes
        supports_extract_comma_syntax supports_create_view_comment_syntax supports_parens_around_table_factor
        supports_values_as_table_factor supports_create_index_with_clause supports_explain_with_utility_options
        supports_limit_comma supports_update_order_by supports_from_first_select supports_projection_trailing_commas
        supports_asc_desc_in_column_definition supports_try_convert supports_bitwise_shift_operators supports_comment_on
        supports_load_extension supports_named_fn_args_with_assignment_operator supports_struct_literal
        supports_empty_projections supports_nested_comments supports_multiline_comment_hints supports_user_host_grantee
        supports_string_escape_constant supports_array_typedef_with_brackets supports_match_against supports_set_names
        supports_comma_separated_set_assignments supports_filter_during_aggregation supports_select_wildcard_exclude
        supports_data_type_signed_suffix supports_interval_options supports_quote_delimited_string
        supports_select_wildcard_replace supports_select_wildcard_ilike supports_select_wildcard_rename
        supports_optimize_table supports_install supports_detach supports_prewhere supports_with_fill supports_limit_by
        supports_interpolate supports_settings supports_select_format supports_comment_optimizer_hint
        supports_constraint_keyword_without_name supports_key_column_option supports_comma_separated_trim
        supports_cte_without_as supports_select_item_multi_column_alias supports_xml_expressions
    }
}

/// The statements of a text, in order.
pub(crate) fn parse(sql: &str) -> Result<Vec<Statement>> {
    let dialect = OutcropDialect(GenericDialect {});
    let statements: VecDeque<Statement> =
        DFParserBuilder::new(sql).with_dialect(&dialect).build()?.parse_statements()?;
    Ok(statements.into())
}
