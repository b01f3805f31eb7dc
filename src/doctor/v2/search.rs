//! The search: signatures with one mistake, then with two, until one is the signature of the message.

use super::endings::Ending;
use super::hashed::Hashed;
use super::mistakes::{Facts, Mistake, rare_mistakes, sign_type_words};
use super::pairs::after_each;
use super::recipe::Recipe;
use super::words;
use crate::buffer::Buffer;
use crate::doctor::words::{Detail, Told};
use crate::v2::sign::SignType;

/// How many bytes are written and hashed at most.
const BUDGET: usize = 6 << 20;

/// What a changed recipe costs beside its bytes, in bytes.
const RECIPE_COST: usize = 700;

/// What a digest costs beside its bytes, in bytes.
const DIGEST_COST: usize = 150;

/// The fewest digits that are taken for a part of a signature.
const SHORTEST: usize = 8;

/// The signature to explain.
pub(super) struct Wanted {
    /// In upper case.
    digits: String,
    is_lower: bool,
}

/// One explanation: its mistakes.
pub(super) type Solution = Vec<Told>;

impl Wanted {
    pub(super) fn new(signature: &str) -> Self {
        // A console that shortens a text ends it with an ellipsis.
        let shown = signature.trim_end_matches(['…', '.']);
        let digits = shown.to_ascii_uppercase();
        Self { is_lower: digits != shown, digits }
    }

    pub(super) const fn len(&self) -> usize {
        self.digits.len()
    }

