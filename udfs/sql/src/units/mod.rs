//! Units of columns.

crate::family!(functions { convert_unit, unit_of });
