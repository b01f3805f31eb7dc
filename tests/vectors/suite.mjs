// The shared vectors as one suite. The library under test is its argument, so every way of loading it runs the same cases.

/**
 * Every case as a name and a function that throws where the library is wrong.
 * @param {Record<string, any>} paysign the library
 * @param {Record<string, any>} vectors the JSON files by name
 * @param {{ equal: (actual: unknown, expected: unknown, what?: string) => void, bytes: (base64: string) => Uint8Array }} host
 */
export function cases(paysign, vectors, { equal, bytes }) {
  const list = [];
  const thrown = (run) => {
    try {
      run();
    } catch (error) {
      equal(error.name, 'WxPayError', error.stack);
      return error;
    }
    throw new Error('nothing was thrown');
  };
  const encoder = new TextEncoder();

  for (const { name, key, params, signed_text, ...signatures } of vectors.signing.cases) {
    list.push([
      `signing: ${name}`,
      () => {
        if (signed_text !== undefined) equal(paysign.signedText(params), signed_text);
        for (const signType of ['MD5', 'HMAC-SHA256'].filter((type) => signatures[type])) {
          const sign = signatures[signType];
          equal(paysign.sign(params, key, signType), sign);
          equal(paysign.sign(Object.fromEntries(Object.entries(params).reverse()), key, signType), sign, 'in another order');
          const signed = JSON.parse(JSON.stringify({ ...params, sign }));
          equal(paysign.verify(signed, key, signType), true);
          equal(paysign.verify({ ...signed, sign: sign.toLowerCase() }, key, signType), false);
        }
      },
    ]);
  }
  for (const { name, paySign, source, ...options } of vectors.request_payment.accepted) {
    list.push([
      `requestPayment: ${name}`,
      () => {
        const { appId, prepay_id, signType, timeStamp, nonceStr } = options;
        const payment = { timeStamp, nonceStr, package: `prepay_id=${prepay_id}`, signType, paySign };
        equal(paysign.requestPayment(options), payment);
        equal(paysign.bridgePayment(options), { appId, ...payment });
        const { timeStamp: timestamp, ...rest } = payment;
        equal(paysign.jssdkPayment(options), { timestamp, ...rest });
      },
    ]);
  }
  for (const { name, field, source, ...options } of vectors.request_payment.refused) {
    list.push([
      `requestPayment refuses: ${name}`,
      () => {
        const { code, outcome, field: named } = thrown(() => paysign.requestPayment(options));
        equal({ code, outcome, field: named }, { code: 'ERR_PARAM', outcome: 'not-sent', field });
      },
    ]);
  }
  for (const { name, body, fields } of vectors.xml.accepted) {
    list.push([
      `XML: ${name}`,
      () => {
        for (const form of [body, encoder.encode(body)]) equal(entries(paysign.parseXml(form)), entries(fields));
      },
    ]);
  }
  for (const { reason, body, base64, position } of vectors.xml.refused) {
    list.push([
      `XML refuses: ${reason}`,
      () => {
        const error = thrown(() => paysign.parseXml(base64 === undefined ? encoder.encode(body) : bytes(base64)));
        equal({ code: error.code, outcome: error.outcome }, { code: 'ERR_XML', outcome: 'unknown' });
        equal(typeof error.position, 'number');
        if (position !== undefined) equal(error.position, position);
      },
    ]);
  }
  for (const { name, body, options, paid, fields } of vectors.notices.accepted) {
    list.push([
      `notice: ${name}`,
      () => {
        const notice = paysign.openNotify(encoder.encode(body), options);
        equal({ kind: notice.kind, paid: notice.paid }, { kind: 'payment', paid });
        equal(entries(notice.fields), entries(fields));
        equal(notice.total_fee, fields.total_fee ? Number(fields.total_fee) : undefined);
        equal(notice.out_trade_no, fields.out_trade_no);
      },
    ]);
  }
  const { key, order: expect, fields, ...signatures } = vectors.genuine_notice;
  for (const signType of ['MD5', 'HMAC-SHA256']) {
    list.push([
      `the genuine notice: ${signType}`,
      () => {
        equal(paysign.sign(fields, key, signType), signatures[signType]);
        const body = paysign.signedXml(fields, key, signType);
        const notice = paysign.openNotify(body, { key, signType, appid: fields.appid, mch_id: fields.mch_id, expect });
        equal(entries(notice.fields), entries({ ...fields, sign: signatures[signType] }));
      },
    ]);
  }
  for (const { reason, body, options, code, field } of vectors.notices.refused) {
    list.push([
      `notice refuses: ${reason}`,
      () => {
        const error = thrown(() => paysign.openNotify(encoder.encode(body), options));
        equal({ code: error.code, field: error.field }, { code, field });
      },
    ]);
  }
  return list;
}

/** Fields as sorted pairs: names such as `__proto__` survive, and no prototype is compared. */
function entries(fields) {
  return Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
}
