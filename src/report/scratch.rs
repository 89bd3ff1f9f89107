//! A temporary file for the figures of a long run.

use crate::scratch::Scratch;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Opens a file without a name, so that nothing of it remains, however the program ends.
///
/// # Errors
/// Where the folder for temporary files (`TMPDIR`) takes none.
pub fn open() -> io::Result<Box<dyn Scratch>> {
    Ok(Box::new(Unnamed(Mutex::new(tempfile::tempfile()?))))
}

#[derive(Debug)]
struct Unnamed(Mutex<File>);

impl Unnamed {
    fn at<T>(&self, at: u64, act: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        act(&mut file)
    }
}

impl Scratch for Unnamed {
    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.at(at, |file| file.write_all(bytes))
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.at(at, |file| file.read_exact(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let scratch = open().unwrap();
        scratch.write(0, b"one").unwrap();
        scratch.write(3, b"two").unwrap();
        let mut bytes = [0; 4];
        scratch.read(1, &mut bytes).unwrap();
        assert_eq!(&bytes, b"netw");
        assert!(scratch.read(3, &mut bytes).is_err());
    }
}
