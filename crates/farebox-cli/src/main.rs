//! The command `farebox`.

fn main() {}
