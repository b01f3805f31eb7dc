//! `prepare`: a request as data. Nothing here sends, signs or encrypts.

use std::borrow::Cow;

use super::answer::if_present;
use super::check::{check, check_not_empty};
use super::declaration::{Declaration, Side};
use super::path::{filled, has_name, names, put_query};
use super::request::Request;
use super::sealing::taken_out;
use crate::error::{Error, ErrorKind};
use crate::v3::json::Json;
use crate::v3::merchant::Merchant;

/// Makes the request of one API: checks every member, adds the ids, and writes path and JSON.
///
/// A service provider names the sub-merchant in its configuration, or as `sub_mchid` in `given`.
///
/// # Errors
/// `ERR_PARAM` with the path of the member, such as `amount.total`.
pub fn prepare(api: &'static Declaration, merchant: &Merchant, given: &Json) -> Result<Request, Error> {
    let Json::Object(members) = given else { return Err(Error::param("params", "must be an object")) };
    let is_id = |name: &str| Merchant::is_id(name) && api.request.member(name).is_none();
    let (ids, params): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|(name, _)| is_id(name));
    let merchant = acting(api, merchant, &ids)?;
    let has = |name: &str| params.iter().any(|(own, _)| own == name);
    let defaults = api.defaults.iter().filter(|(name, _)| !has(name));
    let defaults: Vec<_> = defaults.map(|(name, text)| ((*name).to_owned(), Json::Text((*text).to_owned()))).collect();
    let params = Json::Object(params.into_iter().chain(defaults).collect());
    check(api.request, &params, "")?;
    let side = side(api, &merchant)?;
    check_rules(api, side, &merchant, &params)?;
    check_not_empty(&params, "")?;
    let own_id = |name: &str| merchant.id(name).filter(|_| side.ids.contains(&name));
    let value = |name: &str| own_id(name).or_else(|| params.get(name).and_then(Json::text)).unwrap_or_default();
    let is_whole = |template: &&&str| names(template).all(|name| !value(name).is_empty());
    let template = side.paths.iter().find(is_whole).copied().unwrap_or_default();
    let mut path = filled(template, &value);
    let (mut body, mut secrets) = (String::new(), Vec::new());
    if api.method == "GET" {
        let own = api.request.members.iter().map(|field| field.name);
        let named = |name: &&str| side.paths.iter().any(|path| has_name(path, name));
        let queried = side.ids.iter().copied().chain(own).filter(|name| !named(name));
        put_query(queried.map(|name| (name, value(name))), &mut path);
    } else {
        body = body_of(api, side, &merchant, &params, template, &mut secrets)?;
    }
    let repeated = side.repeats.iter().filter_map(|name| Some(((*name).to_owned(), merchant.id(name)?.to_owned())));
    let echoes = api.echoes.iter().filter_map(|(name, place)| Some(((*place).to_owned(), params.value_at(name)?)));
    let subs = side.ids.iter().filter(|name| name.starts_with("sub_") && !side.repeats.contains(name));
    let subs = subs.filter_map(|name| Some((if_present(name), merchant.id(name)?.to_owned())));
    let amounts = api.echoes_if_present.iter();
    let amounts = amounts.filter_map(|(name, place)| Some((if_present(place), params.value_at(name)?)));
    let asked = repeated.chain(echoes).chain(subs).chain(amounts).collect();
    let Declaration { method, repeatable, .. } = *api;
    Ok(Request { method, path, body, secrets, repeatable, asked })
}

