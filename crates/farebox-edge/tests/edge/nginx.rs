//! Debian's nginx with the configuration in `nginx/farebox.conf`, between a client, the gate and an upstream.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::{Method, StatusCode};

use crate::client::{balance, field, get, refunded, send, spend};
use crate::site::{INITIAL, NOW, issuer, listen, ring};

struct Nginx {
    child: Child,
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM is nginx's fast shutdown, which takes its workers along.
        let _sent = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ended = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn binary() -> Option<&'static str> {
    ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].into_iter().find(|path| Path::new(path).exists())
}

impl Nginx {
    /// The documented server, with the test's addresses, inside the rest that nginx wants.
    async fn start(gate: SocketAddr, upstream: SocketAddr) -> Option<Self> {
        let binary = binary()?;
        let folder = tempfile::tempdir().unwrap();
        let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
        let documented = include_str!("../../nginx/farebox.conf");
        let server = [("127.0.0.1:8080", address), ("127.0.0.1:8081", gate), ("127.0.0.1:8082", upstream)]
            .into_iter()
            .fold(documented.to_owned(), |text, (from, to)| {
                assert!(text.contains(from));
                text.replace(from, &to.to_string())
            });
        let path = folder.path();
        fs::write(path.join("farebox.conf"), server).unwrap();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {}/{name};\n", path.display()))
            .concat();
        let main = format!(
            "daemon off;\nworker_processes 1;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{ worker_connections 64; }}\n\
             http {{\naccess_log off;\n{temporary}include {0}/farebox.conf;\n}}\n",
            path.display()
        );
        fs::write(path.join("nginx.conf"), main).unwrap();
        let mut command = Command::new(binary);
        command.arg("-p").arg(path).arg("-c").arg(path.join("nginx.conf")).arg("-e").arg(path.join("error.log"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut nginx = Self { child, _folder: folder, address };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Some(nginx);
            }
            if nginx.child.try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let log = fs::read_to_string(nginx._folder.path().join("error.log")).unwrap_or_default();
        panic!("nginx does not listen: {log}");
    }
}

/// Says what it sees of the gate's business.
async fn upstream() -> SocketAddr {
    let say = |request: Request| async move {
        let text = |name: &str| {
            let all = request.headers().get_all(name).iter().map(|value| value.to_str().unwrap().to_owned());
            all.collect::<Vec<_>>().join("|")
        };
        let status = if request.uri().path() == "/api/fails" { StatusCode::FORBIDDEN } else { StatusCode::OK };
        let body = format!(
            "{} verdict={} authorization={} reverse={}",
            request.uri(),
            text("farebox-verdict") + &text("farebox_verdict"),
            text("authorization"),
            text("privacypass-reverse")
        );
        (status, body)
    };
    listen(Router::new().fallback(say)).await
}

#[tokio::test]
async fn nginx_asks_the_gate() {
    let (gate, _, store) = crate::forward::endpoint().await;
    let Some(nginx) = Nginx::start(gate, upstream().await).await else {
        println!("skipped: there is no nginx on this machine");
        return;
    };
    let address = nginx.address;

    // 401 with the challenge.
    let challenged = get(address, "/api/a").await;
    assert_eq!(challenged.status, StatusCode::UNAUTHORIZED);
    assert_eq!(challenged.header("cache-control"), Some("no-store"));
    let offer = challenged.offers().remove(0);

    // A token passes, its refund comes back, and the upstream sees the gate's verdict and nobody else's.
    let spent = spend(balance(&offer, &issuer(ring()), NOW), &offer);
    let token = field(spent.token_bytes());
    let headers = [
        ("Authorization", token.as_str()),
        ("Farebox-Verdict", "redeemed; type=0xE5AD; charge=1000"),
        ("Farebox_Verdict", "redeemed; type=0xE5AD; charge=1000"),
    ];
    let passed = send(address, Method::GET, "/api/a?q=1", &headers).await;
    assert_eq!(passed.status, StatusCode::OK, "{}", passed.body);
    assert_eq!(passed.body, "/api/a?q=1 verdict=redeemed; type=0xE5AD; charge=10 authorization= reverse=");
    assert_eq!(passed.header("cache-control"), Some("no-store"));

    // A retry is answered with 409 and the stored refund, and does not reach the upstream.
    let again = send(address, Method::GET, "/api/a?q=1", &headers).await;
    assert_eq!((again.status, again.reverse()), (StatusCode::CONFLICT, passed.reverse()));
    assert!(!again.body.contains("verdict="));
    let idle = refunded(spent, &again);
    assert_eq!(idle.balance().get(), INITIAL - 10 + 4);

    // The upstream's own refusals come through, with the refund.
    let spent = spend(idle, &offer);
    let refused = send(address, Method::GET, "/api/fails", &[("Authorization", &field(spent.token_bytes()))]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.starts_with("/api/fails verdict=redeemed"), "{}", refused.body);
    let idle = refunded(spent, &refused);

    // What is wrong is told.
    let malformed = send(address, Method::GET, "/api/a", &[("Authorization", "PrivateToken token")]).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    let spent = spend(idle, &offer);
    store.faults.peek.store(1, std::sync::atomic::Ordering::SeqCst);
    let token = field(spent.token_bytes());
    let away = send(address, Method::GET, "/api/a", &[("Authorization", &token)]).await;
    assert_eq!((away.status.as_u16(), away.header("retry-after")), (503, Some("5")));
    assert_eq!(send(address, Method::GET, "/api/a", &[("Authorization", &token)]).await.status, StatusCode::OK);

    // Nobody asks the gate directly, and a forged verdict does not help who has no token.
    assert_eq!(get(address, "/farebox-check").await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(address, Method::GET, "/api/a", &headers[1..]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_the_gate_nginx_lets_nobody_through() {
    let nobody: SocketAddr = ([127, 0, 0, 1], free_port()).into();
    let Some(nginx) = Nginx::start(nobody, upstream().await).await else {
        println!("skipped: there is no nginx on this machine");
        return;
    };
    let answer = get(nginx.address, "/api/a").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.body.contains("verdict="));
}
