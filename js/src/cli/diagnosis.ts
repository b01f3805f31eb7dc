// The printed form of a diagnosis: the fields, the signed text, and the causes with their remedy.

import type { Diagnosis } from '../doctor.js';
import { printable } from '../testing/shown.js';
import type { Text } from './language.js';
import { padded, styled, widthOf } from './terminal.js';
import type { Given } from './usage.js';

const RIGHT: Text = { en: 'The signature is right.', zh: '签名正确。' };
const WRONG: Text = { en: 'The signature is wrong.', zh: '签名错误。' };
const UNCHECKED: Text = { en: 'The signature was not checked.', zh: '没有检查签名。' };
const NOT_OPENED: Text = { en: 'The notice cannot be opened.', zh: '通知无法解密。' };
const FIELDS: Text = { en: 'Fields (+ took part, - did not)', zh: '字段（+ 参与签名，- 不参与）' };
const SIGNED_TEXT: Text = { en: 'Signed text', zh: '待签名串' };
const RIGHT_SIGNATURE: Text = { en: 'Right signature', zh: '正确的签名' };
const CAUSES: Text = { en: 'Causes, the best first', zh: '原因（最可能的在前）' };
const CERTAIN: Text = { en: 'certain', zh: '确定' };
const PERHAPS: Text = { en: 'perhaps', zh: '可能' };
const FIX: Text = { en: 'Fix: ', zh: '解决：' };

/** The lines of a diagnosis. Foreign values cannot control the terminal. `isUnchecked`: there was no key to check with. */
export function diagnosisLines(diagnosis: Diagnosis, { say }: Given, isUnchecked = false): string[] {
  const { isRight, signedText, fields, rightSignature, causes } = diagnosis;
  const width = Math.max(0, ...fields.map(({ name }) => widthOf(printable(name))));
  const head = (text: Text) => ['', styled('bold', say(text))];
  return [
    isRight ? styled('green', say(RIGHT)) : styled(isUnchecked ? 'yellow' : 'red', say(headOf(causes, isUnchecked))),
    ...(fields.length === 0 ? [] : head(FIELDS)),
    ...fields.map(({ name, value, isSigned, why }) => {
      const line = `  ${isSigned ? '+' : '-'} ${padded(printable(name), width)}  ${printable(value)}`;
      return why === undefined ? line : `${line}  ${styled('dim', `(${why})`)}`;
    }),
    ...(signedText === ''
      ? []
      : [...head(SIGNED_TEXT), ...signedText.split('\n').map((line) => `  ${printable(line)}`)]),
    ...(rightSignature === undefined || isRight ? [] : [...head(RIGHT_SIGNATURE), `  ${rightSignature}`]),
    ...(causes.length === 0 ? [] : head(CAUSES)),
    ...causes.flatMap(({ code, isCertain, message, fix, with: others = [] }) => [
      `  ${styled(isCertain ? 'red' : 'yellow', [code, ...others].join(' + '))} (${say(isCertain ? CERTAIN : PERHAPS)}): ${printable(message)}`,
      `    ${say(FIX)}${printable(fix)}`,
    ]),
  ];
}

/** The first line of a diagnosis that finds something wrong. Not every cause is in the signature. */
function headOf([first]: Diagnosis['causes'], isUnchecked: boolean): Text {
  if (isUnchecked) return UNCHECKED;
  return first?.code.startsWith('apiv3-key-') ? NOT_OPENED : WRONG;
}
