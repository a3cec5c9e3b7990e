//! Listening: HTTP/1.1 with bounds on heads and connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::stalled::Stalled;
use crate::config::Server;
use crate::exit::{Code, Failure};

/// # Errors
/// [`Code::InUse`] where somebody else listens there.
pub(crate) async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let is_taken = error.kind() == std::io::ErrorKind::AddrInUse;
        let code = if is_taken { Code::InUse } else { Code::Failure };
        Failure::at(code, format!("{key}: {address}"))(error)
    })
}

/// Serves connections until told to stop; then takes none, and ends when those that are open have answered what they read.
pub(crate) async fn run(listener: TcpListener, router: Router, server: Server, mut stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(server.max_connections as usize));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            // Nobody closes it.
            let permit = room.clone().acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let accepted = tokio::select! {
            biased;
            _ = stop.changed() => break,
            accepted = next => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            (permit, Ok((stream, peer))) => {
                let connection = serve(stream, peer, router.clone(), server.clone(), stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            (_, Err(error)) => {
                // No files left, or a connection that broke at once. The first passes when others end.
                tracing::warn!(kind = ?error.kind(), "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, server: Server, mut stop: watch::Receiver<bool>) {
    let _is_slower = stream.set_nodelay(true);
    let stream = Stalled::new(stream, Duration::from_secs(server.body_timeout.into()));
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(server.header_timeout.into()))
        .max_headers(server.max_headers.into())
        .max_buf_size(server.max_header_bytes as usize)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // How a connection ends is the client's business.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
