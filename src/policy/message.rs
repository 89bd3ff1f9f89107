//! What an event looks like on the wire.

/// The payload of every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// How it is written.
    pub format: Format,
    /// Bytes of one event, envelope included.
    pub size_bytes: u32,
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/xml`.
    Xml,
}
