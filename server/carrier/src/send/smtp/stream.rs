//! The way to a mail server: TCP whose writes leave at once, and TLS from the first byte over it.
//!
//! lettre writes a message and the dot after it one by one, and its own connections wait with the second until the first
//! is acknowledged (Nagle), which servers delay by 40 ms: 20 messages a second and connection at best.

#![expect(
    deprecated,
    reason = "lettre's stream is the one thing that begins TLS by lettre's parameters"
)]

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{AsyncRead as _, AsyncWrite as _};
use lettre::transport::smtp::{
    self,
    client::{AsyncNetworkStream, AsyncTokioStream, TlsParameters},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};

/// Connects to the first of the addresses that answers, each within the limit; none when none does.
pub(super) async fn connect(addresses: &[SocketAddr], limit: Duration) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(Ok(stream)) = timeout(limit, TcpStream::connect(address)).await {
            // Without it the connection is slow, and works.
            let _slow = stream.set_nodelay(true);
            return Some(stream);
        }
    }
    None
}

/// A connection under TLS.
#[derive(Debug)]
pub(super) struct Sealed {
    inner: AsyncNetworkStream,
    peer: SocketAddr,
}

impl Sealed {
    /// Begins TLS.
    pub(super) async fn over(stream: TcpStream, tls: TlsParameters) -> Result<Self, smtp::Error> {
        // Told to nobody but whoever asks lettre for it.
        let peer = stream.peer_addr().unwrap_or(([0, 0, 0, 0], 0).into());
        let mut inner = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
        inner.upgrade_tls(tls).await?;
        Ok(Self { inner, peer })
    }
}

impl AsyncTokioStream for Sealed {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Sealed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n = ready!(Pin::new(&mut self.inner).poll_read(cx, buf.initialize_unfilled()))?;
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Sealed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}
