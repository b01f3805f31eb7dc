//! The merchant's certificate and key from a PKCS#12 file (RFC 7292), also the old `apiclient_cert.p12` that OpenSSL 3 refuses.

mod ber;
mod certificate;
mod decrypt;
mod refusal;

use std::fmt;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use self::ber::{BYTES, definite, tagged_bytes};
use self::certificate::in_order;
use self::decrypt::Decryption;
use self::refusal::Refusal;
use crate::der::{NUMBER, OBJECT, Reader, SEQUENCE, SET, TAGGED};
use crate::error::{Error, ErrorKind};

/// The largest file, in bytes. A file of the merchant platform has about 3 KiB, a file with a long chain 10 KiB.
pub const PKCS12_BYTES: usize = 64 * 1024;

/// The most rounds of hashing the passphrase, for the MAC and all encryptions of a file together. OpenSSL's files need 6144.
pub const PKCS12_ITERATIONS: u32 = 1_000_000;

const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];
const KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x01];
const SHROUDED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02];
const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03];
const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15];

/// A certificate and its key, as PEM texts.
#[derive(Clone)]
pub struct PemPair {
    /// The merchant's certificate, then its issuers, as far as the file has them.
    pub certificates: String,
    /// The private key, as PKCS#8 without encryption; overwritten when dropped.
    pub key: Zeroizing<String>,
}

impl fmt::Debug for PemPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PemPair").field("certificates", &self.certificates).field("key", &"[key]").finish()
    }
}

/// Opens a PKCS#12 file; its passphrase is the merchant number (`mch_id`) unless the merchant chose another one.
///
/// The caller checks that certificate and key belong together, and the dates of validity.
///
/// # Errors
/// `ERR_CONFIG` of `certificate` when the file is larger than [`PKCS12_BYTES`], has no MAC, or needs more than
/// [`PKCS12_ITERATIONS`]. Also when this passphrase does not open it, or it has no certificate or not exactly one key.
pub fn open_pkcs12(file: &[u8], passphrase: &str) -> Result<PemPair, Error> {
    if file.len() > PKCS12_BYTES {
        return Err(refused("is larger than 64 KiB: this is not the PKCS#12 file of one merchant"));
    }
    let mut found = Found::default();
    read(file, &mut Decryption::new(passphrase, PKCS12_ITERATIONS), &mut found)
        .map_err(|stop| refused(sentence(stop)))?;
    let [key] = found.keys.as_slice() else {
        return Err(refused(
            "must contain exactly one private key; export the merchant's certificate together with its key",
        ));
    };
    let own = found.certificates.iter().position(|bag| bag.id.is_some() && bag.id == key.id).unwrap_or_default();
    if found.certificates.is_empty() {
        return Err(refused("contains a private key without its certificate; export both together"));
    }
    let own = found.certificates.swap_remove(own);
    let others = found.certificates.into_iter().map(|bag| bag.content).collect();
    let certificates = in_order(own.content, others).iter().map(|der| pem("CERTIFICATE", der)).collect();
    Ok(PemPair { certificates, key: Zeroizing::new(pem("PRIVATE KEY", &key.content)) })
}

#[derive(Default)]
struct Found {
    keys: Vec<Bag>,
    certificates: Vec<Bag>,
}

/// A key or a certificate as DER, with the number that links the two.
struct Bag {
    content: Zeroizing<Vec<u8>>,
    id: Option<Vec<u8>>,
}

/// `PFX`: the MAC is checked first. A file without one is refused.
fn read(file: &[u8], lock: &mut Decryption, found: &mut Found) -> Result<(), Refusal> {
    let file = definite(file)?;
    let mut pfx = Reader::new(&file).inside(SEQUENCE)?;
    if pfx.take(NUMBER)? != [3] {
        return Err(Refusal::Unreadable);
    }
    let mut content = pfx.inside(SEQUENCE)?;
    if content.take(OBJECT)? != DATA {
        return Err(Refusal::Unreadable);
    }
    let safes = content.inside(TAGGED)?.take(BYTES)?;
    if pfx.is_empty() {
        return Err(Refusal::NoMac);
    }
    lock.check(pfx.inside(SEQUENCE)?, safes)?;
    let safes = definite(safes)?;
    let mut safes = Reader::new(&safes).inside(SEQUENCE)?;
    while !safes.is_empty() {
        read_safe(safes.inside(SEQUENCE)?, lock, found)?;
    }
    Ok(())
}

