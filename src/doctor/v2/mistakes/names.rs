//! Fields that were left out, added or signed under another name, and values that belong to another field.

use super::{Change, Facts, Mistake, added, narrow, subsets, wide};
use crate::doctor::v2::pairs::after_each;
use crate::doctor::v2::part::Part;
use crate::doctor::v2::recipe::Recipe;
use crate::doctor::v2::words;
use crate::doctor::words::Detail;

/// The most fields for which each one left out is tried together with other mistakes.
const MANY: usize = 40;

/// Adds the mistakes with fields and their names.
pub(super) fn add<'a>(recipe: &Recipe<'a>, facts: &Facts<'_>, list: &mut Vec<Mistake<'a>>) {
    prefixes(recipe, list);
    spellings(recipe, facts, list);
    appids(recipe, list);
    left_out(recipe, list);
    extra(recipe, facts, list);
    null_words(recipe, facts, list);
}

fn prefixes<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for part in recipe.parts.iter().filter(|part| part.name == "package") {
        let id = part.value.trim_start_matches("prepay_id=");
        for front in ["", "prepay_id=", "prepay_id=prepay_id="] {
            let change = Change::Values(vec![(part.place, format!("{front}{id}"))]);
            let bare = Detail::in_both("the id alone", "单独的 id");
            let detail = if front.is_empty() { bare } else { Detail::plain(format!("{front}…")) };
            wide(list, &words::PREPAY_PREFIX, detail, change);
        }
        narrow(list, &words::FIELD_ADDED, Detail::plain("prepay_id"), Change::Add(vec![added("prepay_id", id)]));
    }
}

/// Names of which programs know two or more spellings. WeChat has another one for each kind of call-up.
const SPELLINGS: [&[&str]; 9] = [
    &["appId", "appid", "appID", "AppId", "app_id"],
    &["timeStamp", "timestamp", "time_stamp"],
    &["nonceStr", "noncestr", "nonce_str"],
    &["signType", "signtype", "sign_type"],
    &["partnerid", "partnerId", "partner_id"],
    &["prepayid", "prepayId", "prepay_id"],
    &["mch_id", "mchId", "mchid"],
    &["sub_mch_id", "subMchId", "sub_mchid"],
    &["openid", "openId", "open_id"],
];

fn spellings<'a>(recipe: &Recipe<'a>, facts: &Facts<'_>, list: &mut Vec<Mistake<'a>>) {
    let others = |part: &Part<'_>, place: usize| {
        let known = SPELLINGS.iter().find(|known| known.contains(&&*part.name))?;
        let other = known.iter().filter(|name| **name != part.name).nth(place)?;
        Some((part.place, (*other).to_owned()))
    };
    // The other usual spelling of several names, then the rare ones of each.
    let usual: Vec<(usize, String)> = recipe.parts.iter().filter_map(|part| others(part, 0)).collect();
    for chosen in subsets(&usual) {
        let is_usual = matches!(chosen.as_slice(), [(_, name)] if name == "appId");
        renamed(list, chosen, is_usual || facts.is_payment);
    }
    for part in &recipe.parts {
        for other in (1..4).filter_map(|place| others(part, place)) {
            renamed(list, vec![other], false);
        }
    }
    for change in [str::to_ascii_lowercase, str::to_ascii_uppercase, camel, snake, capital] {
        let all = recipe.parts.iter().filter(|part| change(&part.name) != part.name);
        let all: Vec<(usize, String)> = all.map(|part| (part.place, change(&part.name))).collect();
        for one in all.iter().take(if all.len() > 1 { MANY } else { 0 }) {
            renamed(list, vec![one.clone()], false);
        }
        if !all.is_empty() {
            renamed(list, all, true);
        }
    }
}

fn renamed<'a>(list: &mut Vec<Mistake<'a>>, names: Vec<(usize, String)>, is_wide: bool) {
    let shown: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    let detail = Detail::plain(shown.join(", "));
    list.push(Mistake { words: &words::NAME_CASE, detail, change: Change::Names(names), is_wide });
}

fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &capital(word))
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect())
}

