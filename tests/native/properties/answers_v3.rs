//! Answers of APIv3. An accepted one was signed, and repeats what was asked. Without a signature the outcome is unknown.

use std::sync::LazyLock;

use paysign::v3::{
    ALL, AbnormalRefund, AppOrder, Call, Certificates, CloseCombinedOrder, CloseOrder, Codepay, CombinedAppOrder,
    CombinedH5Order, CombinedJsapiOrder, CombinedNativeOrder, CombinedOrderQuery, Declaration, FundFlowBill, H5Order,
    Head, JsapiOrder, Json, Limits, Merchant, NativeOrder, OrderQuery, Refund, RefundQuery, Reply, Request, Reverse,
    Sent, SubMerchantFundFlowBill, TradeBill, open_answer, prepare, read_json,
};
use paysign::{Error, ErrorKind, Outcome};
use serde_json::Value;

use super::signer_v3::{Keys, NOW, check_told, is_signed, merchant, strangers, with_head};
use crate::v3_params::params;

/// A call that was sent.
struct Call3 {
    api: &'static Declaration,
    merchant: Merchant,
    request: Request,
}

/// Every call on both sides.
static CALLS: LazyLock<Vec<Call3>> = LazyLock::new(|| {
    let provider = merchant().with_sub("1900013511", Some("wx9999999999999999")).unwrap();
    let sides = [(merchant(), false), (provider, true)];
    let calls = ALL.iter().flat_map(|api| sides.iter().map(move |side| (*api, side)));
    let made = calls.filter_map(|(api, (merchant, is_partner))| {
        let text = params(api.name, *is_partner).to_string();
        let given = read_json(text.as_bytes(), Limits::PARAMS, "params").unwrap();
        let request = prepare(api, merchant, &given).ok()?;
        Some(Call3 { api, merchant: merchant.clone(), request })
    });
    made.collect()
});

/// The statuses of answers; most succeed.
const STATUSES: [u16; 12] = [200, 200, 200, 204, 200, 202, 400, 401, 404, 429, 500, 302];

/// An answer. The first byte chooses the call. The second one chooses the status, and whether the body is signed here. Without
/// that, headers come before the body.
pub fn answer_v3(data: &[u8]) {
    let [which, mode, rest @ ..] = data else { return };
    let call = &CALLS[usize::from(*which) % CALLS.len()];
    let status = STATUSES[usize::from(mode / 2) % STATUSES.len()];
    if mode % 2 == 1 {
        return with_head(mode / 32, rest, |head| judge(call, status, head, rest));
    }
    if let Some((head, body)) = strangers(rest) {
        judge(call, status, &head, body);
    }
}

fn judge(call: &Call3, status: u16, head: &Head<'_>, body: &[u8]) {
    let Call3 { api, merchant, request } = call;
    let text = request.text(NOW, "n0nce");
    let sent = Sent { api, merchant, request, text: &text };
    let reply = Reply { status, request_id: "08F5", head: *head, body };
    let is_success = matches!(status, 200 | 204);
    let is_signed = is_signed(head, body);
    match open_answer(&sent, &reply, &Keys::default(), NOW) {
        Ok(answer) => {
            assert!(is_success && is_signed, "accepted without a signature");
            if api.answer.members.is_empty() {
                assert_eq!(answer, Json::Object(Vec::new()));
            } else {
                let theirs: Value = serde_json::from_slice(body).unwrap();
                assert_eq!(serde_json::to_value(&answer).unwrap(), theirs);
                check_asked(call, &theirs);
            }
            if let Err(error) = read_as(api.name, &answer) {
                assert_eq!((error.kind(), error.outcome()), (ErrorKind::Mismatch, Outcome::Unknown), "{error:?}");
            }
        }
        Err(error) => {
            let kinds: &[ErrorKind] = match (is_success, is_signed) {
                (true, false) => &[ErrorKind::Signature],
                (true, true) => &[ErrorKind::Json, ErrorKind::Mismatch],
                _ => &[ErrorKind::Failed, ErrorKind::Http],
            };
            assert!(kinds.contains(&error.kind()), "{status}, signed: {is_signed}, {error:?}");
            // WeChat has accepted the request, or nobody knows.
            if is_success || !matches!(status, 400 | 401 | 404 | 429) {
                assert_eq!(error.outcome(), Outcome::Unknown, "{status}, {error:?}");
            }
            check_told(&error, head, body);
        }
    }
}

/// The answer is about the merchant, the order and the refund of the request.
fn check_asked(Call3 { merchant, request, .. }: &Call3, answer: &Value) {
    for (name, own) in [("appid", merchant.appid()), ("mchid", merchant.mchid()), ("sp_mchid", merchant.mchid())] {
        let said = answer.get(name).filter(|said| !said.is_null());
        assert!(said.is_none_or(|said| said == own), "another {name}");
    }
    for (place, asked) in &request.asked {
        let (place, is_optional) = place.strip_suffix('?').map_or((place.as_str(), false), |place| (place, true));
        let said = answer.pointer(&format!("/{}", place.replace('.', "/"))).filter(|said| !said.is_null());
        let text = said.map(|said| said.as_str().map_or_else(|| said.to_string(), str::to_owned));
        let is_absent = text.as_deref().is_none_or(str::is_empty);
        assert!(is_optional && is_absent || text.as_ref() == Some(asked), "{place} is {said:?}, not {asked}");
    }
}

/// Reads an answer as the struct of its call.
fn read_as(name: &str, answer: &Json) -> Result<(), Error> {
    macro_rules! read {
        ($($call:ident),*) => { match name { $(n if n == $call::API.name => $call::read(answer).map(|_| ()),)* other => panic!("{other}") } };
    }
    read!(
        AbnormalRefund,
        AppOrder,
        Certificates,
        CloseCombinedOrder,
        CloseOrder,
        Codepay,
        CombinedAppOrder,
        CombinedH5Order,
        CombinedJsapiOrder,
        CombinedNativeOrder,
        CombinedOrderQuery,
        FundFlowBill,
        H5Order,
        JsapiOrder,
        NativeOrder,
        OrderQuery,
        Refund,
        RefundQuery,
        Reverse,
        SubMerchantFundFlowBill,
        TradeBill
    )
}
