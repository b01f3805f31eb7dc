//! The search: signatures with one mistake, then with two, until one is the given signature.

use super::endings::Ending;
use super::mistakes::{Detail, Facts, Mistake};
use super::recipe::{Recipe, digest};
use super::words;
use crate::buffer::Buffer;
use crate::doctor::words::Words;
use crate::v2::sign::SignType;

/// How many bytes are hashed at most. A message of 30 fields needs about half of them.
const BUDGET: usize = 6 << 20;

/// The fewest digits that are taken for a part of a signature.
const SHORTEST: usize = 8;

/// The given signature.
pub(super) struct Wanted {
    /// In upper case.
    digits: String,
    is_lower: bool,
}

/// One explanation: its mistakes, and what each adds to its words.
pub(super) type Solution = Vec<(&'static Words, Detail)>;

impl Wanted {
    pub(super) fn new(signature: &str) -> Self {
        let digits = signature.to_ascii_uppercase();
        Self { is_lower: digits != signature, digits }
    }

    pub(super) const fn len(&self) -> usize {
        self.digits.len()
    }

    /// The mistakes of the output by which a digest is the given signature.
    fn fits(&self, digest: &[u8], may_be_cut: bool) -> Option<Solution> {
        let mut text = [0; 64];
        let room = text.get_mut(..digest.len().checked_mul(2)?)?;
        hex::encode_to_slice(digest, room).ok()?;
        room.make_ascii_uppercase();
        let whole = std::str::from_utf8(room).ok()?;
        let mut faults = Solution::new();
        if whole != self.digits {
            let is_part = may_be_cut && self.digits.len() >= SHORTEST && self.digits.len() < whole.len();
            if !(is_part && whole.contains(&self.digits)) {
                return None;
            }
            faults.push((&words::TRUNCATED, Detail::plain(format!("{} / {}", self.digits.len(), whole.len()))));
        }
        if self.is_lower {
            faults.push((&words::LOWER_CASE, Detail::plain("")));
        }
        Some(faults)
    }
}

/// What is tried.
pub(super) struct Search<'s, 'a> {
    pub(super) recipe: &'s Recipe<'a>,
    pub(super) mistakes: &'s [Mistake<'a>],
    pub(super) endings: &'s [Ending],
    pub(super) facts: &'s Facts<'s>,
    pub(super) wanted: &'s Wanted,
    text: Buffer,
    left: usize,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        recipe: &'s Recipe<'a>,
        mistakes: &'s [Mistake<'a>],
        endings: &'s [Ending],
        facts: &'s Facts<'s>,
        wanted: &'s Wanted,
    ) -> Self {
        Self { recipe, mistakes, endings, facts, wanted, text: Buffer::with_capacity(2048), left: BUDGET }
    }

    /// The solution with the fewest mistakes; the usual ones come first.
    pub(super) fn run(&mut self) -> Option<Solution> {
        let one = self.one();
        if one.as_ref().is_some_and(|solution| solution.len() <= 1) {
            return one;
        }
        let two = self.two();
        [one, two].into_iter().flatten().min_by_key(Vec::len)
    }

    /// The recipe itself and each single mistake.
    fn one(&mut self) -> Option<Solution> {
        let mut best = None;
        let recipe = self.recipe;
        self.endings_of(recipe, &[], true, &mut best);
        for mistake in self.mistakes {
            if let Some(changed) = recipe.with(&mistake.change) {
                self.right_ending_of(&changed, &[mistake], true, &mut best);
            }
        }
        best
    }

    /// Two mistakes in the fields, or one there and one with the key.
    fn two(&mut self) -> Option<Solution> {
        let mut best = None;
        for first in self.mistakes.iter().filter(|mistake| mistake.is_wide) {
            let Some(changed) = self.recipe.with(&first.change) else { continue };
            self.endings_of(&changed, &[first], false, &mut best);
            if best.is_some() {
                return best;
            }
        }
        for (at, first) in self.mistakes.iter().enumerate() {
            if !first.is_wide {
                continue;
            }
            for second in self.mistakes.iter().skip(at.saturating_add(1)).filter(|mistake| mistake.is_wide) {
                let (early, late) =
                    if first.change.step() <= second.change.step() { (first, second) } else { (second, first) };
                let changed = self.recipe.with(&early.change).and_then(|changed| changed.with(&late.change));
                let Some(changed) = changed else { continue };
                self.right_ending_of(&changed, &[first, second], false, &mut best);
                if best.is_some() || self.left == 0 {
                    return best;
                }
            }
        }
        best
    }

    /// Compares with every ending.
    fn endings_of(
        &mut self,
        recipe: &Recipe<'_>,
        made: &[&Mistake<'_>],
        may_be_cut: bool,
        best: &mut Option<Solution>,
    ) {
        self.written(recipe);
        for ending in self.endings {
            self.compare(ending, made, may_be_cut, best);
        }
    }

    /// Compares with the right ending alone.
    fn right_ending_of(
        &mut self,
        recipe: &Recipe<'_>,
        made: &[&Mistake<'_>],
        may_be_cut: bool,
        best: &mut Option<Solution>,
    ) {
        self.written(recipe);
        if let Some(ending) = self.endings.first() {
            self.compare(ending, made, may_be_cut, best);
        }
    }

    fn written(&mut self, recipe: &Recipe<'_>) {
        recipe.write(&mut self.text);
    }

    fn compare(&mut self, ending: &Ending, made: &[&Mistake<'_>], may_be_cut: bool, best: &mut Option<Solution>) {
        for sign_type in [SignType::Md5, SignType::HmacSha256] {
            let length = sign_type.digits();
            if self.wanted.len() != length && !(may_be_cut && self.wanted.len() < length) {
                continue;
            }
            self.left = self.left.saturating_sub(self.text.len().saturating_add(64));
            if self.left == 0 {
                return;
            }
            let (digest, bytes) = digest(self.text.as_bytes(), &ending.key, ending.tail, sign_type);
            let Some(faults) = self.wanted.fits(digest.get(..bytes).unwrap_or_default(), may_be_cut) else { continue };
            let mut solution: Solution = made.iter().map(|mistake| (mistake.words, mistake.detail.clone())).collect();
            solution.extend(ending.words.map(|words| (words, ending.detail.clone())));
            let words = if self.facts.is_payment { &words::SECOND_SIGN_TYPE } else { &words::SIGN_TYPE };
            let is_told = solution.iter().any(|(own, _)| own.code == words.code);
            if sign_type != self.facts.due && !is_told {
                solution.push((words, Detail::plain(sign_type.as_str())));
            }
            solution.extend(faults);
            if best.as_ref().is_none_or(|best| solution.len() < best.len()) {
                *best = Some(solution);
            }
        }
    }
}
