// The encrypted members of a request (docs: 敏感信息加解密), opened with the key that its `Wechatpay-Serial` names.

import { escaped, isJsonObject, type Json, type JsonObject } from '../wire/json.js';
import type { Rule } from './fields.js';
import { problem, type V3Problem } from './problems.js';

/** The texts of encrypted members, by the JSON Pointers of the members. */
export type Secrets = Readonly<Record<string, string>>;

/** Opens one member. Returns undefined where it is not encrypted with the key, or in another way. */
export type Opener = (secret: string) => string | undefined;

/** Opens every encrypted member of a body, also inside lists. `openerOf` is asked for the key of the serial. */
export function openSecrets(
  body: JsonObject,
  rule: Rule | undefined,
  serial: string | undefined,
  openerOf: (serial: string) => Opener | undefined,
): { readonly secrets: Secrets } | { readonly problem: V3Problem } {
  const sealed = rule === undefined ? [] : [...sealedMembers(body, rule, '')];
  if (sealed.length === 0) return { secrets: {} };
  if (serial === undefined) return { problem: MISSING };
  const open = openerOf(serial);
  if (open === undefined) return { problem: UNKNOWN };
  const secrets: Record<string, string> = {};
  for (const [field, text] of sealed) {
    const opened = open(text);
    if (opened === undefined) return { problem: NOT_SEALED };
    secrets[field] = opened;
  }
  return { secrets };
}

const MISSING = problem('PARAM_ERROR', 'HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)');
const UNKNOWN = problem('PARAM_ERROR', '平台证书序列号Wechatpay-Serial错误');
const NOT_SEALED = problem('PARAM_ERROR', '请确认待处理的消息是否为加密后的密文');

/** The members that must be encrypted, with their JSON Pointers. A member of another type breaks its rule, which others check. */
function* sealedMembers(value: Json | undefined, rule: Rule, field: string): Generator<[string, string]> {
  if (rule.kind === 'secret' && typeof value === 'string') yield [field, value];
  if (rule.kind === 'list' && Array.isArray(value)) {
    for (const [index, entry] of (value as readonly Json[]).entries()) {
      yield* sealedMembers(entry, rule.of, `${field}/${index}`);
    }
  }
  if (rule.kind === 'object' && isJsonObject(value)) {
    for (const [name, inner] of Object.entries({ ...rule.required, ...rule.optional })) {
      if (Object.hasOwn(value, name)) yield* sealedMembers(value[name], inner, `${field}/${escaped(name)}`);
    }
  }
}
