//! The reasons for refusing a PKCS#12 file.

use crate::der::NotDer;

/// The reason why a file was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unreadable,
    NoMac,
    WrongPassphrase,
    TooManyRounds,
}

impl From<NotDer> for Refusal {
    fn from(_: NotDer) -> Self {
        Self::Unreadable
    }
}
