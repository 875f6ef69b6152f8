//! The API of a server of Outcrop: messages, clients and servers of the package `outcrop.v1`.
//!
//! The `.proto` files in `proto/` are the reference; this crate is what they give in Rust.

/// The package `outcrop.v1`.
#[allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used)]
pub mod v1 {
    tonic::include_proto!("outcrop.v1");

    /// The files of the package as a descriptor set, for reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/outcrop.v1.bin"));
}
