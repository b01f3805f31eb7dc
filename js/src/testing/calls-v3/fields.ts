// The rules for members of a request's JSON: strict where WeChat is (docs: 基本规则).

import { escaped, isJsonObject, type Json } from '../wire/json.js';
import { type FieldIssue, OUT_OF_RANGE, UNKNOWN_MEMBER } from './problems.js';

/** The rule of one member. */
export type Rule =
  | { readonly kind: 'text'; readonly longest: number; readonly form?: Form; readonly missing?: number }
  | { readonly kind: 'secret'; readonly longest: number }
  | { readonly kind: 'integer'; readonly least: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'list'; readonly of: Rule; readonly most: number; readonly least: number }
  | { readonly kind: 'object'; readonly required: Rules; readonly optional: Rules };

type TextRule = Extract<Rule, { kind: 'text' }>;

/** Members by name. */
export type Rules = Readonly<Record<string, Rule>>;

/** The form of a text, and how an issue describes it. */
export interface Form {
  readonly accepts: (text: string) => boolean;
  readonly says: string;
}

/** A broken rule, and the inner code of WeChat's. */
export interface BrokenRule extends Omit<FieldIssue, 'location'> {
  readonly inner?: number;
}

/** A text of at most this number of characters. */
export const text = (longest: number, form?: Form): TextRule => ({ kind: 'text', longest, ...(form && { form }) });

/** An encrypted text, as base64 of at most this number of characters. Its content is checked where it is opened. */
export const secret = (longest: number): Rule => ({ kind: 'secret', longest });

/** A whole number. */
export const integer = (least = 0): Rule => ({ kind: 'integer', least });

/** true or false. */
export const flag: Rule = { kind: 'boolean' };

/** A list. */
export const list = (of: Rule, most: number, least = 0): Rule => ({ kind: 'list', of, most, least });

/** An object without any other members. */
export const object = (required: Rules, optional: Rules = {}): Rule => ({ kind: 'object', required, optional });

/** A form by its pattern. */
export const form = (pattern: RegExp, says: string): Form => ({ accepts: (value) => pattern.test(value), says });

/** A text whose absence has an inner code of its own. */
export const missing = (inner: number, rule: TextRule): Rule => ({ ...rule, missing: inner });

/** One of these texts. */
export const oneOf = (...values: readonly string[]): Rule =>
  text(32, { accepts: (value) => values.includes(value), says: `should be one of ${values.join(', ')}` });

/** The first broken rule inside a value, or undefined. `field` is the JSON Pointer to the value. */
export function brokenRule(value: Json | undefined, rule: Rule, field = ''): BrokenRule | undefined {
  const broken = (issue: string, inner?: number) => ({ field, issue, value, ...(inner !== undefined && { inner }) });
  if (value === undefined) return broken('is required', rule.kind === 'text' ? rule.missing : undefined);
  if (value === null) return broken('should not be null');
  switch (rule.kind) {
    case 'text':
      return typeof value === 'string' ? brokenText(value, rule, broken) : broken('should be string');
    case 'secret':
      return typeof value === 'string'
        ? brokenText(value, { ...rule, kind: 'text' }, broken)
        : broken('should be string');
    case 'integer':
      if (!Number.isSafeInteger(value)) return broken('should be integer');
      return Number(value) < rule.least ? broken(`should be at least ${rule.least}`, OUT_OF_RANGE) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : broken('should be boolean');
    case 'list':
      if (!Array.isArray(value)) return broken('should be array');
      if (value.length > rule.most) return broken(`should have at most ${rule.most} entries`, OUT_OF_RANGE);
      if (value.length < rule.least) return broken(`should have at least ${rule.least} entries`, OUT_OF_RANGE);
      return first(value, (entry: Json, index) => brokenRule(entry, rule.of, `${field}/${index}`));
    case 'object':
      return isJsonObject(value) ? brokenObject(value, rule, field) : broken('should be object');
  }
}

type Broken = (issue: string, inner?: number) => BrokenRule;

function brokenText(value: string, rule: TextRule, broken: Broken): BrokenRule | undefined {
  // WeChat's texts are UTF-8 of one to three bytes: neither emoji nor rare characters (docs: 基本规则).
  if (/[\u{10000}-\u{10FFFF}]|\p{Cs}/u.test(value)) return broken('should not have characters of four bytes in UTF-8');
  if (value === '') return broken('should not be empty');
  if (value.length > rule.longest) return broken(`should have at most ${rule.longest} characters`, OUT_OF_RANGE);
  return rule.form && !rule.form.accepts(value) ? broken(rule.form.says) : undefined;
}

function brokenObject(
  value: Readonly<Record<string, Json | undefined>>,
  { required, optional }: Extract<Rule, { kind: 'object' }>,
  field: string,
): BrokenRule | undefined {
  const at = (name: string) => `${field}/${escaped(name)}`;
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(required, name) && !Object.hasOwn(optional, name));
  if (unknown !== undefined) {
    return { field: at(unknown), issue: 'is no member of this request', value: value[unknown], inner: UNKNOWN_MEMBER };
  }
  const own = (name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
  return (
    first(Object.entries(required), ([name, rule]) => brokenRule(own(name), rule, at(name))) ??
    first(Object.entries(optional), ([name, rule]) =>
      own(name) === undefined ? undefined : brokenRule(own(name), rule, at(name)),
    )
  );
}

function first<Item, Found>(items: readonly Item[], find: (item: Item, index: number) => Found | undefined) {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
