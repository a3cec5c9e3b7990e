//! NIST P-256.
