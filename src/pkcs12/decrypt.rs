//! The MAC and the encryptions of PKCS#12: derived keys (RFC 7292, appendix B; PBKDF2), and RC2, 3DES or AES.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use des::TdesEde3;
use hmac::{Hmac, Mac};
use rc2::Rc2;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ber::{BYTES, number};
use super::refusal::Refusal;
use crate::der::{NUMBER, OBJECT, Reader, SEQUENCE};

const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA1_AND_3DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03];
const SHA1_AND_RC2_128: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x05];
const SHA1_AND_RC2_40: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x06];
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
const HMAC_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x07];
const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09];
const AES_128: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];
const AES_192: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16];
const AES_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

/// The purpose of a derived key (RFC 7292, appendix B.3).
const FOR_ENCRYPTION: u8 = 1;
const FOR_FIRST_BLOCK: u8 = 2;
const FOR_MAC: u8 = 3;

/// The block of SHA-1 and SHA-256, in bytes.
const BLOCK: usize = 64;

/// The passphrase, and the rounds that are left. A file could require years of work.
pub(super) struct Decryption<'a> {
    passphrase: &'a str,
    rounds: u32,
}

impl<'a> Decryption<'a> {
    pub(super) const fn new(passphrase: &'a str, rounds: u32) -> Self {
        Self { passphrase, rounds }
    }

    /// Checks the MAC (`MacData`) of a text: it proves the passphrase and the text.
    pub(super) fn check(&mut self, mut mac: Reader<'_>, text: &[u8]) -> Result<(), Refusal> {
        let mut digest = mac.inside(SEQUENCE)?;
        let hash = digest.inside(SEQUENCE)?.take(OBJECT)?;
        let expected = digest.take(BYTES)?;
        let salt = mac.take(BYTES)?;
        let rounds = if mac.is_empty() { self.spend(1)? } else { self.spend(number(&mut mac)?)? };
        match hash {
            SHA1 => {
                let key = self.derive::<Sha1, 20>(salt, FOR_MAC, rounds);
                verify(Hmac::<Sha1>::new_from_slice(&*key).map_err(|_| Refusal::Unreadable)?, text, expected)
            }
            SHA256 => {
                let key = self.derive::<Sha256, 32>(salt, FOR_MAC, rounds);
                verify(Hmac::<Sha256>::new_from_slice(&*key).map_err(|_| Refusal::Unreadable)?, text, expected)
            }
            _ => Err(Refusal::Unreadable),
        }
    }

    /// Decrypts a text with the algorithm that its `AlgorithmIdentifier` names.
    pub(super) fn open(&mut self, mut algorithm: Reader<'_>, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let name = algorithm.take(OBJECT)?;
        let mut params = algorithm.inside(SEQUENCE)?;
        if name == PBES2 {
            return self.open_pbes2(params, text);
        }
        let salt = params.take(BYTES)?;
        let rounds = self.spend(number(&mut params)?)?;
        let first_block = self.derive::<Sha1, 8>(salt, FOR_FIRST_BLOCK, rounds);
        match name {
            SHA1_AND_3DES => {
                decrypt::<TdesEde3>(&*self.derive::<Sha1, 24>(salt, FOR_ENCRYPTION, rounds), &*first_block, text)
            }
            SHA1_AND_RC2_128 => {
                decrypt::<Rc2>(&*self.derive::<Sha1, 16>(salt, FOR_ENCRYPTION, rounds), &*first_block, text)
            }
            SHA1_AND_RC2_40 => {
                decrypt::<Rc2>(&*self.derive::<Sha1, 5>(salt, FOR_ENCRYPTION, rounds), &*first_block, text)
            }
            _ => Err(Refusal::Unreadable),
        }
    }

