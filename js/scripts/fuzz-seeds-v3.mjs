// Where the fuzz targets of APIv3 start from: messages of every kind, signed as tests/native/properties/signer_v3.rs does it.

const NOW = '1785028800';
const SERIAL = 'PUB_KEY_ID_0119';
const NONCE = 'abcdefghijkl';
const OWN = { appid: 'wx8888888888888888', mchid: '1900009191' };
const PROVIDER = { sp_appid: OWN.appid, sp_mchid: OWN.mchid, sub_mchid: '1900013511', sub_appid: 'wx9999999999999999' };

const bytes = (/** @type {number[]} */ modes, /** @type {string} */ text) =>
  Buffer.concat([Buffer.from(modes), Buffer.from(text)]);

/** Sixteen bytes in place of a signature or a tag. */
function checksum(/** @type {string} */ text) {
  const given = Buffer.from(text);
  const padded = Buffer.concat([given, Buffer.alloc((8 - (given.length % 8)) % 8)]);
  const words = Array.from({ length: padded.length / 8 }, (_, index) => padded.readBigUInt64LE(index * 8));
  const whole = (/** @type {bigint} */ value) => BigInt.asUintN(64, value);
  const sum = [
    [0x9e3779b97f4a7c15n, 0x100000001b3n],
    [0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n],
  ].map(([first, prime]) =>
    [...words, BigInt(given.length)].reduce((state, word) => {
      const mixed = whole((state ^ word) * prime);
      return whole(mixed << 29n) | (mixed >> 35n);
    }, first),
  );
  const bytes = Buffer.alloc(16);
  sum.forEach((state, index) => {
    bytes.writeBigUInt64LE(state, index * 8);
  });
  return bytes;
}

/** The headers of a body, each with NUL at its end. */
function headers(/** @type {string} */ body) {
  const signature = checksum(`${SERIAL}\n${NOW}\nn0nce\n${body}\n`).toString('base64');
  return [NOW, 'n0nce', SERIAL, signature, 'WECHATPAY2-SHA256-RSA2048', ''].join('\0');
}

/** @param {string} event_type @param {string} plain */
function envelope(event_type, plain) {
  const tag = checksum(`${NONCE}\0transaction\0${plain}`);
  const ciphertext = Buffer.concat([Buffer.from(plain), tag]).toString('base64');
  const resource = { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce: NONCE, associated_data: 'transaction' };
  return JSON.stringify({ id: 'EV-1', event_type, summary: '支付成功', resource });
}

const PAID = {
  ...{ out_trade_no: 'a1', transaction_id: '42', trade_state: 'SUCCESS', success_time: '2026-07-26T09:19:52+08:00' },
  ...{ payer: { openid: 'o1' }, amount: { total: 100, payer_total: 90, currency: 'CNY' }, attach: '门店' },
};
const REFUNDED = {
  ...{ out_trade_no: 'a1', out_refund_no: 'r1', refund_id: '5', refund_status: 'SUCCESS', status: 'SUCCESS' },
  ...{ channel: 'ORIGINAL', user_received_account: '零钱', create_time: '2026-07-26T09:19:52+08:00' },
  amount: { total: 100, refund: 40, payer_total: 90, payer_refund: 36, currency: 'CNY' },
};
const COMBINED = {
  ...{ combine_appid: OWN.appid, combine_mchid: OWN.mchid, combine_out_trade_no: 'a1' },
  sub_orders: [60, 40].map((total_amount, index) => ({
    ...{ mchid: OWN.mchid, out_trade_no: `s${index}`, transaction_id: `4${index}`, trade_state: 'SUCCESS' },
    amount: { total_amount, currency: 'CNY', payer_amount: total_amount },
  })),
};

/** @type {[event_type: string, resource: object][]} */
const EVENTS = [
  ['TRANSACTION.SUCCESS', { ...OWN, ...PAID }],
  ['TRANSACTION.SUCCESS', { ...PROVIDER, ...PAID, trade_state: 'REFUND' }],
  ['TRANSACTION.SUCCESS', { ...OWN, ...PAID, trade_state: 'NOTPAY', amount: null }],
  ['TRANSACTION.SUCCESS', COMBINED],
  ['TRANSACTION.FAIL', { ...OWN, ...PAID }],
  ['REFUND.SUCCESS', { mchid: OWN.mchid, ...REFUNDED }],
  ['REFUND.ABNORMAL', { ...PROVIDER, ...REFUNDED }],
  ['REFUND.PROCESSING', { mchid: OWN.mchid, out_refund_no: 'r1' }],
  ['MCHTRANSFER.BILL.FINISHED', { mch_id: '1', state: 'SUCCESS' }],
];

