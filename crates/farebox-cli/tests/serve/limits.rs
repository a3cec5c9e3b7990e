//! Clients that are slow, or send too much.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::common::{Place, exchange, get, status};

#[test]
fn a_head_has_to_come_in_time_and_to_end() {
    let place =
        Place::new(&["act"], "server.header_timeout = 1\nserver.max_headers = 16\nserver.max_header_bytes = 16384\n");
    let server = place.serve();
    // Some bytes, and then nothing: the server closes it.
    let answer = exchange(server.address(), b"GET /free HTTP/1.1\r\nHost: x\r\n");
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    let many: String = (0..17).map(|i| format!("X-{i}: 1\r\n")).collect();
    assert_eq!(
        status(&exchange(server.address(), format!("GET /free HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes())),
        431
    );
    let long = "a".repeat(20_000);
    assert_eq!(
        status(&exchange(server.address(), format!("GET /free HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n").as_bytes())),
        431
    );
    for bad in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /free HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = exchange(server.address(), bad.as_bytes());
        assert!(answer.is_empty() || status(&answer) >= 400, "{bad:?}: {answer}");
    }
    assert_eq!(status(&get(server.address(), "/free")), 200);
}

#[test]
fn connections_are_counted() {
    let place = Place::new(&["act"], "server.max_connections = 2\nserver.header_timeout = 2\n");
    let server = place.serve();
    let idle: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    // The third waits until one of them is given up, and is served then.
    let mut third = TcpStream::connect(server.address()).unwrap();
    third.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    third.write_all(b"GET /free HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    third.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), 200);
    drop(idle);
}

#[test]
fn forged_and_malformed_tokens_are_never_500() {
    let place = Place::new(&["act", "arc", "voprf-ristretto255"], "");
    let server = place.serve();
    for path in ["/act/page", "/arc/page", "/once/page"] {
        for token in [
            "",
            "token",
            "token=",
            "token=\"AAEC\"",
            "token=\"5awAAA==\"",
            "token=\"!!\"",
            "token=\"AAEC\", token=\"AAEC\"",
        ] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: PrivateToken {token}\r\n\r\n"
            );
            let answer = exchange(server.address(), request.as_bytes());
            assert!((400..500).contains(&status(&answer)), "{path} {token}: {answer}");
        }
    }
    let post = "POST /token-request HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/private-token-request\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(status(&exchange(server.address(), post.as_bytes())), 422);
    assert_eq!(status(&get(server.admin_address(), "/readyz")), 200);
}

#[test]
fn who_stops_reading_or_writing_is_given_up() {
    let place = Place::new(&["act"], "server.body_timeout = 1\n");
    let size = 64 << 20;
    std::fs::write(place.path("pages/large"), vec![b'x'; size]).unwrap();
    let server = place.serve();
    // Asks, reads nothing for some time, and then all that there is.
    let mut reader = TcpStream::connect(server.address()).unwrap();
    reader.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    reader.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_secs(4));
    let mut got = Vec::new();
    let _ = reader.read_to_end(&mut got);
    assert!(got.len() < size, "{}", got.len());
    // A body that does not come.
    let head = "POST /token-request HTTP/1.1\r\nHost: x\r\nContent-Type: application/private-token-request\r\nContent-Length: 35\r\n\r\nabc";
    assert_eq!(status(&exchange(server.address(), head.as_bytes())), 408);
}