fn appids<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    let find = |names: &[&str]| recipe.parts.iter().find(|part| names.contains(&&*part.name) && !part.value.is_empty());
    let (Some(own), Some(sub)) = (find(&["appid", "appId"]), find(&["sub_appid", "sub_appId"])) else { return };
    let taken = |place: &Part<'_>, from: &Part<'_>| (place.place, from.value.clone().into_owned());
    for (detail, values) in [
        ("sub_appid → appid", vec![taken(own, sub)]),
        ("appid → sub_appid", vec![taken(sub, own)]),
        ("appid ↔ sub_appid", vec![taken(own, sub), taken(sub, own)]),
    ] {
        wide(list, &words::APPID_OTHER, Detail::plain(detail), Change::Values(values));
    }
}

fn left_out<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    let is_wide = recipe.parts.len() <= MANY;
    for part in &recipe.parts {
        let detail = Detail::plain(part.name.clone().into_owned());
        let change = Change::Leave(vec![part.place]);
        list.push(Mistake { words: &words::FIELD_LEFT_OUT, detail, change, is_wide });
    }
    // PHP takes "0" for empty.
    let zeros = recipe.parts.iter().filter(|part| part.value == "0");
    let (names, places): (Vec<&str>, Vec<usize>) = zeros.map(|part| (&*part.name, part.place)).unzip();
    wide(list, &words::FIELD_LEFT_OUT, Detail::plain(names.join(", ")), Change::Leave(places));
    // Fields with a number, such as those of coupons, are left out together.
    let numbered: Vec<(&Part<'_>, &str)> =
        recipe.parts.iter().filter_map(|part| Some((part, number(&part.name)?))).collect();
    for wanted in [None, Some("0"), Some("1"), Some("2")] {
        let chosen = numbered.iter().filter(|(_, number)| wanted.is_none_or(|wanted| wanted == *number));
        let (names, places): (Vec<&str>, Vec<usize>) = chosen.map(|(part, _)| (&*part.name, part.place)).unzip();
        wide(list, &words::FIELD_LEFT_OUT, Detail::plain(names.join(", ")), Change::Leave(places));
    }
}

/// The number at the end of a name, such as `coupon_fee_0`.
fn number(name: &str) -> Option<&str> {
    let (_, number) = name.rsplit_once('_')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// Fields with one usual value, which somebody signs and does not send.
const USUAL: [(&str, &str); 22] = [
    ("sign_type", "MD5"),
    ("sign_type", "HMAC-SHA256"),
    ("signType", "MD5"),
    ("signType", "HMAC-SHA256"),
    ("sign", ""),
    ("trade_type", "JSAPI"),
    ("trade_type", "NATIVE"),
    ("trade_type", "APP"),
    ("trade_type", "MWEB"),
    ("fee_type", "CNY"),
    ("refund_fee_type", "CNY"),
    ("device_info", "WEB"),
    ("version", "1.0"),
    ("limit_pay", "no_credit"),
    ("receipt", "Y"),
    ("profit_sharing", "Y"),
    ("profit_sharing", "N"),
    ("bill_type", "ALL"),
    ("account_type", "Basic"),
    ("tar_type", "GZIP"),
    ("package", "Sign=WXPay"),
    ("input_charset", "UTF-8"),
];

fn extra<'a>(recipe: &Recipe<'a>, facts: &Facts<'_>, list: &mut Vec<Mistake<'a>>) {
    for (name, value) in USUAL {
        let words = if name == "sign" { &words::SIGN_SIGNED } else { &words::FIELD_ADDED };
        let is_wide = name.eq_ignore_ascii_case("sign_type") || name == "signType";
        let change = Change::Add(vec![added(name, value)]);
        list.push(Mistake { words, detail: Detail::plain(format!("{name}={value}")), change, is_wide });
    }
    // Values that the message has under another name.
    for (own, other) in [("appId", "appid"), ("appid", "appId"), ("mch_id", "partnerid"), ("nonce_str", "nonceStr")] {
        if let (Some(part), false) = (recipe.parts.iter().find(|part| part.name == own), facts.is_payment) {
            let detail = Detail::plain(format!("{other}={}", part.value));
            narrow(list, &words::FIELD_ADDED, detail, Change::Add(vec![added(other, &part.value)]));
        }
    }
}