/** JSON in which readers differ, and JSON beside a limit. */
const EDGES = [
  ...['null', 'true', '0', '-0', '-0.0', '1e5', '1E-400', '1e400', '1.', '.5', '01', '+1', '-', '0x1', 'NaN', '1_0'],
  ...['9007199254740991', '9007199254740993', '18446744073709551615', '18446744073709551616', '1e16', '0.1e17'],
  ...['-9223372036854775808', '-9223372036854775809', '123456789012345678901234567890', '9007199254740992.5'],
  ...[
    '""',
    '"\\u0000"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\\udc00a"',
    '"\\ud800\\u0041"',
    '"\\x"',
    '"\u007f"',
    '"\n"',
  ],
  ...[
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"é":1,"e\u0301":2}',
    '{"a":{"a":1}}',
    '{"__proto__":{"a":1}}',
    '{"":0}',
  ],
  ...['[1,]', '{"a":1,}', '{a:1}', "{'a':1}", '[] []', '{}x', '\ufeff{}', '/**/{}', ' \t\r\n[ ] ', '\f[]', '[1 2]'],
  ...['['.repeat(16) + ']'.repeat(16), '['.repeat(17) + ']'.repeat(17), `{"${'n'.repeat(128)}":1}`],
  ...[`{"${'n'.repeat(129)}":1}`, `[${'0,'.repeat(11)}0]`, `[${'0,'.repeat(12)}0]`, `{"a":"${'x'.repeat(380)}"}`],
];

/** Members of the answers of all calls, for either side. */
const ANSWER = {
  ...{ ...PAID, ...REFUNDED, out_trade_no: 'a-1234', refund_id: '50', prepay_id: 'wx1', code_url: 'weixin://wxpay/1' },
  ...{ h5_url: 'https://wx.tenpay.com/1', hash_type: 'SHA1', hash_value: '0'.repeat(40), recall: 'N' },
  ...{
    download_url: 'https://api.mch.weixin.qq.com/v3/billdownload/file?token=1',
    trade_state_desc: '',
    promotion_detail: [],
  },
  amount: { total: 1, refund: 1, payer_total: 1, payer_refund: 1, currency: 'CNY' },
  ...{
    download_bill_count: 1,
    download_bill_list: [{ bill_sequence: 1, nonce: 'n', encrypt_key: 'a', hash_type: 'SHA1' }],
  },
  data: [{ serial_no: '1A', effective_time: '2026-07-26T09:19:52+08:00', expire_time: '2031-07-26T09:19:52+08:00' }],
};
const ANSWERS = [
  { ...OWN, ...ANSWER },
  { ...PROVIDER, ...ANSWER },
  { ...COMBINED, combine_out_trade_no: 'c-1234' },
  { mchid: OWN.mchid, code: 'SIGN_ERROR', message: '错误的签名', detail: { field: 'amount', issue: 'sign' } },
].map((answer) => JSON.stringify(answer));

/** As many calls as the target has at most. */
const CALLS = 42;

/**
 * The seeds of each target.
 * @param {string[]} texts JSON of the vectors
 * @returns {Record<string, Buffer[]>}
 */
export function seedsOfV3(texts) {
  const plain = EVENTS.map(([event_type, resource]) => /** @type {const} */ ([event_type, JSON.stringify(resource)]));
  const bodies = plain.map((event) => envelope(...event));
  const calls = Array.from({ length: CALLS }, (_, index) => index);
  return {
    json_v3: [...EDGES, ...bodies, ...ANSWERS, ...texts].flatMap((text) => [bytes([0], text), bytes([1], text)]),
    notice_v3: [
      ...bodies.flatMap((body) => [bytes([0], headers(body) + body), bytes([1], body)]),
      ...plain.flatMap(([event, text]) => [2, 3, 6].map((mode) => bytes([mode], `${event}\0${text}`))),
      ...texts.map((text) => bytes([1], text)),
    ],
    answer_v3: calls.flatMap((call) => [
      ...ANSWERS.map((answer) => bytes([call, 1], answer)),
      bytes([call, 0], headers(ANSWERS[0]) + ANSWERS[0]),
      bytes([call, 2 * 7], `\0\0\0\0\0${ANSWERS[3]}`),
    ]),
  };
}
