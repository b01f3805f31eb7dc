//! The reasons for refusing a PKCS#12 file.

/// The reason why a file was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unreadable,
    NoMac,
    WrongPassphrase,
    TooManyRounds,
}
