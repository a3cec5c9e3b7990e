//! What the flags of our own files mean.

/// Flag and note.
pub(crate) const FLAGS: &[(&str, &str)] = &[
    ("algorithm", "another algorithm, or parameters that are not those of the variant"),
    ("bit-flip", "one bit of an honest message is flipped"),
    ("batch", "a batch with no element, part of one, too many, or elements that do not belong into it"),
    ("boundary", "an amount at the end of its range"),
    ("compat", "the 194-byte response that other implementations send, with the context in it"),
    ("consistent-forgery", "a message that its maker's own proof supports: only the check that is named refuses it"),
    ("cost", "the spend charges another amount than the request costs"),
    ("count", "another number of elements than were sent"),
    ("credits", "the issuer granted another amount than the client asked for"),
    ("degenerate-coins", "coins that no honest party draws and that give a value without encoding"),
    ("domain-separator", "another domain separator, or one of another form"),
    ("encoding", "bytes that are not DER"),
    ("exponent", "a public exponent that is even or below 3"),
    ("flavor", "a compact proof where a batchable one belongs, or the other way round"),
    ("foreign-state", "a key or state that was made under other parameters"),
    ("grease", "a token type without a layout here, whose bytes are kept"),
    ("header", "a header or directory whose syntax or values are wrong"),
    ("identity", "an element is the identity"),
    ("lenient", "a header as the field writes it; strict reading refuses it"),
    ("length", "the input is cut, lengthened or empty, or a length inside it is wrong"),
    ("modulus", "a modulus of another form, or an integer that is not below it"),
    ("non-canonical-element", "bytes that are no canonical encoding of an element"),
    ("non-canonical-scalar", "a scalar at or above the group order; where possible the honest one plus the order"),
    ("other-context", "another context than the verifier's"),
    ("other-info", "another public input"),
    ("other-key", "another key than the message was made with or for"),
    ("other-length", "another L than the message was made with"),
    ("other-message", "an honest message that belongs to another run"),
    ("other-session", "a proof that was made for another session"),
    ("range", "an amount that is not below 2^L, or a balance that would not be"),
    ("salt", "a signature over an encoding with this salt"),
    ("statement", "a statement that fails one of the ten checks of an instance"),
    ("swapped-element", "another valid element in the place of an honest one"),
    ("swapped-order", "the elements of a batch in another order"),
    ("text", "a name that is empty or not printable ASCII"),
    ("token-type", "a token type that is not known, or does not have this message"),
    ("too-much", "more is spent than the token holds, or more returned than was spent"),
    ("varint", "a length that is not in its shortest form"),
    ("version", "a saved state of another version or kind"),
    ("witness", "a witness of another length, or one that does not fit"),
    ("zero-key", "the secret key 0"),
    ("zero-spend", "a spend of 0 credits"),
];

/// The note of a flag.
pub(crate) fn note(flag: &str) -> Option<&'static str> {
    FLAGS.iter().find(|(name, _)| *name == flag).map(|(_, note)| *note)
}
