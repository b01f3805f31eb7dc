// The form of a `notify_url`, the same in both generations.

/**
 * Says whether notices can go to this address: absolute, http or https, without query, user name and password (manual: 支付结果通知).
 * WeChat demands a public host name too. Here the shop is on this machine.
 */
export function isNotifyUrl(text: string): boolean {
  return /^https?:\/\/[^\s/?#\\][^\s?#\\]*$/i.test(text) && hasNoPassword(text);
}

function hasNoPassword(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}
