//! TLS to a server with a certificate of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::process::Command;
use std::sync::Arc;

use common::{Node, patient, with_tools};
use farebox_ledger::*;
use farebox_ledger_postgres::rustls::pki_types::CertificateDer;
use farebox_ledger_postgres::rustls::pki_types::pem::PemObject as _;
use farebox_ledger_postgres::rustls::{ClientConfig, RootCertStore, crypto};
use farebox_ledger_postgres::{Error, OpenError, PostgresStore, Refused};

/// A certificate for `localhost` that is its own root.
const REQUEST: &str = "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\nCN=localhost\n\
                       [ext]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n";

fn trusting(roots: impl IntoIterator<Item = CertificateDer<'static>>) -> Arc<ClientConfig> {
    let mut store = RootCertStore::empty();
    roots.into_iter().for_each(|root| store.add(root).unwrap());
    let builder = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(store).with_no_client_auth())
}

/// Key and certificate for the server; `None` where there is no openssl.
fn certify(node: &Node) -> Option<CertificateDer<'static>> {
    let file = |name: &str| node.folder().join(name);
    std::fs::write(file("request"), REQUEST).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]);
    openssl.arg("-config").arg(file("request")).arg("-keyout").arg(file("key")).arg("-out").arg(file("cert"));
    if !openssl.output().ok()?.status.success() {
        return None;
    }
    for name in ["key", "cert"] {
        node.give(&file(name));
    }
    let (key, cert) = (file("key"), file("cert"));
    node.configure(&format!("ssl = on\nssl_key_file = '{}'\nssl_cert_file = '{}'\n", key.display(), cert.display()));
    Some(CertificateDer::from_pem_file(cert).unwrap())
}

#[test]
fn certificates_are_checked() {
    with_tools(async |tools| {
        let node = Node::init(&tools, "").await;
        let named = node.config().replace("127.0.0.1", "localhost");
        // A server without TLS is not used.
        let error = PostgresStore::connect_rustls(&named, trusting([]), patient()).await.unwrap_err();
        assert!(matches!(error, OpenError::Store(Error::Refused(Refused::Unreachable(_)))));

        let Some(root) = certify(&node) else {
            eprintln!("skipped: no openssl to make a certificate");
            return;
        };
        node.stop();
        node.start().await;
        let store = PostgresStore::connect_rustls(&named, trusting([root.clone()]), patient()).await.unwrap();
        let (serial, digest) = (Serial::new(b"test", &[], b"1"), RequestDigest::new(&[b"1"]));
        assert_eq!(store.reserve(Epoch(1), &[serial], &digest).await.unwrap(), Verdict::Fresh);
        let plain = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'farebox' AND NOT ssl";
        assert_eq!(node.ask(plain).await.unwrap(), ["0"]);

        // Another root, and another name.
        for (config, tls) in [(named, trusting([])), (node.config(), trusting([root]))] {
            let error = PostgresStore::connect_rustls(&config, tls, patient()).await.unwrap_err();
            assert!(matches!(error, OpenError::Store(Error::Refused(Refused::Unreachable(_)))));
        }
    });
}