/// What languages write for an absent value.
const NULLS: [&str; 9] = ["null", "undefined", "None", "NULL", "nil", "<nil>", "NaN", "Null", "(null)"];

fn null_words<'a>(recipe: &Recipe<'a>, facts: &Facts<'_>, list: &mut Vec<Mistake<'a>>) {
    let empty: Vec<&Part<'_>> = recipe.parts.iter().filter(|part| part.value.is_empty()).collect();
    for word in NULLS {
        if !empty.is_empty() {
            let names: Vec<String> = empty.iter().map(|part| format!("{}={word}", part.name)).collect();
            let all = Change::Values(empty.iter().map(|part| (part.place, word.to_owned())).collect());
            wide(list, &words::NULL_WORDS, Detail::plain(names.join(", ")), all);
        }
        if empty.len() > 1 {
            for part in &empty {
                let detail = Detail::plain(format!("{}={word}", part.name));
                let change = Change::Values(vec![(part.place, word.to_owned())]);
                narrow(list, &words::NULL_WORDS, detail, change);
            }
        }
    }
    let has = |name: &str| recipe.parts.iter().any(|part| part.name == name);
    for name in ["sign", if facts.is_payment { "paySign" } else { "sign_type" }, "appId"] {
        for word in NULLS.iter().take(USUAL_NULLS) {
            let change = Change::Add(vec![added(name, word)]);
            narrow(list, &words::NULL_WORDS, Detail::plain(format!("{name}={word}")), change);
        }
    }
    narrow(list, &words::EMPTY_SIGNED, Detail::plain("paySign"), Change::Add(vec![added("paySign", "")]));
    for name in OPTIONAL.into_iter().filter(|name| !has(name)) {
        for word in NULLS.iter().take(USUAL_NULLS) {
            let detail = Detail::plain(format!("{name}={word}"));
            narrow(list, &words::NULL_WORDS, detail, Change::Add(vec![added(name, word)]));
        }
        narrow(list, &words::EMPTY_SIGNED, Detail::plain(name), Change::Add(vec![added(name, "")]));
    }
}

/// How many of those words are tried for fields that the message lacks.
const USUAL_NULLS: usize = 3;

/// Two absent fields, signed as the same word or as empty values. Then three fields of the message left out.
pub(super) fn add_rare<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    let has = |name: &str| recipe.parts.iter().any(|part| part.name == name);
    let absent: Vec<&str> = OPTIONAL.into_iter().filter(|name| !has(name)).collect();
    for word in NULLS.iter().take(USUAL_NULLS).chain([&""]) {
        let words = if word.is_empty() { &words::EMPTY_SIGNED } else { &words::NULL_WORDS };
        for (first, others) in after_each(&absent) {
            for second in others {
                let detail = Detail::plain(format!("{first}={word}, {second}={word}"));
                narrow(list, words, detail, Change::Add(vec![added(first, word), added(second, word)]));
            }
        }
    }
    let signed: Vec<&Part<'_>> = recipe.parts.iter().filter(|part| !part.value.is_empty()).collect();
    for (first, others) in after_each(&signed) {
        for (second, others) in after_each(others) {
            for third in others {
                let chosen = [first, second, third];
                let detail = Detail::plain(chosen.map(|part| &*part.name).join(", "));
                let places = chosen.map(|part| part.place).to_vec();
                narrow(list, &words::FIELD_LEFT_OUT, detail, Change::Leave(places));
            }
        }
    }
}

/// Optional fields, which a program often has without a value. They are signed then, and not sent.
const OPTIONAL: [&str; 26] = [
    "attach",
    "bill_type",
    "detail",
    "device_info",
    "fee_type",
    "goods_tag",
    "limit_pay",
    "notify_url",
    "offset",
    "openid",
    "out_refund_no",
    "out_trade_no",
    "product_id",
    "profit_sharing",
    "receipt",
    "refund_account",
    "refund_desc",
    "refund_fee_type",
    "scene_info",
    "sub_appid",
    "sub_mch_id",
    "sub_openid",
    "tar_type",
    "time_expire",
    "time_start",
    "transaction_id",
];
