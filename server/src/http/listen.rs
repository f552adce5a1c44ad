//! The loop that accepts connections, with the limits that axum's own has none of.
//!
//! A connection that says nothing costs a descriptor and memory for as long as it lasts, and whoever wants to harm a
//! server opens thousands. So there is a greatest number, and one that doesn't send a whole request head in time is
//! closed, be it the first or a later one.

use std::{
    convert::Infallible,
    io::ErrorKind,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Extension, Router, body::Body, extract::ConnectInfo};
use http::{Request, Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Layer, Service};

/// What a listener puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest time from the start of a connection, or from the last answer, to the end of a request's head.
    pub head: Duration,
    /// Connections at the same time; more wait in the system's own queue.
    pub connections: usize,
}

impl Default for Limits {
    /// Twice as many connections as there may be live streams, so that these can't keep everybody else out.
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            connections: 2 * super::metrics::STREAMS_MAX,
        }
    }
}

/// Pause after the system refused a connection, for want of descriptors mostly: trying at once would only spin.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);
/// How often a connection with several requests at once (HTTP/2) is asked whether anybody is there.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Serves until `shutdown`, then lets the open requests finish. Idle connections close at once.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let open = TaskTracker::new();
    loop {
        let next = async {
            // Never closed, so there is always a place in the end.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, accept(&listener).await)
        };
        let Some((place, (stream, peer))) = shutdown.run_until_cancelled(next).await else {
            break;
        };
        let (router, shutdown) = (router.clone(), shutdown.clone());
        open.spawn(async move {
            talk(stream, peer, router, limits.head, shutdown).await;
            drop(place);
        });
    }
    // New connections are refused while the open ones end.
    drop(listener);
    open.close();
    open.wait().await;
}

/// The next connection.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Whoever it was is gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                sleep(REFUSED_PAUSE).await;
            }
        }
    }
}

/// One connection, from its first byte to its last.
async fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head: Duration,
    shutdown: CancellationToken,
) {
    // Answers are small and must not wait for each other.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let heard = Arc::new(AtomicBool::new(false));
    let routed = Extension(ConnectInfo(peer)).layer(router);
    let service = {
        let heard = Arc::clone(&heard);
        service_fn(move |request: Request<Incoming>| {
            heard.store(true, Ordering::Relaxed);
            answer(routed.clone(), request)
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // Which version it speaks is read from its first bytes, and for those there is no timer yet.
    let first_by = Instant::now() + head;
    let (mut is_first, mut is_ending) = (true, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke off");
                }
                return;
            }
            () = shutdown.cancelled(), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep_until(first_by), if is_first => {
                is_first = false;
                if !heard.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    }
}

async fn answer<S>(mut routed: S, request: Request<Incoming>) -> Result<Response<Body>, Infallible>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
{
    std::future::poll_fn(|context| routed.poll_ready(context)).await?;
    routed.call(request).await
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
        time::timeout,
    };

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    /// Long enough for a busy machine.
    const SOON: Duration = Duration::from_secs(20);

    /// Serves `/`, which tells where a request comes from, and `/late`, whose body waits for a word.
    async fn start(limits: Limits) -> (SocketAddr, CancellationToken, TaskTracker) {
        start_with(limits, Arc::default()).await
    }

    async fn start_with(
        limits: Limits,
        word: Arc<Notify>,
    ) -> (SocketAddr, CancellationToken, TaskTracker) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let late = async move || {
            Body::from_stream(futures::stream::once(async move {
                word.notified().await;
                Ok::<_, Infallible>("127.0.0.1")
            }))
        };
        let router = Router::new().route("/late", get(late)).route(
            "/",
            get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()),
        );
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(listener, router, limits, shutdown.clone()));
        tasks.close();
        (address, shutdown, tasks)
    }

    async fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(bytes).await.expect("sent");
        stream
    }

    /// Reads until the answer's end, which says where the request came from.
    async fn answer(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        let mut buffer = [0; 1024];
        while !text.contains("127.0.0.1") {
            let n = stream.read(&mut buffer).await.expect("an answer");
            assert!(n > 0, "closed after {text:?}");
            text += std::str::from_utf8(&buffer[..n]).expect("text");
        }
        text
    }

    #[tokio::test]
    async fn whoever_does_not_finish_a_request_is_sent_away() {
        let head = Duration::from_millis(100);
        let (address, ..) = start(Limits {
            head,
            connections: 8,
        })
        .await;
        let unfinished: [&[u8]; 5] = [
            b"",
            b"P",
            b"PRI * HTTP/2.0\r\n",
            b"GET / HTTP/1.1\r\nhost:",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ];
        for bytes in unfinished {
            let mut stream = send(address, bytes).await;
            let mut rest = Vec::new();
            let end = timeout(SOON, stream.read_to_end(&mut rest)).await;
            // Closed in order or reset, but closed.
            assert!(end.is_ok(), "{bytes:?} is still open");
        }
        // A second request has to come in time, too.
        let mut stream = send(address, REQUEST).await;
        let text = answer(&mut stream).await;
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        stream.write_all(b"GET /").await.expect("sent");
        let mut rest = Vec::new();
        assert!(timeout(SOON, stream.read_to_end(&mut rest)).await.is_ok());
    }

    #[tokio::test]
    async fn an_answer_may_take_longer_than_a_request() {
        let word = Arc::new(Notify::new());
        let limits = Limits {
            head: Duration::from_millis(50),
            connections: 8,
        };
        let (address, ..) = start_with(limits, Arc::clone(&word)).await;
        let mut stream = send(address, b"GET /late HTTP/1.1\r\nhost: x\r\n\r\n").await;
        // Many times the limit, as a quiet live stream has it.
        let early = timeout(Duration::from_millis(500), answer(&mut stream)).await;
        assert!(early.is_err(), "nothing was said yet, and it is open");
        word.notify_one();
        let mut rest = Vec::new();
        let end = timeout(SOON, stream.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "idle after its answer");
        assert!(String::from_utf8_lossy(&rest).contains("127.0.0.1"));
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_for_a_place() {
        let (address, ..) = start(Limits {
            head: SOON,
            connections: 2,
        })
        .await;
        let mut first = send(address, REQUEST).await;
        let mut second = send(address, REQUEST).await;
        answer(&mut first).await;
        answer(&mut second).await;
        let mut third = send(address, REQUEST).await;
        let early = timeout(Duration::from_millis(200), answer(&mut third)).await;
        assert!(early.is_err(), "the limit was passed");
        drop(first);
        timeout(SOON, answer(&mut third)).await.expect("its turn");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_up_the_end() {
        let (address, shutdown, tasks) = start(Limits {
            head: SOON * 3,
            connections: 8,
        })
        .await;
        let mut idle = send(address, REQUEST).await;
        answer(&mut idle).await;
        shutdown.cancel();
        timeout(SOON, tasks.wait()).await.expect("the end");
    }
}
