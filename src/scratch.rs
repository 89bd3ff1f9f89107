//! A place outside of memory for what a long run keeps. What it is, a file or anything else, is up to whoever opens it:
//! the core only writes to it and reads back.

use std::fmt;
use std::io;

/// Bytes by their place.
pub trait Scratch: fmt::Debug + Send + Sync {
    /// Writes bytes from that place on.
    ///
    /// # Errors
    /// Where there is no room for them.
    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Reads back what was written there.
    ///
    /// # Errors
    /// Where it is lost.
    fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()>;
}

/// Opens a place that vanishes with its last user.
pub type Open = fn() -> io::Result<Box<dyn Scratch>>;