/// `ContentInfo`: bags, plain or encrypted.
fn read_safe(mut safe: Reader<'_>, lock: &mut Decryption, found: &mut Found) -> Result<(), Refusal> {
    let kind = safe.take(OBJECT)?;
    let mut content = safe.inside(TAGGED)?;
    if kind == DATA {
        return read_bags(content.take(BYTES)?, lock, found);
    }
    if kind != ENCRYPTED_DATA {
        return Err(Refusal::Unreadable);
    }
    let mut encrypted = content.inside(SEQUENCE)?;
    encrypted.take(NUMBER)?;
    let mut encrypted = encrypted.inside(SEQUENCE)?;
    encrypted.take(OBJECT)?;
    let algorithm = encrypted.inside(SEQUENCE)?;
    let bags = lock.open(algorithm, &tagged_bytes(&mut encrypted)?)?;
    read_bags(&bags, lock, found)
}

/// `SafeContents`: bags other than keys and certificates are skipped.
fn read_bags(bags: &[u8], lock: &mut Decryption, found: &mut Found) -> Result<(), Refusal> {
    let bags = definite(bags)?;
    let mut bags = Reader::new(&bags).inside(SEQUENCE)?;
    while !bags.is_empty() {
        let mut bag = bags.inside(SEQUENCE)?;
        let kind = bag.take(OBJECT)?;
        let mut value = bag.inside(TAGGED)?;
        let id = local_key_id(bag)?;
        if kind == KEY_BAG {
            let content = Zeroizing::new(value.whole(SEQUENCE)?.to_vec());
            found.keys.push(Bag { content, id });
        } else if kind == SHROUDED_KEY_BAG {
            let mut shrouded = value.inside(SEQUENCE)?;
            let algorithm = shrouded.inside(SEQUENCE)?;
            let opened = lock.open(algorithm, shrouded.take(BYTES)?)?;
            let content = Zeroizing::new(Reader::new(&opened).whole(SEQUENCE)?.to_vec());
            found.keys.push(Bag { content, id });
        } else if kind == CERTIFICATE_BAG {
            let mut certificate = value.inside(SEQUENCE)?;
            if certificate.take(OBJECT)? == X509_CERTIFICATE {
                let content = Zeroizing::new(certificate.inside(TAGGED)?.take(BYTES)?.to_vec());
                found.certificates.push(Bag { content, id });
            }
        }
    }
    Ok(())
}

/// The attribute of that name, at the end of a bag.
fn local_key_id(mut bag: Reader<'_>) -> Result<Option<Vec<u8>>, Refusal> {
    if bag.is_empty() {
        return Ok(None);
    }
    let mut attributes = bag.inside(SET)?;
    while !attributes.is_empty() {
        let mut attribute = attributes.inside(SEQUENCE)?;
        if attribute.take(OBJECT)? == LOCAL_KEY_ID {
            return Ok(Some(attribute.inside(SET)?.take(BYTES)?.to_vec()));
        }
    }
    Ok(None)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = Zeroizing::new(Base64::encode_string(der));
    let mut pem = String::with_capacity(text.len().saturating_mul(2));
    pem += &format!("-----BEGIN {label}-----\n");
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index.is_multiple_of(64) {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem + &format!("\n-----END {label}-----\n")
}

const fn sentence(stop: Refusal) -> &'static str {
    match stop {
        Refusal::Unreadable => {
            "is not a readable PKCS#12 file; convert it once: openssl pkcs12 -legacy -in apiclient_cert.p12 -nodes -out all.pem"
        }
        Refusal::NoMac => "has no MAC, so damage and a wrong passphrase cannot be detected; export it again with a MAC",
        Refusal::WrongPassphrase => {
            "does not open with this passphrase; it is the merchant number (mch_id) unless you chose another one"
        }
        Refusal::TooManyRounds => "needs more than 1000000 hash rounds; export the file again with fewer iterations",
    }
}

fn refused(what: &str) -> Error {
    Error::of_field(ErrorKind::Config, "certificate", what)
}
