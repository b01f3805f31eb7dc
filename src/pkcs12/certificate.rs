//! The order of the certificates in a file: the merchant's own first, then each issuer.

use zeroize::Zeroizing;

use crate::der::{NUMBER, NotDer, Reader, SEQUENCE, TAGGED};

/// The certificate, then its issuer, and so on up. Each is taken once, so certificates that name each other end too.
pub(super) fn in_order(own: Zeroizing<Vec<u8>>, mut others: Vec<Zeroizing<Vec<u8>>>) -> Vec<Zeroizing<Vec<u8>>> {
    others.retain(|other| *other != own);
    let mut issuer = names(&own).map(|(issuer, _)| issuer.to_vec());
    let mut chain = vec![own];
    while let Some(found) = others
        .iter()
        .position(|other| names(other).is_ok_and(|(_, subject)| issuer.as_ref().is_ok_and(|issuer| issuer == subject)))
    {
        let next = others.swap_remove(found);
        issuer = names(&next).map(|(issuer, _)| issuer.to_vec());
        chain.push(next);
    }
    chain
}

/// Issuer and subject of a certificate (RFC 5280, section 4.1).
fn names(certificate: &[u8]) -> Result<(&[u8], &[u8]), NotDer> {
    let mut signed = Reader::new(certificate).inside(SEQUENCE)?.inside(SEQUENCE)?;
    if signed.is_next(TAGGED) {
        signed.take(TAGGED)?;
    }
    signed.take(NUMBER)?;
    signed.take(SEQUENCE)?;
    let issuer = signed.take(SEQUENCE)?;
    signed.take(SEQUENCE)?;
    Ok((issuer, signed.take(SEQUENCE)?))
}
