//! Vouchers: once, again for the same request, and across crashes.

use std::path::PathBuf;
use std::sync::Arc;

use farebox_issuer::attest::{VoucherCode, VoucherError, Vouchers};
use farebox_tokens::client::single;
use farebox_tokens::{KeyRing, Validity};
use privacypass_wire::{TokenType, http};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::site::{Answer, Site, config};
use crate::world::{batch, cheap, issuer, key, offer, with_keys};

struct Desk {
    folder: tempfile::TempDir,
    codes: Vec<VoucherCode>,
}

impl Desk {
    /// So many vouchers for at most `tokens` each.
    fn new(count: usize, tokens: u32) -> Self {
        let codes: Vec<_> = (0..count).map(|_| VoucherCode::generate(&mut rand::rng())).collect();
        let desk = Self { folder: tempfile::tempdir().unwrap(), codes };
        let list: String = desk.codes.iter().map(|code| code.entry(tokens)).collect();
        std::fs::write(desk.list(), format!("# for tests\n\n{list}")).unwrap();
        desk
    }

    fn list(&self) -> PathBuf {
        self.folder.path().join("vouchers")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("used")
    }

    fn open(&self) -> Vouchers {
        Vouchers::open(self.list(), self.log()).unwrap()
    }

    async fn site(&self) -> (Site, Vouchers) {
        let vouchers = self.open();
        (Site::new(issuer(), config(), vouchers.clone()).await, vouchers)
    }

    async fn post(&self, site: &Site, (media_type, body): &(&str, Vec<u8>), code: usize) -> Answer {
        let value = format!("voucher {}", self.codes[code].as_str());
        site.post(media_type, body, &[("Farebox-Attestation", &value)]).await
    }
}

#[tokio::test]
async fn once_and_again_for_the_same_request() {
    let desk = Desk::new(2, 1);
    let (site, vouchers) = desk.site().await;
    assert_eq!(vouchers.left(), 2);
    let answer = site.post(cheap().0, &cheap().1, &[]).await;
    answer.assert_refused(401);
    assert_eq!(answer.header("www-authenticate"), Some("Farebox-Attestation scheme=\"voucher\""));
    let unknown = [("Farebox-Attestation", "voucher 00000000000000000000000000000000")];
    site.post(cheap().0, &cheap().1, &unknown).await.assert_refused(403);

    let pending = single::request(&offer(TokenType::VOPRF_RISTRETTO255), &mut rand::rng()).unwrap().written();
    let request = (pending.outgoing().content_type, pending.outgoing().body.to_vec());
    let first = desk.post(&site, &request, 0).await;
    assert_eq!((first.status, vouchers.left()), (200, 1));
    // The answer was lost. The next is as good.
    let second = desk.post(&site, &request, 0).await;
    assert_eq!(second.status, 200);
    drop(pending.finish(&second.body).unwrap().written());
    // Other bytes are another request.
    desk.post(&site, &cheap(), 0).await.assert_refused(403);
    assert_eq!(desk.post(&site, &cheap(), 1).await.status, 200);
    assert_eq!(vouchers.left(), 0);
}

#[tokio::test]
async fn a_refused_request_leaves_it_as_it_was() {
    let desk = Desk::new(1, 4);
    let (site, vouchers) = desk.site().await;
    let (media_type, body) = cheap();
    let mut no_element = body.clone();
    no_element[3..].fill(0xff);
    let mut other_key = body.clone();
    other_key[2] ^= 1;
    for (wrong, status) in [(no_element, 422), (other_key, 422), (vec![1, 2], 422)] {
        desk.post(&site, &(media_type, wrong), 0).await.assert_refused(status);
    }
    desk.post(&site, &batch(5), 0).await.assert_refused(403);
    // Nothing asked for, nothing used.
    assert_eq!(desk.post(&site, &(http::GENERIC_BATCH_REQUEST, vec![0]), 0).await.status, 200);
    assert_eq!(vouchers.left(), 1);
    assert_eq!(desk.post(&site, &batch(4), 0).await.status, 200);
    assert_eq!(vouchers.left(), 0);
}

/// The same bytes are another request under another key, though its id ends with the same byte.
#[tokio::test]
async fn a_later_key_gives_nothing_for_it() {
    let desk = Desk::new(1, 1);
    let (site, _vouchers) = desk.site().await;
    let request = cheap();
    assert_eq!(desk.post(&site, &request, 0).await.status, 200);
    let last = request.1[2];
    let other = loop {
        let mut keys = KeyRing::default();
        if keys.register(key(TokenType::VOPRF_RISTRETTO255), Validity::ALWAYS).unwrap().truncated() == last {
            break with_keys(keys);
        }
    };
    site.service.replace(other);
    desk.post(&site, &request, 0).await.assert_refused(403);
}

