//! One flavour of proof where the other belongs, and a proof that a verifier must not recompute.

use farebox_group::Scalar as _;
use farebox_sigma::Profile;

use super::Suite;
use super::instances::{self, Sample};
use crate::vectors::sigma::SharedBases;
use crate::vectors::sigma::recode::{to_batchable, to_compact, without_nonces};
use crate::vectors::writer::{ACCEPT, Draft, INVALID, MALFORMED, Writer, seed};

impl<P: Profile<G>, G: SharedBases> Suite<P, G> {
    /// Each flavour where the other one belongs, as it is and with its transcript written anew.
    pub(super) fn flavors(&self, writer: &mut Writer) -> Result<(), String> {
        for sample in instances::samples::<P, G>(self.is_03())?.iter().filter(|sample| sample.relation == "dleq") {
            let statement = P::parse(G::shared(), &sample.instance).map_err(|error| error.to_string())?;
            let compact = self.prove_again(writer, sample, "compact")?;
            let batchable = self.prove_again(writer, sample, "batchable")?;
            let session = format!("farebox-vectors-{}", sample.relation);
            let as_batchable = to_batchable::<P, G>(&statement, &compact).ok_or("a proof to write anew")?;
            let as_compact = to_compact::<P, G>(session.as_bytes(), &statement, &sample.instance, &batchable);
            let scalar = |bytes| G::Scalar::from_bytes(bytes, G::SCALAR_ORDER).map_err(|error| error.to_string());
            let witness = sample.witness.chunks(G::SCALAR_LEN).map(scalar).collect::<Result<Vec<_>, _>>()?;
            let no_nonces = without_nonces::<P, G>(session.as_bytes(), &statement, &sample.instance, &witness);
            let input = self.verify_input(sample, "compact", &no_nonces);
            let comment = "compact: the commitments are the identity, hashed as zero bytes";
            self.verify(writer, sample.relation, comment, &["identity", "consistent-forgery"], input, INVALID)?;
            // Before draft -03 both flavours had the same session.
            let want = if self.is_03() { INVALID } else { ACCEPT };
            let cases = [
                ("a compact proof where a batchable one belongs", "batchable", &compact, MALFORMED),
                ("a batchable proof where a compact one belongs", "compact", &batchable, MALFORMED),
                ("a compact proof, written with its commitments", "batchable", &as_batchable, want),
                (
                    "a batchable proof, written with its challenge",
                    "compact",
                    &as_compact.ok_or("a proof to write anew")?,
                    want,
                ),
            ];
            for (comment, flavor, proof, want) in cases {
                let input = self.verify_input(sample, flavor, proof);
                self.verify(writer, sample.relation, comment, &["flavor"], input, want)?;
            }
        }
        Ok(())
    }

    fn prove_again(&self, writer: &mut Writer, sample: &Sample, flavor: &str) -> Result<Vec<u8>, String> {
        let mut input = self.input(sample, flavor);
        input.insert("witness".into(), hex::encode(&sample.witness));
        let comment = format!("{flavor}: the proof for the cases of mixed flavours");
        let coins = seed(&format!("farebox sigma mixed {} {} {flavor}", self.draft, self.suite));
        let out = self.add(
            writer,
            "prove",
            sample.relation,
            Draft { comment, flags: Vec::new(), coins, input, want: ACCEPT },
        )?;
        hex::decode(out.get("proof").ok_or("no proof")?).map_err(|error| error.to_string())
    }
}
