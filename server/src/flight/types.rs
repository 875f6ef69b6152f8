//! Types by their names in SQL, and the list of them that XDBC drivers ask for.

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use arrow_flight::sql::metadata::{XdbcTypeInfo, XdbcTypeInfoDataBuilder};
use arrow_flight::sql::{CommandGetXdbcTypeInfo, Nullable, Searchable, XdbcDataType, XdbcDatetimeSubcode};
use tonic::Status;

/// The name in SQL.
pub(super) fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Null => "NULL",
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "TINYINT UNSIGNED",
        DataType::UInt16 => "SMALLINT UNSIGNED",
        DataType::UInt32 => "INTEGER UNSIGNED",
        DataType::UInt64 => "BIGINT UNSIGNED",
        DataType::Float16 | DataType::Float32 => "REAL",
        DataType::Float64 => "DOUBLE",
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "DECIMAL"
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "VARBINARY",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Duration(_) | DataType::Interval(_) => "INTERVAL",
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::FixedSizeList(..) => "ARRAY",
        DataType::Struct(_) => "STRUCT",
        DataType::Map(..) => "MAP",
        DataType::Union(..) => "UNION",
        DataType::Dictionary(_, values) => type_name(values),
        DataType::RunEndEncoded(_, values) => type_name(values.data_type()),
    }
}

/// Decimal digits, and how many of them follow the point.
pub(super) fn precision(data_type: &DataType) -> Option<(i32, i32)> {
    let digits = |n: i32| Some((n, 0));
    match data_type {
        DataType::Int8 | DataType::UInt8 => digits(3),
        DataType::Int16 | DataType::UInt16 => digits(5),
        DataType::Int32 | DataType::UInt32 => digits(10),
        DataType::Int64 => digits(19),
        DataType::UInt64 => digits(20),
        DataType::Float16 | DataType::Float32 => digits(7),
        DataType::Float64 => digits(15),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => Some((i32::from(*precision), i32::from(*scale))),
        _ => None,
    }
}

/// GetXdbcTypeInfo.
pub(super) fn list(wanted: &CommandGetXdbcTypeInfo) -> Result<RecordBatch, Status> {
    let mut builder = XdbcTypeInfoDataBuilder::new();
    all().into_iter().for_each(|info| builder.append(info));
    Ok(builder.build()?.record_batch(wanted.data_type)?)
}

fn all() -> Vec<XdbcTypeInfo> {
    use XdbcDataType as X;
    let mut list = vec![
        XdbcTypeInfo { searchable: Searchable::Basic, ..named("BOOLEAN", X::XdbcBit, 1) },
        integer("TINYINT", X::XdbcTinyint, 3, false),
        integer("SMALLINT", X::XdbcSmallint, 5, false),
        integer("INTEGER", X::XdbcInteger, 10, false),
        integer("BIGINT", X::XdbcBigint, 19, false),
        integer("TINYINT UNSIGNED", X::XdbcTinyint, 3, true),
        integer("SMALLINT UNSIGNED", X::XdbcSmallint, 5, true),
        integer("INTEGER UNSIGNED", X::XdbcInteger, 10, true),
        integer("BIGINT UNSIGNED", X::XdbcBigint, 20, true),
        float("REAL", X::XdbcReal, 24),
        float("DOUBLE", X::XdbcDouble, 53),
        XdbcTypeInfo {
            create_params: Some(vec!["precision".to_owned(), "scale".to_owned()]),
            minimum_scale: Some(0),
            maximum_scale: Some(38),
            num_prec_radix: Some(10),
            unsigned_attribute: Some(false),
            ..named("DECIMAL", X::XdbcDecimal, 38)
        },
        XdbcTypeInfo { case_sensitive: true, ..quoted("VARCHAR", X::XdbcVarchar, i32::MAX, "'") },
        quoted("VARBINARY", X::XdbcVarbinary, i32::MAX, "X'"),
        quoted("DATE", X::XdbcDate, 10, "DATE '"),
        quoted("TIME", X::XdbcTime, 18, "TIME '"),
        quoted("TIMESTAMP", X::XdbcTimestamp, 29, "TIMESTAMP '"),
        quoted("TIMESTAMP WITH TIME ZONE", X::XdbcTimestamp, 35, "TIMESTAMP '"),
        quoted("INTERVAL", X::XdbcInterval, 32, "INTERVAL '"),
        XdbcTypeInfo { searchable: Searchable::None, ..named("ARRAY", X::XdbcUnknownType, i32::MAX) },
        XdbcTypeInfo { searchable: Searchable::None, ..named("STRUCT", X::XdbcUnknownType, i32::MAX) },
    ];
    for info in &mut list {
        info.sql_data_type = match info.data_type {
            X::XdbcDate | X::XdbcTime | X::XdbcTimestamp => X::XdbcDatetime,
            other => other,
        };
        info.datetime_subcode = match info.data_type {
            X::XdbcDate => Some(XdbcDatetimeSubcode::XdbcSubcodeYear),
            X::XdbcTime => Some(XdbcDatetimeSubcode::XdbcSubcodeTime),
            X::XdbcTimestamp => Some(XdbcDatetimeSubcode::XdbcSubcodeTimestamp),
            _ => None,
        };
    }
    list
}

fn named(name: &str, data_type: XdbcDataType, size: i32) -> XdbcTypeInfo {
    XdbcTypeInfo {
        type_name: name.to_owned(),
        local_type_name: Some(name.to_owned()),
        data_type,
        column_size: Some(size),
        nullable: Nullable::NullabilityNullable,
        searchable: Searchable::Full,
        auto_increment: Some(false),
        ..XdbcTypeInfo::default()
    }
}

fn quoted(name: &str, data_type: XdbcDataType, size: i32, before: &str) -> XdbcTypeInfo {
    let (before, after) = (Some(before.to_owned()), Some("'".to_owned()));
    XdbcTypeInfo { literal_prefix: before, literal_suffix: after, ..named(name, data_type, size) }
}

fn integer(name: &str, data_type: XdbcDataType, digits: i32, unsigned: bool) -> XdbcTypeInfo {
    let scale = Some(0);
    XdbcTypeInfo {
        unsigned_attribute: Some(unsigned),
        minimum_scale: scale,
        maximum_scale: scale,
        num_prec_radix: Some(10),
        ..named(name, data_type, digits)
    }
}

fn float(name: &str, data_type: XdbcDataType, bits: i32) -> XdbcTypeInfo {
    XdbcTypeInfo { unsigned_attribute: Some(false), num_prec_radix: Some(2), ..named(name, data_type, bits) }
}
