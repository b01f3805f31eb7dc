// The kinds of pasted texts: an HTTP dump, a HAR file, the payment of APIv3, or a message of APIv2.

/**
 * The messages in a text: each has a kind, and what the doctor takes.
 *
 * @param {string} text
 */
export function readMessages(text) {
  const har = harOf(text);
  if (har !== undefined) return har.map(exchange).filter((one) => one !== undefined);
  return [exchange(dump(text)) ?? payment(text) ?? { kind: 'v2', text }];
}

function harOf(text) {
  try {
    return JSON.parse(text).log.entries.map(({ request, response }) => ({
      title: `${request.method} ${request.url}`,
      method: request.method,
      url: request.url,
      headers: pairs(request.headers),
      body: request.postData?.text ?? '',
      answer: { status: response.status, headers: pairs(response.headers), body: response.content?.text ?? '' },
    }));
  } catch {
    return undefined;
  }
}

const pairs = (headers) => headers.map(({ name, value }) => [name, value]);

/** A request as it is on the wire: its line, its headers, an empty line, its body. */
function dump(text) {
  const lines = text.trimStart().split(/\r?\n/);
  const [, method, url] = /^(GET|POST|PUT|DELETE) (\S+)(?: HTTP\/[\d.]+)?$/.exec(lines[0] ?? '') ?? [];
  const end = lines.indexOf('');
  const head = (end < 0 ? lines : lines.slice(0, end)).slice(method === undefined ? 0 : 1);
  const headers = head.map((line) => /^([\w-]+): *(.*)$/.exec(line)?.slice(1)).filter((pair) => pair !== undefined);
  const body = end < 0 ? '' : lines.slice(end + 1).join('\n');
  return { title: lines[0], method, url, headers, body, answer: undefined };
}

/** An exchange whose headers show its kind. The body of APIv2 is read like any other text. */
function exchange({ title, method, url, headers, body, answer }) {
  const header = (wanted) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const authorization = header('authorization');
  if (header('wechatpay-signature') !== undefined) return { kind: 'v3-notice', title, headers, body };
  if (authorization?.includes('WECHATPAY2') && method !== undefined)
    return { kind: 'v3-request', title, method, url, body, authorization, answer };
  return body.includes('<xml') ? { kind: 'v2', title, text: body } : undefined;
}

/** The argument of wx.requestPayment in APIv3. */
function payment(text) {
  try {
    const fields = JSON.parse(text);
    return fields.signType === 'RSA' ? { kind: 'v3-payment', fields } : undefined;
  } catch {
    return undefined;
  }
}
