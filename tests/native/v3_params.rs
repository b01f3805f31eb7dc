//! Good parameters of every call of APIv3.

use serde_json::{Value, json};

/// The parameters of a call of a direct merchant or of a service provider. The two differ in the payer alone.
pub fn params(name: &str, is_partner: bool) -> Value {
    let order = json!({
        "description": "茶", "out_trade_no": "a-1234", "notify_url": "https://shop.example/n", "amount": { "total": 1 },
    });
    let with = |more: Value| {
        let mut all = order.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let combined = json!({
        "combine_out_trade_no": "c-1234", "notify_url": "https://shop.example/n",
        "sub_orders": [{
            "mchid": "1900009191", "attach": "x", "amount": { "total_amount": 1, "currency": "CNY" },
            "out_trade_no": "s-1234", "description": "茶",
        }],
        "combine_payer_info": { "openid": "o1" },
    });
    let scene = json!({ "payer_client_ip": "1.2.3.4", "h5_info": { "type": "Wap" } });
    match name {
        "jsapiOrder" if is_partner => with(json!({ "payer": { "sub_openid": "o1" } })),
        "jsapiOrder" => with(json!({ "payer": { "openid": "o1" } })),
        "appOrder" | "nativeOrder" => order,
        "h5Order" => with(json!({ "scene_info": scene })),
        "orderQuery" | "closeOrder" | "reverse" => json!({ "out_trade_no": "a-1234" }),
        "codepay" => json!({
            "description": "茶", "out_trade_no": "a-1234", "amount": { "total": 1 },
            "payer": { "auth_code": "130000000000000000" }, "scene_info": { "store_info": { "out_id": "1" } },
        }),
        "refund" => json!({
            "out_trade_no": "a-1234", "out_refund_no": "r1", "amount": { "refund": 1, "total": 1, "currency": "CNY" },
        }),
        "refundQuery" => json!({ "out_refund_no": "r1" }),
        "abnormalRefund" => json!({ "refund_id": "50", "out_refund_no": "r1", "type": "MERCHANT_BANK_CARD" }),
        "tradeBill" | "fundFlowBill" => json!({ "bill_date": "2026-07-25" }),
        "subMerchantFundFlowBill" => {
            json!({ "bill_date": "2026-07-25", "account_type": "BASIC", "algorithm": "AEAD_AES_256_GCM" })
        }
        "certificates" => json!({}),
        "combinedH5Order" | "combinedNativeOrder" => {
            let mut all = combined;
            let members = all.as_object_mut().unwrap();
            members.remove("combine_payer_info");
            if name == "combinedH5Order" {
                members.insert("scene_info".to_owned(), scene);
            }
            all
        }
        "combinedJsapiOrder" | "combinedAppOrder" => combined,
        "combinedOrderQuery" => json!({ "combine_out_trade_no": "c-1234" }),
        "closeCombinedOrder" => {
            json!({ "combine_out_trade_no": "c-1234", "sub_orders": [{ "mchid": "1", "out_trade_no": "s-1234" }] })
        }
        other => panic!("there are no parameters for {other}"),
    }
}