    /// RFC 8018, section 6.2, with PBKDF2 and AES.
    fn open_pbes2(&mut self, mut params: Reader<'_>, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let mut derivation = params.inside(SEQUENCE)?;
        let mut cipher = params.inside(SEQUENCE)?;
        if derivation.take(OBJECT)? != PBKDF2 {
            return Err(Refusal::Unreadable);
        }
        let mut derivation = derivation.inside(SEQUENCE)?;
        let salt = derivation.take(BYTES)?;
        let rounds = self.spend(number(&mut derivation)?)?;
        if derivation.is_next(NUMBER) {
            // The length of the key, which follows from the cipher too.
            number(&mut derivation)?;
        }
        let hash = if derivation.is_empty() { HMAC_SHA1 } else { derivation.inside(SEQUENCE)?.take(OBJECT)? };
        let mut key = Zeroizing::new([0; 32]);
        let passphrase = self.passphrase.as_bytes();
        match hash {
            HMAC_SHA1 => pbkdf2::pbkdf2_hmac::<Sha1>(passphrase, salt, rounds, &mut *key),
            HMAC_SHA256 => pbkdf2::pbkdf2_hmac::<Sha256>(passphrase, salt, rounds, &mut *key),
            _ => return Err(Refusal::Unreadable),
        }
        let name = cipher.take(OBJECT)?;
        let first_block = cipher.take(BYTES)?;
        // A longer key of PBKDF2 begins with the shorter one.
        let start = |length| key.get(..length).unwrap_or_default();
        match name {
            AES_128 => decrypt::<Aes128>(start(16), first_block, text),
            AES_192 => decrypt::<Aes192>(start(24), first_block, text),
            AES_256 => decrypt::<Aes256>(start(32), first_block, text),
            _ => Err(Refusal::Unreadable),
        }
    }

    /// Deducts the rounds from the budget, before any hashing is done.
    fn spend(&mut self, rounds: u32) -> Result<u32, Refusal> {
        self.rounds = self.rounds.checked_sub(rounds).ok_or(Refusal::TooManyRounds)?;
        if rounds == 0 { Err(Refusal::Unreadable) } else { Ok(rounds) }
    }

    /// RFC 7292, appendix B.2: the key for one purpose.
    fn derive<D: Digest, const LENGTH: usize>(&self, salt: &[u8], purpose: u8, rounds: u32) -> Zeroizing<[u8; LENGTH]> {
        let utf16: Zeroizing<Vec<u8>> =
            Zeroizing::new(self.passphrase.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect());
        let repeated = |bytes: &[u8]| {
            let length = bytes.len().next_multiple_of(BLOCK);
            Zeroizing::new(bytes.iter().copied().cycle().take(length).collect::<Vec<u8>>())
        };
        let mut input = Zeroizing::new([repeated(salt).as_slice(), repeated(&utf16).as_slice()].concat());
        let mut key = Zeroizing::new([0; LENGTH]);
        for part in key.chunks_mut(<D as Digest>::output_size()) {
            let mut hash = D::new().chain_update([purpose; BLOCK]).chain_update(&*input).finalize();
            for _ in 1..rounds {
                hash = D::digest(&hash);
            }
            for (byte, derived) in part.iter_mut().zip(&hash) {
                *byte = *derived;
            }
            add(&mut input, &hash);
        }
        key
    }
}

/// Adds the hash, repeated to a block, and one to every block, modulo 2⁵¹² (RFC 7292, appendix B.2, step 6C).
fn add(blocks: &mut [u8], hash: &[u8]) {
    let mut addend = Zeroizing::new([0; BLOCK]);
    for (byte, given) in addend.iter_mut().zip(hash.iter().cycle()) {
        *byte = *given;
    }
    for block in blocks.as_chunks_mut::<BLOCK>().0 {
        let mut carry = 1_u16;
        for (byte, addend) in block.iter_mut().zip(addend.iter()).rev() {
            let sum = carry.wrapping_add(u16::from(*byte)).wrapping_add(u16::from(*addend));
            [_, *byte] = sum.to_be_bytes();
            carry = sum >> 8;
        }
    }
}

/// Compares in constant time.
fn verify(mac: impl Mac, text: &[u8], expected: &[u8]) -> Result<(), Refusal> {
    mac.chain_update(text).verify_slice(expected).map_err(|_| Refusal::WrongPassphrase)
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    first_block: &[u8],
    text: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut text = Zeroizing::new(text.to_vec());
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, first_block).map_err(|_| Refusal::Unreadable)?;
    let length = cipher.decrypt_padded::<Pkcs7>(&mut text).map_err(|_| Refusal::Unreadable)?.len();
    text.truncate(length);
    Ok(text)
}
