// The mask of secrets in texts for the page: those of the merchants by value, and all others by name.

/** Returns a text without secrets. */
export type Mask = (text: string) => string;

/** Makes the mask for these secrets, in whatever case and escape they are. */
export function createMask(secrets: readonly string[]): Mask {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), inXml(secret)]);
  const values = [...new Set(forms)].map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const known = values.length === 0 ? undefined : new RegExp(values.join('|'), 'gi');
  return (text) => {
    const named = text
      .replaceAll(PEM, HIDDEN)
      .replaceAll(IN_XML, `<$1>${HIDDEN}`)
      .replaceAll(IN_JSON, `"$1":"${HIDDEN}"`)
      .replaceAll(IN_QUERY, `$1=${HIDDEN}`);
    return known === undefined ? named : named.replaceAll(known, HIDDEN);
  };
}

const HIDDEN = '***';

/** A shorter text is no secret, and may be a part of any word. */
const SHORTEST = 8;

const NAMES = '(?:app_?)?secret|session_key|access_token|sandbox_signkey|(?:api_?(?:v3)?_?|private_?)?key';
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const IN_XML = new RegExp(`<(${NAMES})\\s*>(?:<!\\[CDATA\\[[\\s\\S]*?(?:\\]\\]>|$)|[^<]*)`, 'gi');
const IN_JSON = new RegExp(`"(${NAMES})"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*"?`, 'gi');
const IN_QUERY = new RegExp(`(?<=[?&]|^)(${NAMES})=[^&\\s]*`, 'gi');

const inXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