    /// The mistakes of the output by which a digest becomes this signature.
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

/// The mistakes that are tried, and the state of the search.
pub(super) struct Search<'s, 'a> {
    pub(super) recipe: &'s Recipe<'a>,
    pub(super) mistakes: &'s [Mistake<'a>],
    pub(super) endings: &'s [Ending],
    /// Those with two mistakes of their own.
    doubles: &'s [Ending],
    /// Those of them that are tried with other mistakes.
    wide_endings: &'s [Ending],
    /// The right one alone.
    right: &'s [Ending],
    pub(super) facts: &'s Facts<'s>,
    pub(super) wanted: &'s Wanted,
    /// The mistakes that are tried in pairs.
    wide: Vec<&'s Mistake<'a>>,
    /// The last digest.
    last: [u8; 32],
    text: Buffer,
    left: usize,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        recipe: &'s Recipe<'a>,
        mistakes: &'s [Mistake<'a>],
        [endings, doubles]: [&'s [Ending]; 2],
        facts: &'s Facts<'s>,
        wanted: &'s Wanted,
    ) -> Self {
        let text = Buffer::with_capacity(2048);
        let usual = endings.iter().take_while(|ending| ending.is_wide).count();
        let first = |count: usize| endings.get(..count).unwrap_or(endings);
        let (wide_endings, right) = (first(usual), first(1));
        let (wide, last) = (Vec::new(), [0; 32]);
        Self { recipe, mistakes, endings, doubles, wide_endings, right, facts, wanted, wide, last, text, left: BUDGET }
    }

    /// The solution with the fewest mistakes; the usual ones come first.
    pub(super) fn run(&mut self) -> Option<Solution> {
        let one = self.one();
        let is_found = one.as_ref().is_some_and(|solution| solution.len() <= 1);
        let two = if is_found { None } else { self.two() };
        // A key may have been among the fields.
        self.text.wipe();
        [one, two].into_iter().flatten().min_by_key(Vec::len)
    }

    /// The recipe itself and each single mistake.
    fn one(&mut self) -> Option<Solution> {
        let mut best = None;
        let recipe = self.recipe;
        self.try_with(self.endings, recipe, &[], &mut best);
        let mut seen = Vec::new();
        for mistake in self.mistakes {
            if self.left == 0 {
                break;
            }
            let Some(changed) = recipe.with(&mistake.change) else { continue };
            self.try_with(self.right, &changed, &[mistake], &mut best);
            // Of two mistakes with the same text one is enough in each pair.
            if mistake.is_wide && !seen.contains(&self.last) {
                seen.push(self.last);
                self.wide.push(mistake);
            }
        }
        best
    }

    /// Two mistakes in the fields, or one there and one with the key. A left-out field comes last, as there are many.
    fn two(&mut self) -> Option<Solution> {
        if !matches!(self.wanted.len(), 32 | 64) {
            return None;
        }
        let mut best = None;
        let recipe = self.recipe;
        self.try_with(self.doubles, recipe, &[], &mut best);
        let (few, many): (Vec<_>, Vec<_>) = std::mem::take(&mut self.wide)
            .into_iter()
            .partition(|mistake| mistake.words.code != words::FIELD_LEFT_OUT.code);
        for first in few.iter().chain(&many) {
            if let (Some(changed), None) = (self.recipe.with(&first.change), &best) {
                self.try_with(self.wide_endings, &changed, &[first], &mut best);
            }
        }
        for (first, others) in after_each(&many) {
            self.pairs(first, others.iter(), &mut best);
        }
        for (first, others) in after_each(&few) {
            self.pairs(first, others.iter().filter(|other| other.words.code != first.words.code), &mut best);
        }
        for first in &many {
            self.pairs(first, few.iter(), &mut best);
        }
        if best.is_none() {
            self.rare(&mut best);
        }
        best
    }

    fn rare(&mut self, best: &mut Option<Solution>) {
        for mistake in rare_mistakes(self.recipe) {
            if best.is_some() || self.left == 0 {
                return;
            }
            if let Some(changed) = self.recipe.with(&mistake.change) {
                self.try_with(self.right, &changed, &[&mistake], best);
            }
        }
    }

    fn pairs<'m>(
        &mut self,
        first: &Mistake<'a>,
        others: impl Iterator<Item = &'m &'s Mistake<'a>>,
        best: &mut Option<Solution>,
    ) where
        's: 'm,
        'a: 'm,
    {
        let Some(one) = self.recipe.with(&first.change) else { return };
        for second in others {
            if best.is_some() || self.left == 0 {
                return;
            }
            let both = if first.change.step() <= second.change.step() {
                one.with(&second.change)
            } else {
                self.recipe.with(&second.change).and_then(|changed| changed.with(&first.change))
            };
            if let Some(both) = both {
                self.try_with(self.right, &both, &[first, second], best);
            }
        }
    }

    /// Writes the text of a recipe, and compares its signatures with these endings.
    fn try_with(
        &mut self,
        endings: &[Ending],
        recipe: &Recipe<'_>,
        made: &[&Mistake<'_>],
        best: &mut Option<Solution>,
    ) {
        let mut text = std::mem::take(&mut self.text);
        recipe.write(&mut text);
        self.left = self.left.saturating_sub(text.len().saturating_add(RECIPE_COST));
        let mut hashed = Hashed::new(recipe, text.as_bytes());
        for ending in endings {
            self.compare(ending, &mut hashed, made, best);
        }
        self.text = text;
    }

    fn compare<'t>(
        &mut self,
        ending: &'t Ending,
        hashed: &mut Hashed<'t>,
        made: &[&Mistake<'_>],
        best: &mut Option<Solution>,
    ) {
        // With two mistakes a part of a signature would be found by chance.
        let faults = made.len().saturating_add(ending.told.len());
        let is_whole = matches!(self.wanted.len(), 32 | 64);
        let may_be_cut = faults == 0 || (faults == 1 && !is_whole);
        for sign_type in [SignType::Md5, SignType::HmacSha256] {
            let length = sign_type.digits();
            if sign_type == SignType::Md5 && ending.mac.is_some() {
                continue;
            }
            if self.wanted.len() != length && !(may_be_cut && self.wanted.len() < length) {
                continue;
            }
            if self.left == 0 {
                return;
            }
            let before = hashed.bytes();
            let (digest, bytes) = hashed.digest(ending, sign_type);
            self.left = self.left.saturating_sub(hashed.bytes().saturating_sub(before).saturating_add(DIGEST_COST));
            self.last = digest;
            let Some(faults) = self.wanted.fits(digest.get(..bytes).unwrap_or_default(), may_be_cut) else { continue };
            let mut solution: Solution = made.iter().map(|mistake| (mistake.words, mistake.detail.clone())).collect();
            // A key among the fields explains why there is none at the end.
            let is_sorted = solution.iter().any(|(own, _)| own.code == words::KEY_FORMAT.code);
            let at_end = ending.told.iter().filter(|(own, _)| !(is_sorted && own.code == words::KEY_MISSING.code));
            solution.extend(at_end.cloned());
            let words = sign_type_words(self.facts);
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
