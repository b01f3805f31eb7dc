// The right way to sign, in four languages, for each kind of message.
const V2 = {
  Node: `import { sign } from 'paysign';
const signature = sign(fields, key, 'HMAC-SHA256'); // or 'MD5'; set sign_type before`,
  Python: `text = '&'.join(f'{k}={v}' for k, v in sorted(fields.items()) if v not in ('', None) and k != 'sign')
text += '&key=' + key
signature = hmac.new(key.encode(), text.encode('utf-8'), 'sha256').hexdigest().upper()
# MD5: hashlib.md5(text.encode('utf-8')).hexdigest().upper()`,
  Java: `StringBuilder text = new StringBuilder();
for (Map.Entry<String, String> e : new TreeMap<>(fields).entrySet())
    if (!e.getKey().equals("sign") && e.getValue() != null && !e.getValue().isEmpty())
        text.append(e.getKey()).append('=').append(e.getValue()).append('&');
text.append("key=").append(key);
Mac mac = Mac.getInstance("HmacSHA256");
mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
String signature = HexFormat.of().withUpperCase().formatHex(mac.doFinal(text.toString().getBytes(UTF_8)));`,
  PHP: `ksort($fields, SORT_STRING);
$pairs = [];
foreach ($fields as $k => $v) if ($v !== '' && $v !== null && $k !== 'sign') $pairs[] = "$k=$v";
$text = implode('&', $pairs) . '&key=' . $key;
$signature = strtoupper(hash_hmac('sha256', $text, $key)); // MD5: strtoupper(md5($text))`,
};

const rsa = (lines) => ({
  Python: `text = ${lines.map((line) => `${line} + '\\n'`).join(' + ')}
signature = base64.b64encode(private_key.sign(text.encode('utf-8'), padding.PKCS1v15(), hashes.SHA256()))`,
  Java: `String text = ${lines.map((line) => `${line} + "\\n"`).join(' + ')};
Signature s = Signature.getInstance("SHA256withRSA");
s.initSign(privateKey);
s.update(text.getBytes(UTF_8));
String signature = Base64.getEncoder().encodeToString(s.sign());`,
  PHP: `$text = ${lines.map((line) => `$${line} . "\\n"`).join(' . ')};
openssl_sign($text, $raw, $private_key, 'sha256WithRSAEncryption');
$signature = base64_encode($raw);`,
});

const REQUEST = {
  Node: `import { authorization } from 'paysign/v3';
const header = await authorization({ method, url, body, mchid, serial, privateKey }); // send the same url and body`,
  ...rsa(['method', 'path_and_query', 'timestamp', 'nonce_str', 'body']),
};

const PAYMENT = {
  Node: `const payment = await pay.requestPayment(prepay_id); // a client of paysign/v3`,
  ...rsa(['appId', 'timeStamp', 'nonceStr', 'package']),
};

const NOTICE = {
  Node: `const notice = await pay.openNotify({ headers: request.headers, body: rawBody }); // the bytes, before any parser`,
  Python: `text = (timestamp + '\\n' + nonce + '\\n').encode() + raw_body + b'\\n'  # request.get_data(), not request.json
public_key.verify(base64.b64decode(signature), text, padding.PKCS1v15(), hashes.SHA256())`,
  Java: `byte[] body = request.getInputStream().readAllBytes(); // before @RequestBody
Signature s = Signature.getInstance("SHA256withRSA");
s.initVerify(publicKey);
s.update((timestamp + "\\n" + nonce + "\\n").getBytes(UTF_8));
s.update(body);
s.update((byte) '\\n');
boolean isRight = s.verify(Base64.getDecoder().decode(signature));`,
  PHP: `$body = file_get_contents('php://input');
$isRight = openssl_verify("$timestamp\\n$nonce\\n$body\\n", base64_decode($signature), $public_key, 'sha256WithRSAEncryption') === 1;`,
};

export const LANGUAGES = ['Node', 'Python', 'Java', 'PHP'];
export const CODE = { v2: V2, 'v3-request': REQUEST, 'v3-payment': PAYMENT, 'v3-notice': NOTICE };
