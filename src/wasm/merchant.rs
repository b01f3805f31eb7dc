//! The conversion of a merchant from JavaScript.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::secret::secret;
use crate::border::caller_bug;
use crate::error::Error;
use crate::v2::key::Key;
use crate::v2::merchant::Merchant;
use crate::v2::sign::SignType;

#[wasm_bindgen]
extern "C" {
    /// A plain object with the members of a merchant.
    #[wasm_bindgen(typescript_type = "MerchantData")]
    pub type MerchantData;
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** A merchant. An empty id means that the merchant has no such id. */
export interface MerchantData {
  appid: string;
  mch_id: string;
  key: string;
  signType: string;
  sub_appid: string;
  sub_mch_id: string;
}";

/// Reads and checks a merchant. Every text is wiped after use, because one of them is the key.
pub(super) fn read_merchant(data: &MerchantData) -> Result<Merchant, Error> {
    let text = |name: &str| secret(Reflect::get(data, &JsValue::from_str(name)).map_err(|_| caller_bug())?);
    let key = Key::new(&text("key")?)?;
    let sign_type = SignType::from_text(&text("signType")?)?;
    let merchant = Merchant::new(&text("appid")?, &text("mch_id")?, key, sign_type)?;
    let (sub_appid, sub_mch_id) = (text("sub_appid")?, text("sub_mch_id")?);
    if sub_appid.is_empty() && sub_mch_id.is_empty() {
        return Ok(merchant);
    }
    merchant.for_sub_merchant(sub_appid.as_str(), sub_mch_id.as_str())
}
