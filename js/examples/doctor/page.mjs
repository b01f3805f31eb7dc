// The doctor's page: it reads what was pasted, asks the doctor, and shows the diagnosis. Nothing leaves it.
import { explainSignature, explainV3Notice, explainV3Payment, explainV3Request } from '../../doctor.mjs';
import { CODE, LANGUAGES } from './code.mjs';
import { readMessages } from './reading.mjs';
import { EXAMPLE, TEXTS } from './texts.mjs';

const $ = (id) => document.getElementById(id);
const value = (id) => $(id).value.trim() || undefined;
let lang = navigator.language.startsWith('zh') ? 'zh' : 'en';
let language = LANGUAGES[0];
let shown;

const elements = [...document.querySelectorAll('[data-text]')];
const ENGLISH = Object.fromEntries(elements.map((element) => [element.dataset.text, element.textContent]));
const text = (name) => TEXTS[lang][name] ?? ENGLISH[name];

function made(tag, content, className = '') {
  const element = document.createElement(tag);
  element.textContent = content;
  if (className !== '') element.className = className;
  return element;
}

function translate() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  for (const element of elements) element.textContent = text(element.dataset.text);
  $('lang').textContent = text('other');
  $('lang').lang = lang === 'zh' ? 'en' : 'zh-CN';
}

async function diagnose(message) {
  const [certificate, privateKey] = [value('certificate'), value('private-key')];
  if (message.kind === 'v3-request') {
    const { method, url, body, authorization, answer } = message;
    return explainV3Request({ method, url, body, authorization, certificate, privateKey, answer, lang });
  }
  if (message.kind === 'v3-notice') {
    const [id, key] = [value('wechatpay-id'), value('wechatpay-key')];
    const wechatpayKeys = id !== undefined && key !== undefined ? { [id]: key } : {};
    const { headers, body } = message;
    return explainV3Notice({ headers, body, apiV3Key: value('api-v3-key'), wechatpayKeys, lang });
  }
  const key = $('key').value || undefined;
  const appId = value('appid');
  if (message.kind === 'v3-payment')
    return explainV3Payment({
      ...{ payment: message.fields, appId: appId ?? message.fields.appId ?? '' },
      ...{ certificate, privateKey, keyV2: key, lang },
    });
  if (key === undefined) throw new Error(text('needsKey'));
  return explainSignature(withAppId(message.text, appId), { key, lang });
}

/** The argument of wx.requestPayment lacks its appId. */
function withAppId(pasted, appId) {
  if (appId === undefined) return pasted;
  try {
    return JSON.stringify({ appId, ...JSON.parse(pasted) });
  } catch {
    return pasted.trim().startsWith('<') ? pasted : `appId=${appId}${pasted.includes('\n') ? '\n' : '&'}${pasted}`;
  }
}

async function explain(isAsked) {
  $('fault').textContent = '';
  try {
    const messages = readMessages($('message').value);
    if (messages.length === 0 || $('message').value.trim() === '') throw new Error(text('nothing'));
    const many = messages.length > 1;
    $('entries').hidden = !many;
    $('entries-label').hidden = !many;
    const chosen = Math.min(Math.max($('entries').selectedIndex, 0), messages.length - 1);
    $('entries').replaceChildren(...messages.map(({ title }) => made('option', title ?? '')));
    $('entries').selectedIndex = chosen;
    shown = { kind: messages[chosen].kind, diagnosis: await diagnose(messages[chosen]) };
    show();
    if (isAsked) $('verdict').focus();
  } catch (error) {
    $('result').hidden = true;
    $('fault').textContent = error.message;
  }
}

function show() {
  const { kind, diagnosis } = shown;
  const { isRight, causes, fields, signedText, rightSignature } = diagnosis;
  $('verdict').textContent = text(isRight ? 'right' : 'wrong');
  $('verdict').className = isRight ? 'right' : 'wrong';
  $('causes').replaceChildren(
    ...causes.map(({ code, isCertain, message, fix, with: others = [] }) => {
      const item = made('li', '');
      const sure = ` (${text(isCertain ? 'certain' : 'likely')})`;
      item.append(made('code', [code, ...others].join(' + ')), sure, made('div', message), made('p', fix, 'fix'));
      return item;
    }),
  );
  $('signed').replaceChildren(...(kind === 'v2' ? coloured(signedText) : lines(signedText)));
  $('right').textContent = rightSignature === undefined ? '' : text('rightSignature') + rightSignature;
  $('rows').replaceChildren(
    ...fields.map(({ name, value: own, isSigned, why }) => {
      const row = made('tr', '');
      const signed = text(isSigned ? 'yes' : 'no') + (why === undefined ? '' : `: ${why}`);
      row.append(made('td', name), made('td', own), made('td', signed, isSigned ? 'right' : ''));
      return row;
    }),
  );
  showCode();
  $('result').hidden = false;
}

/** The text of APIv2, with its names and marks in colours. */
function coloured(signedText) {
  return signedText.split('&').flatMap((pair, at) => {
    const cut = pair.indexOf('=');
    const mark = at === 0 ? [] : [made('span', '&', 'mark')];
    if (cut < 0) return [...mark, pair];
    return [...mark, made('span', pair.slice(0, cut), 'name'), made('span', '=', 'mark'), pair.slice(cut + 1)];
  });
}

/** The text of APIv3, with its line feeds to be seen. */
const lines = (signedText) =>
  signedText
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => [line, made('span', '\\n', 'mark'), '\n']);

function showCode() {
  $('languages').replaceChildren(
    ...LANGUAGES.map((name) => {
      const button = made('button', name);
      button.type = 'button';
      button.ariaPressed = String(name === language);
      button.addEventListener('click', () => {
        language = name;
        showCode();
        [...$('languages').children].find((one) => one.textContent === name)?.focus();
      });
      return button;
    }),
  );
  $('code').textContent = CODE[shown.kind][language];
}

/** The example has its `&` escaped in the signed text. */
function example() {
  const { rightSignature } = explainSignature(
    EXAMPLE.message.replace('茶 & 水', '茶 &amp;amp; 水').replace(/<!\[CDATA\[(.*)\]\]>/, '$1'),
    {
      key: EXAMPLE.key,
    },
  );
  $('message').value = EXAMPLE.message.replace('SIGN', rightSignature);
  $('key').value = EXAMPLE.key;
  return explain(true);
}

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  explain(true);
});
$('entries').addEventListener('change', () => explain(false));
$('example').addEventListener('click', example);
$('clear').addEventListener('click', () => {
  $('form').reset();
  $('result').hidden = true;
  $('fault').textContent = '';
  $('message').focus();
});
$('lang').addEventListener('click', () => {
  lang = lang === 'zh' ? 'en' : 'zh';
  translate();
  if (!$('result').hidden) explain(false);
});
translate();
