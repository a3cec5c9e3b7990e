//! What the flags of our own files mean.

/// Flag and note.
pub(crate) const FLAGS: &[(&str, &str)] = &[
    ("bit-flip", "one bit of an honest message is flipped"),
    ("boundary", "an amount at the end of its range"),
    ("compat", "the 194-byte response that other implementations send, with the context in it"),
    ("consistent-forgery", "a message that its maker's own proof supports: only the check that is named refuses it"),
    ("counter", "a counter that its limit leaves no room, that goes back, or that is above 2^32"),
    ("cost", "the spend charges another amount than the request costs"),
    ("credits", "the issuer granted another amount than the client asked for"),
    ("degenerate-coins", "coins that no honest party draws and that give a value without encoding"),
    ("domain-separator", "another domain separator, or one of another form"),
    ("flavor", "a compact proof where a batchable one belongs, or the other way round"),
    ("foreign-state", "a key or state that was made under other parameters"),
    ("format", "a proof of the same statement in another Fiat-Shamir format"),
    ("identity", "an element is the identity"),
    ("length", "the input is cut, lengthened or empty, or a length inside it is wrong"),
    ("limit", "a limit that cannot be: below 2 or above the largest"),
    ("non-canonical-element", "bytes that are no canonical encoding of an element"),
    ("non-canonical-scalar", "a scalar at or above the group order; where possible the honest one plus the order"),
    ("nonce", "a nonce that is not below the limit, or not the one of the tag or the bits"),
    ("opened", "a context that was opened before"),
    ("other-context", "another context than the verifier's"),
    ("other-key", "another key than the message was made with or for"),
    ("other-length", "another L than the message was made with"),
    ("other-limit", "another limit than the presentation was made for"),
    ("other-message", "an honest message that belongs to another run"),
    ("other-session", "a proof that was made for another session"),
    ("range", "an amount that is not below 2^L, or a balance that would not be"),
    ("statement", "a statement that fails one of the ten checks of an instance"),
    ("swapped-element", "another valid element in the place of an honest one"),
    ("too-much", "more is spent than the token holds, or more returned than was spent"),
    ("version", "a saved state of another version or kind"),
    ("witness", "a witness of another length, or one that does not fit"),
    ("zero-key", "the secret key 0"),
    ("zero-spend", "a spend of 0 credits"),
];

/// The note of a flag.
pub(crate) fn note(flag: &str) -> Option<&'static str> {
    FLAGS.iter().find(|(name, _)| *name == flag).map(|(_, note)| *note)
}
