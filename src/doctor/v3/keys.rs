//! The public halves of RSA keys, and the block that a signature contains.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use num_bigint::BigUint;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::der::{NUMBER, NotDer, Reader, SEQUENCE};
use crate::x509::{Certificate, read_certificate};

const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;

/// The largest modulus, in bytes: 8,192 bits.
const MODULUS: usize = 1024;

/// `DigestInfo` of PKCS#1 (RFC 8017, section 9.2), before the digest.
const SHA256_INFO: &[u8] = &[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
const SHA1_INFO: &[u8] = &[0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14];

/// The hash of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha1,
}

/// An RSA public key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PublicKey {
    modulus: BigUint,
    exponent: BigUint,
}

/// What the public operation finds in a signature.
pub(super) enum Block {
    /// PKCS#1 v1.5 with the digest of a text.
    Pkcs1(Hash, Vec<u8>),
    /// Other bytes: PSS, or those of another key.
    Other(Vec<u8>),
}

impl PublicKey {
    /// The public half of a private key, of a certificate, or of a public key, in PEM.
    pub(super) fn of_pem(pem: &str) -> Option<Self> {
        let (label, der) = pem_part(pem)?;
        match label.as_str() {
            "CERTIFICATE" => Self::of_spki(&read_certificate(&der).ok()?.spki).ok(),
            "PUBLIC KEY" => Self::of_spki(&der).ok(),
            "RSA PUBLIC KEY" => Self::of_numbers(Reader::new(&der).inside(SEQUENCE).ok()?).ok(),
            "PRIVATE KEY" => of_pkcs8(&der).ok(),
            "RSA PRIVATE KEY" => of_pkcs1(&der).ok(),
            _ => None,
        }
    }

    /// `SubjectPublicKeyInfo` (RFC 5280, section 4.1).
    fn of_spki(der: &[u8]) -> Result<Self, NotDer> {
        let mut key = Reader::new(der).inside(SEQUENCE)?;
        key.take(SEQUENCE)?;
        let numbers = key.take(BIT_STRING)?.split_first().ok_or(NotDer)?.1;
        Self::of_numbers(Reader::new(numbers).inside(SEQUENCE)?)
    }

    fn of_numbers(mut numbers: Reader<'_>) -> Result<Self, NotDer> {
        let (modulus, exponent) = (numbers.take(NUMBER)?, numbers.take(NUMBER)?);
        // A large exponent would take long.
        if modulus.len() > MODULUS || exponent.len() > 4 {
            return Err(NotDer);
        }
        let key = Self { modulus: BigUint::from_bytes_be(modulus), exponent: BigUint::from_bytes_be(exponent) };
        if key.modulus.bit(0) && key.modulus.bits() >= 512 { Ok(key) } else { Err(NotDer) }
    }

    /// The length of a signature, in bytes.
    pub(super) fn size(&self) -> usize {
        usize::try_from(self.modulus.bits().div_ceil(8)).unwrap_or(MODULUS)
    }

    /// The block of a signature; `None` if its length is not that of the key.
    pub(super) fn open(&self, signature: &[u8]) -> Option<Block> {
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != self.size() || number >= self.modulus {
            return None;
        }
        let opened = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut block = vec![0; self.size().saturating_sub(opened.len())];
        block.extend(opened);
        Some(pkcs1(&block).unwrap_or(Block::Other(block)))
    }
}

/// `00 01 FF … FF 00 DigestInfo digest`
fn pkcs1(block: &[u8]) -> Option<Block> {
    let padded = block.strip_prefix(&[0, 1])?;
    let end = padded.iter().position(|byte| *byte != 0xff)?;
    let (_, info) = padded.split_at_checked(end)?;
    let info = info.strip_prefix(&[0])?;
    let of = |prefix, hash, length| {
        let digest = info.strip_prefix(prefix).filter(|digest: &&[u8]| digest.len() == length)?;
        Some(Block::Pkcs1(hash, digest.to_vec()))
    };
    of(SHA256_INFO, Hash::Sha256, 32).or_else(|| of(SHA1_INFO, Hash::Sha1, 20))
}

/// The digest of a text.
pub(super) fn hashed(hash: Hash, text: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha256 => Sha256::digest(text).to_vec(),
        Hash::Sha1 => Sha1::digest(text).to_vec(),
    }
}

/// Whether a block is the PSS encoding of a text (RFC 8017, section 9.1.2), with a salt of any length.
pub(super) fn is_pss(block: &[u8], text: &[u8], hash: Hash) -> bool {
    let length = if hash == Hash::Sha256 { 32 } else { 20 };
    let Some(body) = block.strip_suffix(&[0xbc]) else { return false };
    let Some((masked, digest)) = body.split_at_checked(body.len().saturating_sub(length)) else { return false };
    let mut plain: Vec<u8> = masked.iter().zip(mask(digest, masked.len(), hash)).map(|(one, two)| one ^ two).collect();
    // The modulus has a multiple of eight bits, so the first bit is not used.
    if let Some(first) = plain.first_mut() {
        *first &= 0x7f;
    }
    let Some(at) = plain.iter().position(|byte| *byte != 0) else { return false };
    let Some((1, salt)) = plain.get(at..).and_then(<[u8]>::split_first).map(|(first, salt)| (*first, salt)) else {
        return false;
    };
    hashed(hash, &[&[0; 8][..], &hashed(hash, text), salt].concat()) == digest
}

/// MGF1 (RFC 8017, appendix B.2.1).
fn mask(seed: &[u8], length: usize, hash: Hash) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length);
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(hashed(hash, &[seed, &counter.to_be_bytes()].concat()));
    }
    mask.truncate(length);
    mask
}

/// `PrivateKeyInfo` (RFC 5208).
fn of_pkcs8(der: &[u8]) -> Result<PublicKey, NotDer> {
    let mut key = Reader::new(der).inside(SEQUENCE)?;
    key.take(NUMBER)?;
    key.take(SEQUENCE)?;
    of_pkcs1(key.take(OCTET_STRING)?)
}

/// `RSAPrivateKey` (RFC 8017, appendix A.1.2). Only the public numbers are read.
fn of_pkcs1(der: &[u8]) -> Result<PublicKey, NotDer> {
    let mut numbers = Reader::new(der).inside(SEQUENCE)?;
    numbers.take(NUMBER)?;
    PublicKey::of_numbers(numbers)
}

/// The certificate in a PEM text.
pub(super) fn certificate_of_pem(pem: &str) -> Option<Certificate> {
    let (label, der) = pem_part(pem)?;
    (label == "CERTIFICATE").then(|| read_certificate(&der).ok()).flatten()
}

/// The label and the bytes of the first part of a PEM text. A literal `\n` may be in place of line ends.
fn pem_part(pem: &str) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body = Zeroizing::new(body.replace("\\r", "").replace("\\n", ""));
    let digits: Zeroizing<String> = Zeroizing::new(body.chars().filter(|letter| !letter.is_whitespace()).collect());
    let der = STANDARD.decode(digits.as_bytes()).or_else(|_| STANDARD_NO_PAD.decode(digits.as_bytes())).ok()?;
    Some((label.to_owned(), Zeroizing::new(der)))
}
