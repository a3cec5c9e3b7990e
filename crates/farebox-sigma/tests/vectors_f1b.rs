//! Profile F1b against the credential request of draft-ietf-privacypass-arc-crypto-01's P-256 vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Drng02, hex, scalars};
use farebox_group::{Group, P256};
use farebox_sigma::{
    BaseSet, Coins, ElementVar, Equation, F1b, Flavor, P256Draft02, Point, Publics, Relation, ScalarVar, Secrets,
    Statement, Transcript, eq, witness,
};

struct Request;

struct Elements<T> {
    g: T,
    h: T,
    m1_enc: T,
    m2_enc: T,
}
farebox_sigma::record!(Elements { one g, one h, one m1_enc, one m2_enc });

struct Scalars<T> {
    m1: T,
    m2: T,
    r1: T,
    r2: T,
}
farebox_sigma::record!(Scalars { one m1, one m2, one r1, one r2 });

impl Relation for Request {
    const NAME: &'static str = "CredentialRequest";
    type Publics = Elements<()>;
    type Secrets = Scalars<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (Elements { g: (), h: (), m1_enc: (), m2_enc: () }, Scalars { m1: (), m2: (), r1: (), r2: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.m1_enc, w.m1 * p.g + w.r1 * p.h), eq(p.m2_enc, w.m2 * p.g + w.r2 * p.h)]
    }
}

const M1_ENC: &str = "033fe5d950712f711e5d292d68f804fad4c35fb7f3f1866516448647d4aab12590";
const M2_ENC: &str = "026502a833ed1d972ee27175e750b1719adee12726c653125887c0d32b1f3747ab";
const M1_M2_R1_R2: &str = concat!(
    "141c4ca5e614af8e5e323eb47a7e7673ebb67caf49dfa8e109f45f231227f7a0",
    "911fb315257d9ae29d47ecb48c6fa27074dee6860a0489f8db6ac9a486be6a3e",
    "5c183d2dea942eb2780afb90cfd94983ae6575d60e350021c8c93008ac503973",
    "044d4a5b5daf00dd1fb4444ca2f8c3facc95d537d5ad0e0a2815c912e98a431d",
);
const PROOF: &str = concat!(
    "2a088673e302502a3dc80d6100a1bb709083ac7b31da34f9a7c52e7cfeaa2ea30b7341133086e64b79dfc6cdac9f348ddbed0b087746f0",
    "167ea238d3ddf17e613880b73e85f499c7eddc6555355ea71487b49862400091b5b32cb219d7104f571306bc6f2487bab299bb2e9a1078",
    "dee94d83b6536ed570f8114ee9c97b8b602bfacbeb3764f6a22915a19c24895a6bf7048c663337f7690f0182a1f866586d9e",
);

// From the draft-ietf-privacypass-arc-crypto-01 vectors: the P-256 credential request.
#[test]
fn embedded() {
    let generator = P256::encode(&P256::generator()).unwrap();
    let h = P256::hash_to_group(&[&generator], &[b"HashToGroup-", b"ARCV1-P256", b"generatorH"]).unwrap();
    let bases = BaseSet::<P256>::new(&[h]).unwrap();
    let decode = |text| Point::<P256>::decode(&hex(text)).unwrap();
    let publics =
        Elements { g: bases.points()[0], h: bases.points()[1], m1_enc: decode(M1_ENC), m2_enc: decode(M2_ENC) };
    let statement = Statement::new(&Request, &bases, &publics).unwrap();
    let argument =
        Transcript::<F1b<P256Draft02>>::new().session(b"ARCV1-P256CredentialRequest").statement(statement).unwrap();
    assert_eq!(argument.verify(Flavor::Compact, &hex(PROOF)), Ok(()));

    // The nonces come from one stream for the whole file, after seven scalars of keys and request.
    let mut drng = Drng02::new(b"test vector seed");
    let _keys: Vec<_> = (0..7).map(|_| drng.scalar::<P256>(48)).collect();
    let nonces = (0..4).map(|_| drng.scalar::<P256>(48)).collect();
    let [m1, m2, r1, r2] = scalars::<P256>(&hex(M1_M2_R1_R2)).try_into().unwrap();
    let secrets = witness::<Request, _>(&Scalars { m1, m2, r1, r2 });
    let proof = argument.prove_with_coins(Flavor::Compact, &secrets, Coins::from_nonces(nonces)).unwrap();
    assert_eq!(hex::encode(proof), PROOF);
}
