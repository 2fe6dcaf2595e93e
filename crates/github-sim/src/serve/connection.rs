//! Connections that can be broken off without an answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A handle on the connection a request came over.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    is_broken: Arc<AtomicBool>,
}

impl Connection {
    /// From now on nothing can be written: the peer sees the connection close.
    pub(crate) fn break_off(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Listener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self { is_broken: Arc::clone(&stream.io().is_broken) }
    }
}

/// Accepts connections of this kind and knows how many are open.
#[derive(Debug)]
pub(crate) struct Listener {
    listener: TcpListener,
    open: Arc<AtomicUsize>,
}

impl Listener {
    /// Accepts from `listener` and keeps the number of open connections in `open`.
    pub(crate) fn new(listener: TcpListener, open: Arc<AtomicUsize>) -> Self {
        Self { listener, open }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Breakable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Breakable, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.listener).await;
        // Answers are whole: waiting to fill packets would only add latency. A socket that refuses still works.
        let _ = stream.set_nodelay(true);
        self.open.fetch_add(1, Ordering::SeqCst);
        (Breakable { stream, is_broken: Arc::default(), open: Arc::clone(&self.open) }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A TCP stream whose writes fail once it is broken off.
#[derive(Debug)]
pub(crate) struct Breakable {
    stream: TcpStream,
    is_broken: Arc<AtomicBool>,
    open: Arc<AtomicUsize>,
}

impl Drop for Breakable {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Breakable {
    fn check(&self) -> io::Result<()> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Breakable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Breakable {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
