//! What a connection keeps to, whatever it is used for: it has its place until it is closed, and it breaks off when its other
//! side takes nothing, or when a stream on it is cut. Who asks and never reads would otherwise keep its place, and what waits
//! for it, as long as it likes.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep};

/// The longest real time in which the other side may take nothing of what is sent.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A connection.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    /// While it takes nothing. An idle connection has no timer.
    stalled: Option<Pin<Box<Sleep>>>,
    cutter: Cutter,
    /// Where so many connections may be open, and no more.
    _place: Option<OwnedSemaphorePermit>,
}

/// Breaks a connection off once everything is sent that was written to it before.
#[derive(Clone, Debug, Default)]
pub(super) struct Cutter(Arc<AtomicBool>);

impl Cutter {
    /// Cuts at the next flush.
    pub(super) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_used(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, place: Option<OwnedSemaphorePermit>) -> Self {
        Self { stream, stalled: None, cutter: Cutter::default(), _place: place }
    }

    pub(super) fn cutter(&self) -> Cutter {
        self.cutter.clone()
    }

    /// What came of a write, unless the other side has taken nothing for too long.
    fn judge<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        stalled.as_mut().poll(cx).map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.judge(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) && self.cutter.is_used() {
            return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[test]
    fn who_takes_something_in_the_end_has_all_the_time_again() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (near, mut far) = duplex(4);
            let mut near = Patient::new(near, None);
            near.write_all(b"four").await.unwrap();
            assert!(near.stalled.is_none());
            let (sent, taken) = tokio::join!(near.write_all(b"more"), far.read_u32());
            assert!(sent.is_ok() && taken.is_ok() && near.stalled.is_none());
        });
    }

    #[test]
    fn a_cut_comes_after_what_was_written() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (near, mut far) = duplex(4);
            let mut near = Patient::new(near, None);
            near.write_all(b"four").await.unwrap();
            near.flush().await.unwrap();
            near.cutter().cut();
            let (sent, taken) = tokio::join!(near.write_all(b"more"), far.read_u32());
            assert!(sent.is_ok() && taken.is_ok());
            assert!(near.flush().await.is_err());
        });
    }
}
