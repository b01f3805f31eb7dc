//! The border of the module `calls.wasm`: the calls of WeChat's API, bills, comments, and the data of the log-in.
//!
//! Texts go in with NUL between them. What comes back is JSON where nothing else is said: a network exchange dwarfs its cost.

use std::str::Split;

use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::buffers::run_call;
use crate::border::bill_blocks::{read_block, read_comments};
use crate::border::json::{Object, put_list, put_text};
use crate::border::{caller_bug, text};
use crate::buffer::Buffer;
use crate::error::Error;
use crate::field::integer;
use crate::user_data::decrypt_user_data;
use crate::v2::api::{Declaration, Family, Field, api, numbers};
use crate::v2::key::Key;
use crate::v2::merchant::Merchant;
use crate::v2::params::Params;
use crate::v2::sign::SignType;

/// In: a merchant, which is appid, mch_id, key, way of signing, sub_appid, sub_mch_id. Out: nothing, where it is one.
#[wasm_bindgen(js_name = checkMerchant)]
#[must_use]
pub fn check_merchant(bytes: usize) -> i32 {
    run_call(bytes, |input, _| {
        merchant(&mut text(input)?.split('\0'))?;
        Ok(false)
    })
}

/// In: a merchant, the name of an API, a nonce, then names and values in turn. Out: the request.
#[wasm_bindgen(js_name = prepare)]
#[must_use]
pub fn prepare(bytes: usize) -> i32 {
    run_call(bytes, |input, output| {
        let mut texts = text(input)?.split('\0');
        let merchant = merchant(&mut texts)?;
        let (api, nonce) = (declared(next(&mut texts)?)?, next(&mut texts)?);
        let given = pairs(texts)?.into_iter().filter(|(_, value)| !value.is_empty());
        let request = crate::v2::api::prepare(api, &merchant, Params::from_pairs(given)?, nonce)?;
        let mut object = Object::new(output);
        object.text("path", request.path);
        object.text("body", &request.body);
        for (name, flag) in [("certificate", request.certificate), ("repeatable", request.repeatable)] {
            object.member(name).put(if flag { b"true" } else { b"false" });
        }
        let asked = request.asked.iter().flat_map(|(name, value)| [name, value]);
        put_list(object.member("asked"), asked, |out, text| put_text(out, text));
        object.end();
        Ok(false)
    })
}

/// In: a merchant, the name of an API, the names and values that were asked in turn; then the body. Out: the documented members of the
/// answer, and behind NUL every field as text, each name and value with NUL behind it.
#[wasm_bindgen(js_name = complete)]
#[must_use]
pub fn complete(texts: usize, body: usize) -> i32 {
    run_call(texts.saturating_add(body), |input, output| {
        let (texts, body) = input.split_at_checked(texts).ok_or_else(caller_bug)?;
        let mut texts = text(texts)?.split('\0');
        let merchant = merchant(&mut texts)?;
        let api = declared(next(&mut texts)?)?;
        let asked = pairs(texts)?.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = crate::v2::api::complete(api, &merchant, &asked.collect::<Vec<_>>(), body)?;
        put_members(output, api.answer, api.families, &answer, "");
        output.put(b"\0");
        for (name, value) in answer.iter() {
            for part in [name, "\0", value, "\0"] {
                output.put(part.as_bytes());
            }
        }
        Ok(false)
    })
}

/// In: session_key, iv, encryptedData. Out: the data, which should be JSON.
#[wasm_bindgen(js_name = decryptUserData)]
#[must_use]
pub fn decrypt_user_data_packed(bytes: usize) -> i32 {
    run_call(bytes, |input, output| {
        let mut texts = text(input)?.split('\0');
        let [session_key, iv, data] = [next(&mut texts)?, next(&mut texts)?, next(&mut texts)?];
        output.put(Zeroizing::new(decrypt_user_data(data, iv, session_key)?).as_bytes());
        Ok(false)
    })
}

/// In: the state of a bill, a block of it. Out: the parts that src/border/bill_blocks.rs describes.
#[wasm_bindgen(js_name = readBill)]
#[must_use]
pub fn read_bill(state: usize, block: usize, last: bool) -> i32 {
    run_call(state.saturating_add(block), |input, output| {
        let (state, block) = input.split_at_checked(state).ok_or_else(caller_bug)?;
        output.replace(|output| read_block(text(state)?, block, last, output))?;
        Ok(false)
    })
}

/// In: an answer of comments. Out: the same parts.
#[wasm_bindgen(js_name = readComments)]
#[must_use]
pub fn read_comments_packed(bytes: usize) -> i32 {
    run_call(bytes, |body, output| {
        output.replace(|output| read_comments(body, output))?;
        Ok(false)
    })
}

fn merchant(texts: &mut Split<'_, char>) -> Result<Merchant, Error> {
    let [appid, mch_id, key] = [next(texts)?, next(texts)?, next(texts)?];
    let sign_type = SignType::from_text(next(texts)?)?;
    let merchant = Merchant::new(appid, mch_id, Key::new(key)?, sign_type)?;
    let (sub_appid, sub_mch_id) = (next(texts)?, next(texts)?);
    if sub_mch_id.is_empty() && sub_appid.is_empty() {
        return Ok(merchant);
    }
    merchant.for_sub_merchant(sub_appid, sub_mch_id)
}

fn next<'a>(texts: &mut Split<'a, char>) -> Result<&'a str, Error> {
    texts.next().ok_or_else(caller_bug)
}

fn pairs<'a>(mut texts: Split<'a, char>) -> Result<Vec<(&'a str, &'a str)>, Error> {
    let mut pairs = Vec::new();
    while let Some(name) = texts.next() {
        pairs.push((name, next(&mut texts)?));
    }
    Ok(pairs)
}

fn declared(name: &str) -> Result<&'static Declaration, Error> {
    api(name).ok_or_else(|| Error::param("api", "there is no API of this name"))
}

/// The documented members whose names end with `suffix`, as numbers, texts and lists.
fn put_members(output: &mut Buffer, members: &[Field], families: &[Family], answer: &Params<'_>, suffix: &str) {
    let mut object = Object::new(output);
    for member in members {
        let text = answer.text(&[member.name, suffix].concat());
        // Below 2^53, as the field's form was checked.
        match (text, integer(text).filter(|_| member.kind.is_integer())) {
            ("", _) => {}
            (_, Some(number)) => object.number(member.name, number),
            (text, None) => object.text(member.name, text),
        }
    }
    for Family { name, item } in families {
        put_list(object.member(name), numbers(item, answer, suffix), |output, number| {
            put_members(output, item.members, item.families, answer, &format!("{suffix}_{number}"));
        });
    }
    object.end();
}
