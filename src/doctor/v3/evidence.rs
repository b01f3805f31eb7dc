//! The search for the text that was signed with RSA: each usual mistake, with one digest to compare.

use super::keys::{Block, Hash, PublicKey, hashed, is_pss};
use super::words;
use crate::doctor::words::{Detail, Told};

/// How many bytes are hashed at most.
const BUDGET: usize = 5 << 19;

/// A text that may have been signed, and the mistakes that lead to it.
pub(super) struct Candidate {
    pub(super) text: Vec<u8>,
    pub(super) mistakes: Vec<Told>,
}

/// The keys that may have signed. The first belongs to the certificate.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) of_certificate: Option<PublicKey>,
    pub(super) of_private: Option<PublicKey>,
}

/// What a signature proves.
pub(super) enum Finding {
    /// The mistakes; none for a right signature.
    Mistakes(Vec<Told>),
    /// It was made with the right key, for a text that is no candidate.
    OtherText(Vec<Told>),
    /// It was made with another key, or it is damaged.
    OtherKey,
}

impl Keys {
    /// Whether certificate and private key are two pairs.
    pub(super) fn differ(&self) -> bool {
        matches!((&self.of_certificate, &self.of_private), (Some(one), Some(other)) if one != other)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.of_certificate.is_none() && self.of_private.is_none()
    }

    /// The length of a signature of each key, in bytes.
    pub(super) fn sizes(&self) -> impl Iterator<Item = usize> {
        [&self.of_certificate, &self.of_private].into_iter().flatten().map(PublicKey::size)
    }

    /// Compares a signature with every candidate. The right text comes first.
    pub(super) fn find(&self, signature: &[u8], candidates: impl Iterator<Item = Candidate>) -> Finding {
        let own = self.of_certificate.iter().map(|key| (key, false));
        let other = self.of_private.iter().map(|key| (key, self.of_certificate.is_some()));
        let mut opened: Vec<(Block, bool)> =
            own.chain(other).filter_map(|(key, is_foreign)| Some((key.open(signature)?, is_foreign))).collect();
        // A block of PKCS#1 proves its key. Without one only PSS is left.
        if let Some(at) = opened.iter().position(|(block, _)| matches!(block, Block::Pkcs1(..))) {
            opened = vec![opened.swap_remove(at)];
        }
        let mut left = BUDGET;
        for candidate in candidates {
            if left == 0 {
                break;
            }
            left = left.saturating_sub(candidate.text.len().saturating_add(64));
            for (block, is_foreign) in &opened {
                if let Some(how) = fits(block, &candidate.text) {
                    return Finding::Mistakes(joined(*is_foreign && self.differ(), how, candidate.mistakes));
                }
            }
        }
        match opened.first() {
            Some((Block::Pkcs1(hash, _), is_foreign)) => {
                let how = (*hash == Hash::Sha1).then_some(&words::SHA1);
                Finding::OtherText(joined(*is_foreign && self.differ(), how, Vec::new()))
            }
            _ => Finding::OtherKey,
        }
    }
}

fn joined(is_foreign: bool, how: Option<&'static crate::doctor::words::Words>, mistakes: Vec<Told>) -> Vec<Told> {
    let foreign = is_foreign.then_some((&words::KEY_NOT_OF_CERTIFICATE, Detail::NONE));
    foreign.into_iter().chain(how.map(|words| (words, Detail::NONE))).chain(mistakes).collect()
}

/// Whether the text was signed, and the mistake in how it was signed.
fn fits(block: &Block, text: &[u8]) -> Option<Option<&'static crate::doctor::words::Words>> {
    match block {
        Block::Pkcs1(Hash::Sha256, digest) => (hashed(Hash::Sha256, text) == *digest).then_some(None),
        Block::Pkcs1(Hash::Sha1, digest) => (hashed(Hash::Sha1, text) == *digest).then_some(Some(&words::SHA1)),
        Block::Other(block) => {
            let is_any = [Hash::Sha256, Hash::Sha1].into_iter().any(|hash| is_pss(block, text, hash));
            is_any.then_some(Some(&words::PSS))
        }
    }
}

/// The texts of one line with their mistakes. The first is right.
pub(super) type Choices = Vec<(Vec<u8>, Vec<Told>)>;

/// All texts with one choice for each line: the right one, then one mistake, then two. They are made one by one, as there may be 100,000.
pub(super) fn texts(lines: Vec<Choices>) -> impl Iterator<Item = Candidate> {
    let counts: Vec<(usize, usize)> = lines.iter().map(Vec::len).enumerate().collect();
    let singles: Vec<(usize, usize)> =
        counts.iter().flat_map(|(line, count)| (1..*count).map(|choice| (*line, choice))).collect();
    let mut pairs = Vec::new();
    for (at, one) in counts.iter().enumerate() {
        pairs.extend(counts.iter().skip(at.saturating_add(1)).map(|two| (*one, *two)));
    }
    // Pairs with many choices, such as all milliseconds of a second, come last.
    let (many, few): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|((_, first), (_, second))| first.max(second) > &MANY);
    let pairs = few.into_iter().chain(many).flat_map(|((one, first), (two, second))| {
        (1..first).flat_map(move |choice| (1..second).map(move |other| [Some((one, choice)), Some((two, other))]))
    });
    let alone = singles.into_iter().map(|choice| [Some(choice), None]);
    [[None, None]].into_iter().chain(alone).chain(pairs).map(move |chosen| {
        let mut candidate = Candidate { text: Vec::new(), mistakes: Vec::new() };
        for (at, choices) in lines.iter().enumerate() {
            let choice = chosen.iter().flatten().find(|(line, _)| *line == at).map_or(0, |(_, choice)| *choice);
            if let Some((text, mistake)) = choices.get(choice) {
                candidate.text.extend(text);
                candidate.mistakes.extend(mistake.iter().cloned());
            }
        }
        candidate
    })
}

/// The most choices of a line whose pairs are tried first.
const MANY: usize = 80;
