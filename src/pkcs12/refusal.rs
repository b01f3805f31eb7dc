//! Why a PKCS#12 file is refused.

/// Why a file was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unreadable,
    NoMac,
    WrongPassphrase,
    TooManyRounds,
}
