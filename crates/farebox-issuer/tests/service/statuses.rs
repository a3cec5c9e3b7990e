//! One request for each status of the table in the README.

use farebox_issuer::attest::{Open, SharedSecret};
use privacypass_wire::http;

use crate::site::{DIRECTORY, PATH, Site, config};
use crate::world::{batch, cheap, issuer};

#[tokio::test]
async fn what_is_asked_for_wrongly() {
    let site = Site::new(issuer(), config(), Open).await;
    let (media_type, body) = cheap();

    assert_eq!(site.post(media_type, &body, &[]).await.status, 200);
    assert_eq!(site.post(&format!("{media_type}; charset=x"), &body, &[]).await.status, 200);
    assert_eq!(site.post(&media_type.to_uppercase(), &body, &[]).await.status, 200);

    for (method, path) in [("GET", PATH), ("PUT", PATH), ("DELETE", PATH), ("POST", DIRECTORY), ("POST", "/attest/pow")]
    {
        let answer = site.send(method, path, &[("Content-Type", media_type)], &body).await;
        answer.assert_refused(405);
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
    assert_eq!(site.send("POST", "/elsewhere", &[("Content-Type", media_type)], &body).await.status, 404);
    site.send("GET", "/attest/pow", &[], b"").await.assert_refused(404);

    // Media types: none, another, another's, and an encoded body.
    site.send("POST", PATH, &[], &body).await.assert_refused(415);
    for other in ["application/json", "", http::TOKEN_RESPONSE, http::CREDENTIAL_REQUEST] {
        site.post(other, &body, &[]).await.assert_refused(415);
    }
    site.post(media_type, &body, &[("Content-Encoding", "gzip")]).await.assert_refused(415);
    // Twice.
    site.post(media_type, &body, &[("Content-Type", media_type)]).await.assert_refused(400);

    // Well sent and wrong.
    for wrong in [&body[..body.len() - 1], &[], &[0xff; 35], &[body.as_slice(), &[0]].concat()] {
        site.post(media_type, wrong, &[]).await.assert_refused(422);
    }
    let mut other_key = body.clone();
    other_key[2] ^= 1;
    site.post(media_type, &other_key, &[]).await.assert_refused(422);
    let mut no_element = body.clone();
    no_element[3..].fill(0xff);
    site.post(media_type, &no_element, &[]).await.assert_refused(422);
    for media_type in [http::AMORTIZED_BATCH_REQUEST, http::GENERIC_BATCH_REQUEST] {
        site.post(media_type, &body, &[]).await.assert_refused(422);
    }
    // An empty generic batch asks for nothing and gets it.
    let answer = site.post(http::GENERIC_BATCH_REQUEST, &[0], &[]).await;
    assert_eq!((answer.status, &answer.body[..]), (200, &[0][..]));
}

#[tokio::test]
async fn too_much() {
    let small = farebox_issuer::IssuerConfig { body_limit: 1000, ..config() };
    let mut issuer = issuer();
    issuer.limits.batch = 10;
    let site = Site::new(issuer, small, Open).await;
    let (media_type, body) = batch(10);
    assert_eq!(site.post(media_type, &body, &[]).await.status, 200);
    let (media_type, body) = batch(11);
    site.post(media_type, &body, &[]).await.assert_refused(422);
    let (media_type, body) = batch(100);
    // By what the head says, by what comes, and in many chunks.
    site.post(media_type, &body, &[]).await.assert_refused(413);
    let head =
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunks = "1\r\nA\r\n".repeat(1001);
    let answer = site.raw(format!("{head}{chunks}").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
    let chunks = "1\r\nA\r\n".repeat(1000);
    let answer = site.raw(format!("{head}{chunks}0\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    // A length that is not true breaks off.
    let head =
        format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nContent-Length: 99999999999\r\n\r\n");
    let answer = site.raw(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // The server's own limits on heads.
    let many: String = (0..200).map(|i| format!("X-{i}: a\r\n")).collect();
    let answer = site.raw(format!("GET {DIRECTORY} HTTP/1.1\r\nHost: a\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_secret_is_asked_for_before_the_body_is_read() {
    let secret = "correct horse battery staple";
    let site = Site::new(issuer(), config(), SharedSecret::new(["another secret of others", secret]).unwrap()).await;
    let (media_type, body) = cheap();
    let with = |value: &str| [("Authorization", value.to_owned())];
    let post = async |headers: &[(&str, String)]| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        site.post(media_type, &body, &headers).await
    };
    let answer = post(&[]).await;
    answer.assert_refused(401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    for other in ["Basic YTpi".to_owned(), "Bearer".into(), secret.into()] {
        post(&with(&other)).await.assert_refused(401);
    }
    for wrong in [format!("Bearer {secret}x"), "Bearer x".into(), format!("Bearer {}", &secret[1..])] {
        post(&with(&wrong)).await.assert_refused(403);
    }
    for right in [format!("Bearer {secret}"), format!("bearer  {secret} "), "Bearer another secret of others".into()] {
        assert_eq!(post(&with(&right)).await.status, 200);
    }
    let twice = ("Authorization", format!("Bearer {secret}"));
    post(&[twice.clone(), twice]).await.assert_refused(400);

    // No byte of the body was sent, and the answer is there.
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nContent-Length: 35\r\n\r\n");
    assert!(site.raw(head.as_bytes()).await.starts_with("HTTP/1.1 401"));
    assert!(SharedSecret::new(["short"]).is_err());
    assert_eq!(format!("{:?}", SharedSecret::new([secret]).unwrap()), "SharedSecret(1 secrets)");
}