/// The merchant with the sub-merchant that the call names. Other ids must be those of the configuration.
fn acting<'a>(api: &Declaration, merchant: &'a Merchant, ids: &[(String, Json)]) -> Result<Cow<'a, Merchant>, Error> {
    let mut acting = Cow::Borrowed(merchant);
    for (name, value) in ids {
        let text = value.text().unwrap_or_default();
        let configured = merchant.id(name);
        if configured.is_none() && api.partner.ids.contains(&name.as_str()) {
            acting.to_mut().set_sub(name, text, ErrorKind::Param)?;
        } else if configured != Some(text) {
            let fault =
                if configured.is_some() { "is not the configured one" } else { "is not a parameter of this call" };
            return Err(Error::param(name, format_args!("{fault}; leave it out")));
        }
    }
    // It would be a call of the provider for itself, and lose the app.
    if acting.sub_appid().is_some() && acting.sub_mchid().is_none() {
        return Err(Error::param("sub_mchid", "is missing; sub_appid is an app of this sub-merchant"));
    }
    Ok(acting)
}

/// The side that a merchant acts on.
fn side(api: &'static Declaration, merchant: &Merchant) -> Result<&'static Side, Error> {
    let is_partner = merchant.id("sub_mchid").is_some();
    if is_partner && !api.partner.paths.is_empty() {
        return Ok(&api.partner);
    }
    if api.direct.paths.is_empty() {
        return Err(Error::param("sub_mchid", "is missing; it is a call of a service provider"));
    }
    Ok(&api.direct)
}

/// Checks what depends on more than one member.
fn check_rules(api: &Declaration, side: &Side, merchant: &Merchant, params: &Json) -> Result<(), Error> {
    if let Some((path, advice)) = side.refuses.iter().find(|(path, _)| params.value_at(path).is_some()) {
        return Err(Error::param(path, advice));
    }
    for group in [api.any_of, side.any_of] {
        if !group.is_empty() && group.iter().all(|path| params.value_at(path).is_none()) {
            let first = group.first().copied().unwrap_or_default();
            let choice =
                if group.len() > 1 { format!("; one of {} is needed", group.join(", ")) } else { String::new() };
            return Err(Error::param(first, format_args!("is missing{choice}")));
        }
    }
    let mut given = api.any_of.iter().filter(|path| params.value_at(path).is_some());
    if api.only_one
        && let (Some(first), Some(second)) = (given.next(), given.next())
    {
        let fault = format_args!("comes with {first}; pass one of {second} and {first}");
        return Err(Error::param(second, fault));
    }
    for rule in api.requires {
        let Some(word) = params.value_at(rule.member) else { continue };
        let lacks = |name: &&&str| merchant.id(name).is_none() && params.value_at(name).is_none();
        if (rule.word.is_empty() || rule.word == word)
            && let Some(name) = rule.needs.iter().find(lacks)
        {
            let said = [rule.member, rule.word].join(" ");
            return Err(Error::param(name, format_args!("is missing; {} needs it", said.trim_end())));
        }
    }
    Ok(())
}

/// The JSON of a request: the ids, and its parameters without those of the path. Sensitive texts go to `secrets`.
fn body_of(
    api: &Declaration,
    side: &Side,
    merchant: &Merchant,
    params: &Json,
    template: &str,
    secrets: &mut Vec<String>,
) -> Result<String, Error> {
    let Json::Object(members) = params else { return Ok(String::new()) };
    let ids = side.ids.iter().filter(|name| !has_name(template, name));
    let ids = ids.filter_map(|name| Some(((*name).to_owned(), Json::Text(merchant.id(name)?.to_owned()))));
    let own = members.iter().filter(|(name, _)| !has_name(template, name)).cloned();
    let mut body = Json::Object(ids.chain(own).collect());
    taken_out(api.request, &mut body, secrets);
    serde_json::to_string(&body)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("the request cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::api::{ALL, api};
    use crate::v3::json::{Limits, read_json};

    fn merchant() -> Merchant {
        Merchant::new("wx8888888888888888", "1900009191").unwrap()
    }

    fn made(name: &str, given: &str) -> Result<Request, Error> {
        prepare(api(name).unwrap(), &merchant(), &read_json(given.as_bytes(), Limits::PARAMS, "the test").unwrap())
    }

    const ORDER: &str = r#"{"description":"茶","out_trade_no":"a-1234","notify_url":"https://shop.example/n","amount":{"total":1},"payer":{"openid":"o1"}}"#;

    #[test]
    fn an_order_has_the_ids_and_its_members_in_their_order() {
        let request = made("jsapiOrder", ORDER).unwrap();
        assert_eq!((request.method, request.path.as_str()), ("POST", "/v3/pay/transactions/jsapi"));
        let ids = r#"{"appid":"wx8888888888888888","mchid":"1900009191","#;
        assert_eq!(request.body, ORDER.replacen('{', ids, 1));
    }

    #[test]
    fn paths_are_filled_and_percent_encoded() {
        let path = |name, given| made(name, given).unwrap().path;
        assert_eq!(
            path("orderQuery", r#"{"out_trade_no":"a|b*c@1"}"#),
            "/v3/pay/transactions/out-trade-no/a%7Cb%2Ac%401?mchid=1900009191"
        );
        assert_eq!(
            path("orderQuery", r#"{"out_trade_no":"a1","transaction_id":"42"}"#),
            "/v3/pay/transactions/id/42?mchid=1900009191"
        );
        let close = made("closeOrder", r#"{"out_trade_no":"a1"}"#).unwrap();
        assert_eq!(close.path, "/v3/pay/transactions/out-trade-no/a1/close");
        assert_eq!(close.body, r#"{"mchid":"1900009191"}"#);
    }

    #[test]
    fn what_wechat_would_refuse_is_refused_before_it_is_sent_with_its_place() {
        for (from, to, field, why) in [
            ("\"total\":1", "\"total\":1.5", "amount.total", "1.00 yuan is 100"),
            ("\"total\":1", "\"total\":\"1\"", "amount.total", "is text"),
            ("\"total\":1", "\"total\":0", "amount.total", "above zero"),
            ("\"total\":1", "\"Total\":1", "amount.Total", "did you mean total?"),
            ("\"description\":\"茶\",", "", "description", "is missing"),
            ("\"茶\"", "\"茶😀\"", "description", "BMP"),
            ("\"茶\"", "null", "description", "null"),
            ("\"a-1234\"", "1234567", "out_trade_no", "pass it as text"),
            ("out_trade_no", "outTradeNo", "outTradeNo", "did you mean out_trade_no?"),
            ("{\"openid\":\"o1\"}", "\"o1\"", "payer", "must be an object"),
            ("{\"desc", "{\"mchid\":\"1\",\"desc", "mchid", "leave it out"),
        ] {
            let error = made("jsapiOrder", &ORDER.replacen(from, to, 1)).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some(field)), "{error}");
            assert!(error.message().contains(why), "{error}");
        }
        assert!(made("orderQuery", "{}").unwrap_err().message().contains("one of out_trade_no, transaction_id"));
    }

    #[test]
    fn an_app_of_a_sub_merchant_that_is_not_named_is_refused_and_no_order_of_the_provider_is_made() {
        let given = ORDER.replacen('{', r#"{"sub_appid":"wx6","#, 1);
        for (name, given) in
            [("jsapiOrder", given.as_str()), ("reverse", r#"{"out_trade_no":"a-1234","sub_appid":"wx6"}"#)]
        {
            let error = made(name, given).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some("sub_mchid")), "{error}");
        }
    }

    #[test]
    fn every_path_of_every_api_uses_declared_names_only() {
        for api in ALL {
            let sides = [&api.direct, &api.partner];
            assert!(sides.iter().any(|side| !side.paths.is_empty()), "{}", api.name);
            for (side, path) in sides.iter().flat_map(|side| side.paths.iter().map(move |path| (side, path))) {
                for name in names(path) {
                    assert!(side.ids.contains(&name) || api.request.member(name).is_some(), "{}: {name}", api.name);
                }
            }
        }
    }
}