#[tokio::test]
async fn racers_with_one_voucher_get_one_answer() {
    let desk = Arc::new(Desk::new(1, 1));
    let (site, vouchers) = desk.site().await;
    let site = Arc::new(site);
    let racers: Vec<_> = (0..32)
        .map(|_| {
            let (desk, site) = (desk.clone(), site.clone());
            tokio::spawn(async move { desk.post(&site, &cheap(), 0).await.status })
        })
        .collect();
    let mut issued = 0;
    for racer in racers {
        match racer.await.unwrap() {
            200 => issued += 1,
            // Used, or in use.
            403 | 503 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!((issued, vouchers.left()), (1, 0));
}

/// Whoever goes away before the answer comes back for it.
#[tokio::test]
async fn a_client_that_left_gets_its_answer_later() {
    for _ in 0..8 {
        let desk = Desk::new(1, 1);
        let (site, vouchers) = desk.site().await;
        let request = cheap();
        let (media_type, code) = (request.0, desk.codes[0].as_str());
        let head = format!("POST /token-request HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\n");
        let head = format!("{head}Farebox-Attestation: voucher {code}\r\nContent-Length: 35\r\n\r\n");
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(&[head.as_bytes(), &request.1].concat()).await.unwrap();
        drop(stream);
        let mut statuses = Vec::new();
        while statuses.last() != Some(&200) {
            statuses.push(desk.post(&site, &request, 0).await.status);
            assert!(matches!(statuses.last(), Some(200 | 503)) && statuses.len() < 1000, "{statuses:?}");
        }
        assert_eq!(vouchers.left(), 0);
        desk.post(&site, &cheap(), 0).await.assert_refused(403);
    }
}

/// The log as a crash would leave it, at every byte of its last line: a voucher is free, or it is used for its request alone.
#[tokio::test]
async fn after_a_crash_it_is_used_or_not() {
    let desk = Desk::new(2, 1);
    let requests = [cheap(), cheap()];
    let (site, vouchers) = desk.site().await;
    for (code, request) in requests.iter().enumerate() {
        assert_eq!(desk.post(&site, request, code).await.status, 200);
    }
    drop((site, vouchers));
    let whole = std::fs::read(desk.log()).unwrap();
    let copy = desk.folder.path().join("copy");
    for cut in (whole.len() / 2..=whole.len()).step_by(7).chain([whole.len() - 1, whole.len()]) {
        // The listener of the last round keeps its log open, so this one has a file of its own.
        let _ = std::fs::remove_file(&copy);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        std::io::Write::write_all(&mut options.open(&copy).unwrap(), &whole[..cut]).unwrap();
        let vouchers = Vouchers::open(desk.list(), &copy).unwrap();
        let site = Site::new(issuer(), config(), vouchers.clone()).await;
        assert_eq!(vouchers.left(), usize::from(cut < whole.len()), "{cut}");
        // The first was acknowledged long before.
        assert_eq!(desk.post(&site, &requests[0], 0).await.status, 200);
        desk.post(&site, &cheap(), 0).await.assert_refused(403);
        // The second is good for its request in any case, and then for no other.
        assert_eq!(desk.post(&site, &requests[1], 1).await.status, 200);
        desk.post(&site, &cheap(), 1).await.assert_refused(403);
    }
}

#[test]
fn lists_are_read_again_and_faults_are_named() {
    let desk = Desk::new(1, 1);
    let vouchers = desk.open();
    assert!(matches!(Vouchers::open(desk.list(), desk.log()), Err(VoucherError::Locked(_))));
    let more = VoucherCode::generate(&mut rand::rng());
    let list = std::fs::read_to_string(desk.list()).unwrap();
    std::fs::write(desk.list(), format!("{list}{}", more.entry(3))).unwrap();
    vouchers.reload().unwrap();
    assert_eq!(vouchers.left(), 2);
    for bad in ["zz 1\n".to_owned(), format!("{} x\n", "00".repeat(32)), "00".repeat(32), more.entry(1)] {
        std::fs::write(desk.list(), format!("{list}{}{bad}", more.entry(3))).unwrap();
        assert!(matches!(vouchers.reload(), Err(VoucherError::Line { line: 5, .. })), "{bad}");
        assert_eq!(vouchers.left(), 2);
    }
    assert_eq!(format!("{more:?}"), "VoucherCode(..)");
    drop(vouchers);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(desk.list(), list).unwrap();
        std::fs::set_permissions(desk.log(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Vouchers::open(desk.list(), desk.log()), Err(VoucherError::Folder(_))));
    }
}
