//! The digests of one text with many keys and endings.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::endings::Ending;
use super::recipe::{Recipe, Tail};
use crate::v2::sign::SignType;

/// A text of fields that is hashed once. Each ending goes on from there, so that it costs no more than its own bytes.
pub(super) struct Hashed<'t> {
    recipe: &'t Recipe<'t>,
    text: &'t [u8],
    md5: Option<Md5>,
    /// The last key of HMAC-SHA256, and its state.
    mac: Option<(&'t str, Hmac<Sha256>)>,
    bytes: usize,
}

impl<'t> Hashed<'t> {
    pub(super) const fn new(recipe: &'t Recipe<'t>, text: &'t [u8]) -> Self {
        Self { recipe, text, md5: None, mac: None, bytes: 0 }
    }

    /// How many bytes of the text were hashed, all times together.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The digest with an ending, and how many of its bytes count.
    pub(super) fn digest(&mut self, ending: &'t Ending, sign_type: SignType) -> ([u8; 32], usize) {
        let mut digest = [0; 32];
        let length = match sign_type {
            SignType::Md5 => {
                let mut hasher = self.md5(ending);
                self.end(ending, &mut |bytes| hasher.update(bytes));
                keep(&hasher.finalize(), &mut digest)
            }
            SignType::HmacSha256 => {
                let Some(mut mac) = self.mac(ending) else { return (digest, 0) };
                self.end(ending, &mut |bytes| mac.update(bytes));
                keep(&mac.finalize().into_bytes(), &mut digest)
            }
        };
        (digest, length)
    }

    fn md5(&mut self, ending: &Ending) -> Md5 {
        if let (Some(started), None) = (&self.md5, ending.tail.front) {
            return started.clone();
        }
        let mut hasher = Md5::new();
        self.front(ending, &mut |bytes| hasher.update(bytes));
        if ending.tail.front.is_none() {
            self.md5 = Some(hasher.clone());
        }
        hasher
    }

    fn mac(&mut self, ending: &'t Ending) -> Option<Hmac<Sha256>> {
        let key = ending.mac.as_ref().unwrap_or(&ending.key).as_str();
        if let (Some((own, started)), None) = (&self.mac, ending.tail.front)
            && *own == key
        {
            return Some(started.clone());
        }
        // HMAC takes a key of any length.
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).ok()?;
        self.front(ending, &mut |bytes| mac.update(bytes));
        if ending.tail.front.is_none() {
            self.mac = Some((key, mac.clone()));
        }
        Some(mac)
    }

    /// The text with what is before it.
    fn front(&mut self, ending: &Ending, put: &mut dyn FnMut(&[u8])) {
        if let Some([before, after]) = ending.tail.front {
            self.put(&[before, &ending.key, after], put);
        }
        put(self.text);
        self.bytes = self.bytes.saturating_add(self.text.len());
    }

    /// What follows the text.
    fn end(&self, ending: &Ending, put: &mut dyn FnMut(&[u8])) {
        let mut tail = ending.tail;
        if let (Some(whole), Tail::RIGHT) = (self.recipe.whole, tail) {
            tail.joint = Some(whole.joint);
        }
        if let Some(joint) = tail.joint {
            self.put(&[joint, &ending.key], put);
        }
        self.put(&[tail.end], put);
    }

    fn put(&self, texts: &[&str], put: &mut dyn FnMut(&[u8])) {
        for text in texts {
            self.recipe.charset.put(text, self.recipe.gbk, put);
        }
    }
}

fn keep(made: &[u8], digest: &mut [u8; 32]) -> usize {
    for (place, byte) in digest.iter_mut().zip(made) {
        *place = *byte;
    }
    made.len()
}
