//! AES as WeChat uses it: ECB for refund notices, CBC for the log-in's data, PKCS#7 padding, one error.

use std::borrow::Cow;

use aes::cipher::consts::U16;
use aes::cipher::typenum::Unsigned;
use aes::cipher::{
    BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockSizeUser, KeyInit, ParBlocks,
};
use aes::{Aes128, Aes256, Block};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

const BLOCK: usize = 16;

/// A text could not be decrypted. The reason is deliberately absent, since a forger learns from every difference.
#[derive(Debug)]
pub(crate) struct NotDecrypted;

/// Decrypts AES-256-ECB in base64.
pub(crate) fn decrypt_ecb(key: &[u8; 32], base64: &str) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let mut text = blocks(decode_encrypted(base64)?)?;
    Aes256::new(key.into()).decrypt_with_backend(Together(Block::cast_slice_from_core_mut(text.as_chunks_mut().0)));
    unpad(text)
}

/// Decrypts AES-128-CBC; key, first block and text are base64.
pub(crate) fn decrypt_cbc(key: &str, iv: &str, base64: &str) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let (key, iv) = (decode(key)?, decode(iv)?);
    let key: &[u8; BLOCK] = key.as_slice().try_into().map_err(|_| NotDecrypted)?;
    let first: [u8; BLOCK] = iv.as_slice().try_into().map_err(|_| NotDecrypted)?;
    let mut text = blocks(decode(base64)?)?;
    let encrypted = text.clone();
    Aes128::new(key.into()).decrypt_with_backend(Together(Block::cast_slice_from_core_mut(text.as_chunks_mut().0)));
    for (byte, mask) in text.iter_mut().zip(first.iter().chain(encrypted.iter())) {
        *byte ^= mask;
    }
    unpad(text)
}

/// The number of blocks that are decrypted at once, which gains 19 % of a refund notice. The last group is filled with empty
/// blocks, since a single block costs as much as a group.
struct Together<'a>(&'a mut [Block]);

impl BlockSizeUser for Together<'_> {
    type BlockSize = U16;
}

impl BlockCipherDecClosure for Together<'_> {
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        for some in self.0.chunks_mut(B::ParBlocksSize::USIZE) {
            let mut blocks = ParBlocks::<B>::default();
            for (block, given) in blocks.iter_mut().zip(some.iter()) {
                *block = *given;
            }
            backend.decrypt_par_blocks_inplace(&mut blocks);
            for (block, decrypted) in some.iter_mut().zip(blocks) {
                *block = decrypted;
            }
        }
    }
}

/// Whole blocks, at least one.
fn blocks(text: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    if text.is_empty() || !text.as_chunks::<BLOCK>().1.is_empty() { Err(NotDecrypted) } else { Ok(text) }
}

/// Strict base64 or base64url in constant time, for keys.
fn decode(base64: &str) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let mut standard = Zeroizing::new(String::with_capacity(base64.len().saturating_add(3)));
    standard.extend(base64.chars().filter(|letter| !matches!(letter, '\r' | '\n')).map(|letter| match letter {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    // base64url leaves the padding out.
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    Base64::decode_vec(&standard).map(Zeroizing::new).map_err(|_| NotDecrypted)
}

/// Strict base64 in variable time, for public data: several times as fast, 19 % of a refund notice.
fn decode_encrypted(base64: &str) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    STANDARD.decode(without_line_ends(base64).as_bytes()).map(Zeroizing::new).map_err(|_| NotDecrypted)
}

/// Some senders break the lines of their base64.
fn without_line_ends(base64: &str) -> Cow<'_, str> {
    let has_ends = [b'\r', b'\n'].iter().any(|end| base64.as_bytes().contains(end));
    if has_ends { Cow::Owned(base64.split(['\r', '\n']).collect()) } else { Cow::Borrowed(base64) }
}

/// Removes the padding (RFC 5652, section 6.3); every byte of it must be right.
fn unpad(mut text: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let length = text.last().copied().ok_or(NotDecrypted)?;
    let padding = usize::from(length);
    let end = text.len().checked_sub(padding).ok_or(NotDecrypted)?;
    let right =
        (1..=BLOCK).contains(&padding) && text.get(end..).is_some_and(|bytes| bytes.iter().all(|byte| *byte == length));
    if !right {
        return Err(NotDecrypted);
    }
    text.truncate(end);
    Ok(text)
}
