//! The messages of session options, as `Flight.proto` has them; the library lacks them.

use std::collections::HashMap;

use prost::{Enumeration, Message, Oneof};

/// A value.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OptionValue {
    #[prost(oneof = "Value", tags = "1, 2, 3, 4, 5")]
    pub(super) value: Option<Value>,
}

/// A value of one of the types; none takes the option away.
#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Value {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(sfixed64, tag = "3")]
    Int(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(message, tag = "5")]
    Texts(Texts),
}

/// A list of texts.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Texts {
    #[prost(string, repeated, tag = "1")]
    pub(super) values: Vec<String>,
}

/// Options to set.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SetRequest {
    #[prost(map = "string, message", tag = "1")]
    pub(super) options: HashMap<String, OptionValue>,
}

/// What is wrong with some of them.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SetResult {
    #[prost(map = "string, message", tag = "1")]
    pub(super) errors: HashMap<String, SetError>,
}

/// What is wrong with one.
#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct SetError {
    #[prost(enumeration = "Wrong", tag = "1")]
    pub(super) wrong: i32,
}

/// Kinds of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(super) enum Wrong {
    Unspecified = 0,
    Name = 1,
    Value = 2,
    Error = 3,
}

/// The options that are set.
#[derive(Clone, PartialEq, Message)]
pub(super) struct GetResult {
    #[prost(map = "string, message", tag = "1")]
    pub(super) options: HashMap<String, OptionValue>,
}

/// What became of a session that was to be closed.
#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct CloseResult {
    #[prost(enumeration = "Closed", tag = "1")]
    pub(super) status: i32,
}

/// Kinds of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(super) enum Closed {
    Unspecified = 0,
    Done = 1,
    Closing = 2,
    NotCloseable = 3,
}
